import { Aws, CfnMapping, CfnRule, Fn } from 'aws-cdk-lib';
import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import { baseName } from '../../lib/course/names';
import { IMAGE_REGIONS, IMAGES } from '../../lib/facts/images';
import { REGIONS } from '../../lib/facts/regions';
import { LabStack } from '../../lib/infra/lab-stack';
import { MODES } from './modes';
import { jobRoleStatements } from './permissions';

/** Train, tune, evaluate and register models of late departures. Jobs are made by the steps. */
export class TrainingStack extends LabStack {
  constructor(scope: Construct, learner: string) {
    super(scope, {
      lab: 'training',
      learner,
      summary: 'MLA labs: train, tune and register models with SageMaker.',
      modes: MODES,
    });
    const images = new CfnMapping(this, 'Images', {
      mapping: Object.fromEntries(IMAGE_REGIONS.map((region) => [region, { account: REGIONS[region].imageAccount }])),
    });
    // CloudFormation says this at once, where a missing key of the mapping would only name the key.
    new CfnRule(this, 'RegionHasImages', {
      assertions: [
        {
          assert: Fn.conditionContains([...IMAGE_REGIONS], Aws.REGION),
          assertDescription: `lib/facts knows SageMaker images in ${IMAGE_REGIONS.join(', ')} only.`,
        },
      ],
    });
    const account = images.findInMap(Aws.REGION, 'account');
    const { repository, tag } = IMAGES.xgboost;

    const role = this.role(
      'TrainRole',
      'sagemaker.amazonaws.com',
      'Trains, tunes and evaluates: data/ and code/ to models/ and evaluation/.',
      jobRoleStatements(this.bucket, { account, repository }),
    );
    this.output('TrainRole', role.roleArn, 'Role of the lab’s SageMaker jobs');

    const group = new sagemaker.CfnModelPackageGroup(this, 'Versions', {
      modelPackageGroupName: baseName('training', learner),
      modelPackageGroupDescription: 'Models of late departures from New York, versions of the lab training.',
    });
    this.own('modelPackageGroups', group.modelPackageGroupName);
    this.output('ModelPackageGroup', group.modelPackageGroupName, 'Group of the model versions');
    this.output(
      'XgboostImage',
      `${account}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}/${repository}:${tag}`,
      'Image that trains and answers',
    );
  }
}

export const makeStack = (app: Construct, learner: string): TrainingStack => new TrainingStack(app, learner);
