import { Aws, CfnMapping, CfnRule, Fn } from 'aws-cdk-lib';
import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import { IMAGE_REGIONS, IMAGES } from '../../lib/facts/images';
import { REGIONS } from '../../lib/facts/regions';
import { LabStack } from '../../lib/infra/lab-stack';
import { addAlarms, addTopic } from './constructs/alarms';
import { addDashboard } from './constructs/dashboard';
import { addEndpoint } from './constructs/endpoint';
import { addMonitor } from './constructs/monitor';
import { addResponder } from './constructs/responder';
import { MODES } from './modes';
import { namesOf } from './names';

/** Watches an endpoint and acts on what it sees: analyses of what it captured, alarms, and a function that responds. */
export class MonitoringStack extends LabStack {
  constructor(scope: Construct, learner: string) {
    super(scope, {
      lab: 'monitoring',
      learner,
      summary: 'MLA labs: watch a SageMaker endpoint, and respond to drift, errors and latency.',
      modes: MODES,
    });
    const names = namesOf(learner);
    const accounts = this.imageAccounts();
    const image = ({ repository, tag }: { repository: string; tag: string }) => ({
      account: accounts.images,
      repository,
      uri: `${accounts.images}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}/${repository}:${tag}`,
    });
    const xgboost = image(IMAGES.xgboost);
    this.output('XgboostImage', xgboost.uri, 'Image that trains and answers');

    const group = new sagemaker.CfnModelPackageGroup(this, 'Versions', {
      modelPackageGroupName: names.base,
      modelPackageGroupDescription: 'Models of late departures from New York, versions of the lab monitoring.',
    });
    this.own('modelPackageGroups', group.modelPackageGroupName);
    this.output('ModelPackageGroup', group.modelPackageGroupName, 'Group of the model versions');

    const told = addTopic(this);
    const common = { names, learner };
    const { endpoint, ...roles } = addEndpoint(this, { ...common, group, image: xgboost, topicArn: told.topicArn });
    const analyzer = { account: accounts.analyzer, repository: 'sagemaker-model-monitor-analyzer' };
    addMonitor(this, { ...common, image: image(IMAGES.scikitLearn), analyzer });
    addAlarms(this, names, told.topicArn, endpoint);
    addDashboard(this, names);
    addResponder(this, { ...common, ...roles, image: xgboost, topic: told });
  }

  /** Accounts of AWS that own the images in this Region. */
  private imageAccounts(): { readonly images: string; readonly analyzer: string } {
    const accounts = new CfnMapping(this, 'Images', {
      mapping: Object.fromEntries(
        IMAGE_REGIONS.map((region) => [
          region,
          { account: REGIONS[region].imageAccount, analyzer: REGIONS[region].analyzerAccount },
        ]),
      ),
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
    return {
      images: accounts.findInMap(Aws.REGION, 'account'),
      analyzer: accounts.findInMap(Aws.REGION, 'analyzer'),
    };
  }
}

export const makeStack = (app: Construct, learner: string): MonitoringStack => new MonitoringStack(app, learner);
