/** What each role of the lab may do: none wider than what it is for. */
import { Aws } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  allow,
  anyAlarm,
  deregisterScaling,
  here,
  passRole,
  pullImages,
  putMetrics,
  writeSageMakerLogs,
  type Conditions,
} from '../../lib/infra/statements';
import {
  BASELINE,
  CAPTURE,
  CODE,
  DATA,
  DECISIONS,
  LOCKS,
  MODELS,
  MONITOR,
  NAMESPACE,
  QUALITY,
  RETRAINING,
  TRUTH,
  type MonitoringNames,
} from './names';

/** An image that a role pulls. */
export interface Image {
  readonly account: string;
  readonly repository: string;
}

/** An object of the CDK's own bucket. */
export interface Code {
  readonly bucket: string;
  readonly key: string;
}

const below = (bucket: IBucket, ...prefixes: string[]): string[] =>
  prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`));

const listBucket = (bucket: IBucket): iam.PolicyStatement =>
  allow(['s3:ListBucket', 's3:GetBucketLocation'], [bucket.bucketArn]);

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms */
export function endpointStatements(bucket: IBucket, names: MonitoringNames, image: Image): iam.PolicyStatement[] {
  return [
    allow(['s3:GetObject'], below(bucket, MODELS)),
    allow(['s3:PutObject'], below(bucket, CAPTURE)),
    listBucket(bucket),
    ...pullImages(image),
    writeSageMakerLogs(`Endpoints/${names.endpoint}`),
    putMetrics('/aws/sagemaker/*'),
    // While a release bakes, SageMaker asks for its alarms as this role.
    anyAlarm(),
  ];
}

/**
 * What CloudFormation may do for the endpoint's stack. Models and configurations have generated names; only those that
 * carry the lab's tags may be made or deleted.
 */
export function deployStatements(
  endpointRoleArn: string,
  names: MonitoringNames,
  tags: Readonly<Record<string, string>>,
): iam.PolicyStatement[] {
  const tagged = (key: string): Conditions => ({
    StringEquals: Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`aws:${key}/${tag}`, value])),
  });
  const parts = [here('sagemaker', 'model/*'), here('sagemaker', 'endpoint-config/*')];
  const endpoint = here('sagemaker', `endpoint/${names.endpoint}`);
  return [
    allow(['sagemaker:CreateModel', 'sagemaker:CreateEndpointConfig'], parts, tagged('RequestTag')),
    allow(['sagemaker:DeleteModel', 'sagemaker:DeleteEndpointConfig'], parts, tagged('ResourceTag')),
    allow(['sagemaker:DescribeModel', 'sagemaker:DescribeEndpointConfig'], parts),
    // An endpoint is made and updated on its own ARN and on that of its configuration.
    allow(['sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint'], [endpoint, here('sagemaker', 'endpoint-config/*')]),
    allow(['sagemaker:DescribeEndpoint', 'sagemaker:DeleteEndpoint'], [endpoint]),
    deregisterScaling(),
    allow(['sagemaker:AddTags', 'sagemaker:ListTags', 'sagemaker:DeleteTags'], [...parts, endpoint]),
    allow(['sagemaker:DescribeModelPackage'], [here('sagemaker', `model-package/${names.base}/*`)]),
    passRole(endpointRoleArn, 'sagemaker'),
    allow(
      [
        'cloudwatch:PutMetricAlarm',
        'cloudwatch:DeleteAlarms',
        // CloudFormation marks with its own tags what it makes.
        'cloudwatch:TagResource',
        'cloudwatch:UntagResource',
        'cloudwatch:ListTagsForResource',
      ],
      [names.errorAlarm, names.latencyAlarm].map((name) => here('cloudwatch', `alarm:${name}`)),
    ),
    anyAlarm(),
  ];
}

/** What makes the first version and the endpoint's stack; where that takes long, another run of it waits on. */
export function serveStatements(
  bucket: IBucket,
  names: MonitoringNames,
  deployRoleArn: string,
  image: Image,
): iam.PolicyStatement[] {
  return [
    // SageMaker looks up the image of a version, and its model, as whoever registers it.
    ...pullImages(image),
    allow(['s3:PutObject'], below(bucket, MODELS)),
    allow(['s3:GetObject'], below(bucket, MODELS)),
    listBucket(bucket),
    allow(
      ['sagemaker:ListModelPackages', 'sagemaker:CreateModelPackage'],
      [here('sagemaker', `model-package-group/${names.base}`), here('sagemaker', `model-package/${names.base}/*`)],
    ),
    allow(
      [
        'cloudformation:CreateStack',
        'cloudformation:UpdateStack',
        'cloudformation:DescribeStacks',
        'cloudformation:DescribeStackEvents',
        'cloudformation:TagResource',
      ],
      [here('cloudformation', `stack/${names.endpointStack}/*`)],
    ),
    passRole(deployRoleArn, 'cloudformation'),
    allow(['lambda:InvokeFunction'], [here('lambda', `function:${names.serve}`)]),
  ];
}

