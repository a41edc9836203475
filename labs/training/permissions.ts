/** What the role of the lab's jobs may do. */
import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

function allow(actions: string[], resources: string[], conditions?: Record<string, unknown>): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources, ...(conditions && { conditions }) });
}

/**
 * Least privilege for training, tuning and processing jobs.
 *
 * @param imageAccount the account that owns the image; @param repository the image's repository
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms
 */
export function jobRoleStatements(bucket: IBucket, imageAccount: string, repository: string): iam.PolicyStatement[] {
  const under = (...prefixes: string[]): string[] => prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`));
  const logs = ['TrainingJobs', 'ProcessingJobs'].map(
    (kind) => `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/aws/sagemaker/${kind}`,
  );
  return [
    allow(['s3:ListBucket', 's3:GetBucketLocation'], [bucket.bucketArn]),
    allow(['s3:GetObject'], under('data', 'code', 'models')),
    allow(['s3:PutObject', 's3:AbortMultipartUpload'], under('models', 'evaluation')),
    // SageMaker pulls the image as this role; a token is for no repository in particular.
    allow(['ecr:GetAuthorizationToken'], ['*']),
    allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      [`arn:${Aws.PARTITION}:ecr:${Aws.REGION}:${imageAccount}:repository/${repository}`],
    ),
    // All of an account's jobs share these groups, and the first job makes them.
    allow(
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      logs.flatMap((group) => [group, `${group}:*`]),
    ),
    // Metrics have no ARN.
    allow(['cloudwatch:PutMetricData'], ['*'], { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } }),
  ];
}
