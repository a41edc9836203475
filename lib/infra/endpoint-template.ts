/**
 * The stack of an endpoint on one instance: alarms, model, configuration, endpoint; the version that serves is its
 * parameter. Without CDK, as functions send it too.
 *
 * Lab deployment has the same as a file that its learner reads and changes: labs/deployment/source/.
 */
import { type LabId, TAG_LAB, TAG_LEARNER } from '../course/names';
import { MACHINES } from '../flights/serving';

/** The only variant. It never changes: an update that renames a variant is another fleet to SageMaker. */
export const VARIANT = 'AllTraffic';

export const errorAlarmOf = (endpoint: string): string => `${endpoint}--errors`;
/** Microseconds: the alarm on the latency of nine in ten requests. */
export const LATENCY_THRESHOLD = 1_000_000;
export const latencyAlarmOf = (endpoint: string): string => `${endpoint}--latency`;

const ref = (name: string) => ({ Ref: name });
const att = (resource: string, name: string) => ({ 'Fn::GetAtt': [resource, name] });

function parameters() {
  const text = (Description: string) => ({ Type: 'String', Description });
  return {
    ModelPackageArn: {
      ...text('The version that serves. To roll back, update the stack with an earlier one.'),
      AllowedPattern: '^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:model-package/.+/[0-9]+$',
    },
    EndpointName: text('Callers know the endpoint by it, and alarms watch it, so it is chosen and not generated.'),
    ExecutionRoleArn: text('What the endpoint may do, such as reading the model.'),
    CaptureS3Uri: text('Where requests and answers are kept.'),
    TopicArn: text('Where the alarms tell that they went off.'),
    BakeSeconds: {
      Type: 'Number',
      Default: 300,
      MinValue: 0,
      MaxValue: 3600,
      Description: 'How long the old instance stands by while the alarms watch the new one.',
    },
    Unguarded: {
      ...text(
        'A version that takes over though the alarms ring, as a rollback must: they ring because of what serves before it.',
      ),
      Default: 'none',
    },
    Learner: text('Whose lab it is; a tag.'),
  };
}

function alarm(suffix: string, about: string, metric: object) {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: { 'Fn::Sub': `\${EndpointName}${suffix}` },
      AlarmDescription: about,
      Namespace: 'AWS/SageMaker',
      Dimensions: [
        { Name: 'EndpointName', Value: ref('EndpointName') },
        { Name: 'VariantName', Value: VARIANT },
      ],
      Period: 60,
      // Without requests there are no data: no reason to roll back.
      TreatMissingData: 'notBreaching',
      AlarmActions: [ref('TopicArn')],
      ...metric,
    },
  };
}

/** Model and configuration have no names of their own: another version needs new ones beside the old; then the old go. */
function serving(tags: object[]) {
  return {
    Model: {
      Type: 'AWS::SageMaker::Model',
      Properties: {
        ExecutionRoleArn: ref('ExecutionRoleArn'),
        // Image, model.tar.gz and environment are those of the version.
        PrimaryContainer: { ModelPackageName: ref('ModelPackageArn') },
        Tags: tags,
      },
    },
    EndpointConfig: {
      Type: 'AWS::SageMaker::EndpointConfig',
      Properties: {
        ProductionVariants: [
          {
            VariantName: VARIANT,
            ModelName: att('Model', 'ModelName'),
            InitialVariantWeight: 1,
            InstanceType: MACHINES.endpoint,
            InitialInstanceCount: 1,
          },
        ],
        DataCaptureConfig: {
          EnableCapture: true,
          InitialSamplingPercentage: 100,
          DestinationS3Uri: ref('CaptureS3Uri'),
          CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
          // Without it, payloads would be kept as base64.
          CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'] },
        },
        Tags: tags,
      },
    },
    Endpoint: {
      Type: 'AWS::SageMaker::Endpoint',
      Properties: {
        EndpointName: ref('EndpointName'),
        EndpointConfigName: att('EndpointConfig', 'EndpointConfigName'),
        DeploymentConfig: {
          BlueGreenUpdatePolicy: {
            TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 },
            TerminationWaitInSeconds: ref('BakeSeconds'),
            MaximumExecutionTimeoutInSeconds: 10800,
          },
          // An alarm that rings for the old instance would end the update as well.
          // https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
          AutoRollbackConfiguration: {
            'Fn::If': [
              'Guarded',
              { Alarms: [{ AlarmName: ref('ErrorAlarm') }, { AlarmName: ref('LatencyAlarm') }] },
              ref('AWS::NoValue'),
            ],
          },
        },
        Tags: tags,
      },
    },
  };
}

/** @param lab whose endpoint it is */
export function endpointTemplate(lab: LabId) {
  const tags = [
    { Key: TAG_LAB, Value: lab },
    { Key: TAG_LEARNER, Value: ref('Learner') },
  ];
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `MLA labs, ${lab}: one endpoint that serves one version of the model.`,
    Parameters: parameters(),
    Conditions: {
      Guarded: { 'Fn::Not': [{ 'Fn::Equals': [ref('ModelPackageArn'), ref('Unguarded')] }] },
    },
    Resources: {
      // Made before the endpoint, which names them; it can, as its own name is known beforehand.
      ErrorAlarm: alarm(
        '--errors',
        'Five requests in a minute that the model failed to answer: the release is rolled back.',
        {
          MetricName: 'Invocation5XXErrors',
          Statistic: 'Sum',
          EvaluationPeriods: 1,
          Threshold: 5,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        },
      ),
      LatencyAlarm: alarm(
        '--latency',
        'One request of ten takes the model longer than a second, two minutes in a row.',
        {
          MetricName: 'ModelLatency',
          ExtendedStatistic: 'p90',
          EvaluationPeriods: 2,
          // ModelLatency is in microseconds.
          Threshold: LATENCY_THRESHOLD,
          ComparisonOperator: 'GreaterThanThreshold',
        },
      ),
      ...serving(tags),
    },
    Outputs: {
      ModelPackageArn: { Description: 'The version that serves.', Value: ref('ModelPackageArn') },
      EndpointName: { Value: att('Endpoint', 'EndpointName') },
      EndpointConfigName: { Value: att('EndpointConfig', 'EndpointConfigName') },
      ModelName: { Value: att('Model', 'ModelName') },
    },
  };
}
