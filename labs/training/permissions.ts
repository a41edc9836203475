/** What the role of the lab's jobs may do. */
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  allow,
  listBucket,
  pullImages,
  putMetrics,
  writeSageMakerLogs,
  type ImageSource,
} from '../../lib/infra/statements';

/**
 * Least privilege for training, tuning and processing jobs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms
 */
export function jobRoleStatements(bucket: IBucket, image: ImageSource): iam.PolicyStatement[] {
  const under = (...prefixes: string[]): string[] => prefixes.map((prefix) => bucket.arnForObjects(`${prefix}/*`));
  return [
    listBucket(bucket),
    allow(['s3:GetObject'], under('data', 'code', 'models')),
    allow(['s3:PutObject', 's3:AbortMultipartUpload'], under('models', 'evaluation')),
    ...pullImages(image),
    // All of an account's jobs share these groups, and the first job makes them.
    writeSageMakerLogs('TrainingJobs', 'ProcessingJobs'),
    putMetrics('/aws/sagemaker/*'),
  ];
}
