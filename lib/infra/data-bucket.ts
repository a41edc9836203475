import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { LONGEST_LIFE_HOURS } from '../teardown/lease';

export interface DataBucketProps {
  /**
   * Send the bucket's events to EventBridge.
   * @default false
   */
  readonly eventBridge?: boolean;
}

/** Logical id: part of the bucket's name, which permissions match before the bucket exists. */
export const DATA_BUCKET = 'DataBucket';

/**
 * A bucket of a lab: encrypted, private, TLS only, versioned, and nothing in it outlives the longest lease.
 *
 * It has no `autoDeleteObjects`: the stack's own sweep empties it, with the same code as `./lab down`.
 */
export function dataBucket(
  scope: Construct,
  { eventBridge = false }: DataBucketProps = {},
  logicalId: string = DATA_BUCKET,
): s3.Bucket {
  const bucket = new s3.Bucket(scope, logicalId === DATA_BUCKET ? 'Bucket' : logicalId, {
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned: true,
    removalPolicy: RemovalPolicy.DESTROY,
    lifecycleRules: [
      {
        id: 'EverythingExpires',
        expiration: Duration.days(Math.ceil(LONGEST_LIFE_HOURS / 24)),
        noncurrentVersionExpiration: Duration.days(1),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
  });
  const resource = bucket.node.defaultChild as s3.CfnBucket;
  resource.overrideLogicalId(logicalId);
  if (eventBridge) {
    // In the bucket itself: the CDK's own property brings a function that sets it, with a log group that stays.
    resource.addPropertyOverride('NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled', true);
  }
  // It goes with its bucket. Deleted before it, a policy that keeps writers out would let them in just before the bucket
  // has to be empty. enforceSSL makes it; nothing else of the stack needs one.
  bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return bucket;
}

/** ARN pattern that CloudFormation's own name for the bucket will match, and no other learner's. */
export function bucketPattern(partition: string, stackName: string, logicalId: string = DATA_BUCKET): string {
  return `arn:${partition}:s3:::${stackName.toLowerCase()}-${logicalId.toLowerCase()}-*`;
}