/** What analyses may do, the open monitor's and Model Monitor's alike. @param code their code, in the CDK's own bucket */
export function monitorStatements(bucket: IBucket, images: readonly Image[], code: Code): iam.PolicyStatement[] {
  const store = `arn:${Aws.PARTITION}:s3:::${code.bucket}`;
  return [
    listBucket(bucket),
    // SageMaker lists what an input's prefix matches; the CDK's bucket holds assets named by their hashes.
    allow(['s3:ListBucket'], [store]),
    allow(['s3:GetObject'], [...below(bucket, CAPTURE, BASELINE, TRUTH, DATA, MONITOR), `${store}/${code.key}`]),
    allow(['s3:PutObject', 's3:AbortMultipartUpload'], below(bucket, BASELINE, MONITOR, QUALITY)),
    ...pullImages(...images),
    writeSageMakerLogs('ProcessingJobs'),
    // `/aws/` is where SageMaker itself measures jobs, `aws/` where Model Monitor writes what it found.
    putMetrics(NAMESPACE, '/aws/sagemaker/*', 'aws/sagemaker/*'),
  ];
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms */
export function retrainStatements(bucket: IBucket, image: Image): iam.PolicyStatement[] {
  return [
    listBucket(bucket),
    allow(['s3:GetObject'], below(bucket, RETRAINING, CODE, MODELS)),
    allow(['s3:PutObject', 's3:AbortMultipartUpload'], below(bucket, MODELS)),
    ...pullImages(image),
    writeSageMakerLogs('TrainingJobs', 'ProcessingJobs'),
    putMetrics('/aws/sagemaker/*'),
  ];
}

/** What EventBridge Scheduler may do: start analyses, which act as the monitor's role. */
export function scheduleStatements(monitorRoleArn: string, names: MonitoringNames): iam.PolicyStatement[] {
  return [
    allow(
      ['sagemaker:CreateProcessingJob', 'sagemaker:AddTags'],
      [here('sagemaker', `processing-job/${names.analysisPrefix}*`)],
    ),
    passRole(monitorRoleArn, 'sagemaker'),
  ];
}

export interface RespondersRoles {
  readonly retrainRoleArn: string;
  readonly deployRoleArn: string;
  readonly endpointRoleArn: string;
}

export function responderStatements(
  bucket: IBucket,
  names: MonitoringNames,
  roles: RespondersRoles,
  deadLettersArn: string,
  image: Image,
): iam.PolicyStatement[] {
  const jobs = ['training-job', 'processing-job'].map((kind) => here('sagemaker', `${kind}/${names.retrainPrefix}*`));
  const versions = here('sagemaker', `model-package/${names.base}/*`);
  const group = here('sagemaker', `model-package-group/${names.base}`);
  return [
    allow(['s3:ListBucket', 's3:GetBucketLocation'], [bucket.bucketArn]),
    allow(['s3:GetObject'], below(bucket, DECISIONS, LOCKS, DATA, MODELS, MONITOR, QUALITY, CODE, RETRAINING)),
    allow(['s3:PutObject'], below(bucket, DECISIONS, LOCKS, CODE, RETRAINING, MODELS)),
    // History proves an alarm; both tell of all alarms or of none.
    allow(['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory'], ['*']),
    allow(
      [
        'sagemaker:CreateTrainingJob',
        'sagemaker:DescribeTrainingJob',
        'sagemaker:StopTrainingJob',
        'sagemaker:CreateProcessingJob',
        'sagemaker:DescribeProcessingJob',
        'sagemaker:StopProcessingJob',
        'sagemaker:AddTags',
      ],
      jobs,
    ),
    passRole(roles.retrainRoleArn, 'sagemaker'),
    allow(['sagemaker:ListModelPackages', 'sagemaker:CreateModelPackage'], [group, versions]),
    ...pullImages(image),
    allow(['sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage'], [versions]),
    allow(
      ['cloudformation:DescribeStacks', 'cloudformation:UpdateStack', 'cloudformation:DescribeStackEvents'],
      [here('cloudformation', `stack/${names.endpointStack}/*`)],
    ),
    passRole(roles.deployRoleArn, 'cloudformation'),
    allow(['sqs:SendMessage'], [deadLettersArn]),
  ];
}
