/** What each role of the lab may do: none wider than what it is for. */
import { Aws } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { tagWhile } from '../../lib/infra/endpoint-statements';
import {
  allow,
  describeVersions,
  arnInStack,
  listBucket,
  listVersions,
  passRole,
  pullImages,
  putMetrics,
  registerVersions,
  versionsOf,
  writeSageMakerLogs,
  type ImageSource,
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

/** An object of the CDK's own bucket. */
export interface CodeAsset {
  readonly bucket: string;
  readonly key: string;
}

const below = (bucket: IBucket, ...prefixes: string[]): string[] =>
  prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`));

/** What makes the first version and the endpoint's stack; where that takes long, another run of it waits on. */
export function serveStatements(
  bucket: IBucket,
  names: MonitoringNames,
  deployRoleArn: string,
  image: ImageSource,
): iam.PolicyStatement[] {
  return [
    // SageMaker looks up the image of a version, and its model, as whoever registers it.
    ...pullImages(image),
    allow(['s3:PutObject'], below(bucket, MODELS)),
    allow(['s3:GetObject'], below(bucket, MODELS)),
    listBucket(bucket),
    listVersions(),
    registerVersions(names.base),
    allow(
      [
        'cloudformation:CreateStack',
        'cloudformation:UpdateStack',
        'cloudformation:DescribeStacks',
        'cloudformation:DescribeStackEvents',
        'cloudformation:TagResource',
      ],
      [arnInStack('cloudformation', `stack/${names.endpointStack}/*`)],
    ),
    passRole(deployRoleArn, 'cloudformation'),
    allow(['lambda:InvokeFunction'], [arnInStack('lambda', `function:${names.serve}`)]),
  ];
}

/** What analyses may do, the open monitor's and Model Monitor's alike. @param code their code, in the CDK's own bucket */
export function monitorStatements(
  bucket: IBucket,
  images: readonly ImageSource[],
  code: CodeAsset,
): iam.PolicyStatement[] {
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
export function retrainStatements(bucket: IBucket, image: ImageSource): iam.PolicyStatement[] {
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
  const jobs = [arnInStack('sagemaker', `processing-job/${names.analysisPrefix}*`)];
  return [
    allow(['sagemaker:CreateProcessingJob'], jobs),
    tagWhile(['CreateProcessingJob'], jobs),
    passRole(monitorRoleArn, 'sagemaker'),
  ];
}

export interface ResponderRoles {
  readonly retrainRoleArn: string;
  readonly deployRoleArn: string;
  readonly endpointRoleArn: string;
}

export function responderStatements(
  bucket: IBucket,
  names: MonitoringNames,
  roles: ResponderRoles,
  deadLettersArn: string,
  image: ImageSource,
): iam.PolicyStatement[] {
  const [trainings, processings] = (['training-job', 'processing-job'] as const).map((kind) =>
    arnInStack('sagemaker', `${kind}/${names.retrainPrefix}*`),
  ) as [string, string];
  return [
    listBucket(bucket),
    allow(['s3:GetObject'], below(bucket, DECISIONS, LOCKS, DATA, MODELS, MONITOR, QUALITY, CODE, RETRAINING)),
    allow(['s3:PutObject'], below(bucket, DECISIONS, LOCKS, CODE, RETRAINING, MODELS)),
    // History proves an alarm; without `*` it tells nothing of composite ones.
    allow(['cloudwatch:DescribeAlarmHistory'], ['*']),
    allow(['sagemaker:CreateTrainingJob', 'sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob'], [trainings]),
    allow(
      ['sagemaker:CreateProcessingJob', 'sagemaker:DescribeProcessingJob', 'sagemaker:StopProcessingJob'],
      [processings],
    ),
    tagWhile(['CreateTrainingJob', 'CreateProcessingJob'], [trainings, processings]),
    passRole(roles.retrainRoleArn, 'sagemaker'),
    listVersions(),
    registerVersions(names.base),
    describeVersions(names.base),
    allow(['sagemaker:UpdateModelPackage'], [versionsOf(names.base)]),
    ...pullImages(image),
    allow(
      ['cloudformation:DescribeStacks', 'cloudformation:UpdateStack'],
      [arnInStack('cloudformation', `stack/${names.endpointStack}/*`)],
    ),
    passRole(roles.deployRoleArn, 'cloudformation'),
    allow(['sqs:SendMessage'], [deadLettersArn]),
  ];
}
