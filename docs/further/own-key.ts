/** A lab's bucket encrypted by a key of its own: docs/further.md says what else changes. */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/** In a stack of its own: in a lab's, everything waits for the lease, which needs the bucket, which needs the key. */
export class KeyStack extends Stack {
  readonly key = new kms.Key(this, 'DataKey', {
    description: 'Encrypts the objects of data buckets.',
    enableKeyRotation: true,
    // Deletion of the stack only schedules the key's: seven days are the least, and what it encrypted is lost after them.
    removalPolicy: RemovalPolicy.DESTROY,
    pendingWindow: Duration.days(7),
  });
}

/** Who uses the bucket's objects. */
export interface KeyUsers {
  readonly readers: readonly iam.IRole[];
  /** They may decrypt as well: the parts of a multipart upload are decrypted to be joined. */
  readonly writers: readonly iam.IRole[];
}

/** SSE-KMS with a bucket key, for a bucket that lib/infra/data-bucket.ts made. */
export function withOwnKey(bucket: s3.Bucket, key: kms.IKey, { readers, writers }: KeyUsers): void {
  const resource = bucket.node.defaultChild as s3.CfnBucket;
  resource.bucketEncryption = {
    serverSideEncryptionConfiguration: [
      {
        bucketKeyEnabled: true,
        serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.keyArn },
      },
    ],
  };
  for (const role of readers) key.grantDecrypt(role);
  for (const role of writers) key.grantEncryptDecrypt(role);
}
