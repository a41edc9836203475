import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Aws } from 'aws-cdk-lib';
import type { IDependable, Node } from 'constructs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { arnInStack } from '../../../lib/infra/statements';
import { AUC_THRESHOLD, NAMESPACE, VARIANT, type MonitoringNames } from '../names';

/** Features whose drift the managed monitor's alarm looks at: an alarm calculates with ten metrics at most. */
export const WATCHED_FEATURES = [
  ...['temp', 'dewp', 'humid', 'wind_dir', 'wind_speed', 'precip', 'pressure', 'visib'],
  ...['sched_dep_minute', 'distance'],
] as const;
/** Model Monitor's own. */
export const MANAGED_NAMESPACE = 'aws/sagemaker/Endpoints/data-metrics';
export const MANAGED_THRESHOLD = 0.1;
/** Model Monitor dates its metrics back to the hour that it looked at: one of the last three hours is enough. */
const MANAGED_HOURS = 3;
const HOUR_SECONDS = 3600;

/** Analyses publish once each: a figure counts for so long. */
const FIGURE_SECONDS = 300;

/** Where alarms tell that they went off. Not encrypted: alarms cannot use the key that AWS manages for SNS. */
export function addTopic(stack: LabStack): sns.Topic {
  const made = new sns.Topic(stack, 'Topic', { displayName: `Alarms of ${stack.stackName}` });
  made.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [made.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': arnInStack('cloudwatch', 'alarm:*') },
      },
    }),
  );
  stack.output('Topic', made.topicArn, 'Topic that alarms publish to');
  return made;
}

/** Alarms on drift, on AUC, and on the number of requests. Those on errors and latency are in the endpoint's stack. */
export function addAlarms(stack: LabStack, names: MonitoringNames, topicArn: string, endpoint: IDependable): void {
  drift(stack, names, topicArn);
  const own = { namespace: NAMESPACE, dimensions: [{ name: 'Endpoint', value: names.endpoint }] };
  new cloudwatch.CfnAlarm(stack, 'AucAlarm', {
    alarmName: names.aucAlarm,
    alarmDescription: `The model orders late and punctual flights worse than it did (AUC below ${AUC_THRESHOLD}): retrain.`,
    ...own,
    metricName: 'Auc',
    statistic: 'Minimum',
    period: FIGURE_SECONDS,
    evaluationPeriods: 1,
    threshold: AUC_THRESHOLD,
    comparisonOperator: 'LessThanThreshold',
    treatMissingData: 'notBreaching',
    alarmActions: [topicArn],
  });
  // CloudWatch keeps its anomaly detector when it is deleted. Made after the endpoint, it leaves one only where a sweep
  // stands that knows whose endpoint that was.
  band(stack, names).addDependency(endpoint);
  for (const name of [names.driftAlarm, names.aucAlarm, names.bandAlarm]) stack.own('alarms', name);
  stack.output('DriftAlarm', names.driftAlarm, 'Alarm on drift');
  stack.output('AucAlarm', names.aucAlarm, 'Alarm on a falling AUC');
}

function drift(stack: LabStack, names: MonitoringNames, topicArn: string): void {
  const common = {
    alarmName: names.driftAlarm,
    alarmDescription: 'What the endpoint is asked is no longer what its model learnt from: retrain.',
    evaluationPeriods: 1,
    treatMissingData: 'notBreaching',
    alarmActions: [topicArn],
  };
  if (stack.modes.monitor !== 'managed') {
    new cloudwatch.CfnAlarm(stack, 'DriftAlarm', {
      ...common,
      namespace: NAMESPACE,
      metricName: 'FeaturesDrifted',
      dimensions: [{ name: 'Endpoint', value: names.endpoint }],
      statistic: 'Maximum',
      period: FIGURE_SECONDS,
      threshold: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
    return;
  }
  const metrics = WATCHED_FEATURES.map((feature, at) => ({
    id: `m${at}`,
    returnData: false,
    metricStat: {
      metric: {
        namespace: MANAGED_NAMESPACE,
        metricName: `feature_baseline_drift_${feature}`,
        dimensions: [
          { name: 'Endpoint', value: names.endpoint },
          { name: 'MonitoringSchedule', value: names.schedule },
        ],
      },
      stat: 'Maximum',
      period: HOUR_SECONDS,
    },
  }));
  new cloudwatch.CfnAlarm(stack, 'DriftAlarm', {
    ...common,
    evaluationPeriods: MANAGED_HOURS,
    datapointsToAlarm: 1,
    metrics: [{ id: 'worst', label: 'Worst drift', expression: 'MAX(METRICS())', returnData: true }, ...metrics],
    threshold: MANAGED_THRESHOLD,
    comparisonOperator: 'GreaterThanThreshold',
  });
}

/** Traffic that is out of the ordinary. Its band takes hours to exist, so nothing waits for it, and nothing acts on it. */
function band(stack: LabStack, names: MonitoringNames): Node {
  return new cloudwatch.CfnAlarm(stack, 'BandAlarm', {
    alarmName: names.bandAlarm,
    alarmDescription: 'More or fewer requests than at this hour on other days.',
    evaluationPeriods: 2,
    comparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold',
    treatMissingData: 'notBreaching',
    thresholdMetricId: 'band',
    metrics: [
      { id: 'band', label: 'Expected', expression: 'ANOMALY_DETECTION_BAND(requests, 2)', returnData: true },
      {
        id: 'requests',
        returnData: true,
        metricStat: {
          metric: {
            namespace: 'AWS/SageMaker',
            metricName: 'Invocations',
            dimensions: [
              { name: 'EndpointName', value: names.endpoint },
              { name: 'VariantName', value: VARIANT },
            ],
          },
          stat: 'Sum',
          period: FIGURE_SECONDS,
        },
      },
    ],
  }).node;
}
