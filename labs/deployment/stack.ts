import { Aws, CfnMapping, CfnRule, Fn } from 'aws-cdk-lib';
import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import { IMAGE_REGIONS, IMAGES } from '../../lib/facts/images';
import { REGIONS } from '../../lib/facts/regions';
import { LabStack } from '../../lib/infra/lab-stack';
import { addEndpointRoles } from './constructs/endpoint-roles';
import { addPipeline } from './constructs/pipeline';
import { addReleaseTriggers } from './constructs/release-triggers';
import { addSource, SOURCE_BUCKET } from './constructs/source';
import { buildVerifier, functionVerifier } from './constructs/verifier';
import { MODES } from './modes';
import { namesOf } from './names';

/** A pipeline that releases model versions to endpoints. The endpoints are in stacks of their own, which it makes. */
export class DeploymentStack extends LabStack {
  constructor(scope: Construct, learner: string) {
    super(scope, {
      lab: 'deployment',
      learner,
      summary: 'MLA labs: release model versions to SageMaker endpoints with CodePipeline.',
      modes: MODES,
      additionalBuckets: [SOURCE_BUCKET],
    });
    const names = namesOf(learner);
    const account = this.imageAccount();
    const { repository, tag } = IMAGES.xgboost;

    const group = new sagemaker.CfnModelPackageGroup(this, 'Versions', {
      modelPackageGroupName: names.base,
      modelPackageGroupDescription: 'Models of late departures from New York, versions of the lab deployment.',
    });
    this.own('modelPackageGroups', group.modelPackageGroupName);
    this.output('ModelPackageGroup', group.modelPackageGroupName, 'Group of the model versions');
    const image = `${account}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}/${repository}:${tag}`;
    this.output('XgboostImage', image, 'Image that answers');

    const roles = addEndpointRoles(this, names, learner, { account, repository });
    const from = addSource(this);
    const made = addPipeline(this, {
      names,
      source: from,
      verifier: this.modes.build === 'lambda' ? functionVerifier(this, names) : buildVerifier(this, names),
      canary: this.modes.canary === 'on',
      staging: this.modes.staging === 'instance' ? 'instance' : 'serverless',
      ...roles,
    });
    addReleaseTriggers(this, names, from.bucket.bucketName, made);
  }

  /** Account of AWS that owns the images in this Region. */
  private imageAccount(): string {
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
    return images.findInMap(Aws.REGION, 'account');
  }
}

export const makeStack = (app: Construct, learner: string): DeploymentStack => new DeploymentStack(app, learner);
