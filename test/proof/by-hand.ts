/** What a learner makes in the console around a lab, with names that say nothing and without tags. */
import { RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { PutAnomalyDetectorCommand, PutDashboardCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { PutQueryDefinitionCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand } from '@aws-sdk/client-sagemaker';
import type { Clients } from '../../lib/target/clients';

/** Where it is made: a target, or a run of a lab. */
interface Place {
  readonly clients: Clients;
  readonly region: string;
}

/** Lets a variant of an endpoint scale. */
export async function scale({ clients }: Place, endpoint: string, variant = 'AllTraffic'): Promise<void> {
  await clients.autoscaling.send(
    new RegisterScalableTargetCommand({
      ServiceNamespace: 'sagemaker',
      ResourceId: `endpoint/${endpoint}/variant/${variant}`,
      ScalableDimension: 'sagemaker:variant:DesiredProvisionedConcurrency',
      MinCapacity: 1,
      MaxCapacity: 2,
    }),
  );
}

/** An endpoint of a version, which scales. @param role ARN of the model's execution role */
export async function serve(place: Place, name: string, role: string, version: string): Promise<void> {
  const { sagemaker } = place.clients;
  await sagemaker.send(
    new CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: role,
      PrimaryContainer: { ModelPackageName: version },
    }),
  );
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: [
        { VariantName: 'v', ModelName: name, ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 } },
      ],
    }),
  );
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
  await scale(place, name, 'v');
}

/** An alarm, an anomaly detector and a dashboard on the requests of an endpoint, and a saved query of a log group. */
export async function watch(
  place: Place,
  name: string,
  endpoint: string,
  variant: string,
  logGroup: string,
): Promise<void> {
  const { cloudwatch, logs } = place.clients;
  const requests = {
    Namespace: 'AWS/SageMaker',
    MetricName: 'Invocations',
    Dimensions: [
      { Name: 'EndpointName', Value: endpoint },
      { Name: 'VariantName', Value: variant },
    ],
  };
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      ...requests,
      AlarmName: name,
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 100_000,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  await cloudwatch.send(
    new PutAnomalyDetectorCommand({ SingleMetricAnomalyDetector: { ...requests, Stat: 'Average' } }),
  );
  const metrics = [['AWS/SageMaker', 'Invocations', 'EndpointName', endpoint, 'VariantName', variant]];
  const widget = { type: 'metric', x: 0, y: 0, width: 6, height: 6, properties: { metrics, region: place.region } };
  await cloudwatch.send(
    new PutDashboardCommand({ DashboardName: name, DashboardBody: JSON.stringify({ widgets: [widget] }) }),
  );
  await logs.send(new PutQueryDefinitionCommand({ name, queryString: 'fields @message', logGroupNames: [logGroup] }));
}

/** A rule that sends events to something. @param role ARN that EventBridge takes, where the target needs one */
export async function sendEvents({ clients }: Place, name: string, arn: string, role?: string): Promise<void> {
  const { eventbridge } = clients;
  await eventbridge.send(new PutRuleCommand({ Name: name, EventPattern: JSON.stringify({ source: ['mine'] }) }));
  await eventbridge.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: '1', Arn: arn, RoleArn: role }] }));
}
