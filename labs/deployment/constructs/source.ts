import { CustomResource, Duration, type CfnResource } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { SOURCE_KEY } from '../names';
import { allow } from '../permissions';
import { sourceZip } from '../source-package/zip';
import { labFunction } from './lab-function';

/** Logical id of the bucket: part of its name, which the lease's permissions match. */
export const SOURCE_BUCKET = 'SourceBucket';

export interface Source {
  readonly bucket: s3.Bucket;
  /** There is a first source.zip once this is made. */
  readonly seeded: CfnResource;
}

/** The bucket that the pipeline takes its source from, with a first source.zip in it. */
export function addSource(stack: LabStack): Source {
  // Versioned, as CodePipeline takes no source of another bucket: each release knows which source it was.
  const bucket = stack.additionalBucket(SOURCE_BUCKET, { eventBridge: true });
  stack.output('SourceBucket', bucket.bucketName, `Bucket of the pipeline’s source, ${SOURCE_KEY}`);

  const seed = labFunction(stack, 'Seed', {
    entry: 'seed-source',
    description: `Puts the first ${SOURCE_KEY} of ${stack.stackName}.`,
    statements: [allow(['s3:PutObject'], [bucket.arnForObjects(SOURCE_KEY)])],
    logGroup: stack.logGroup('seed'),
    timeout: Duration.minutes(1),
    beside: { [SOURCE_KEY]: sourceZip() },
  });
  const seeded = new CustomResource(stack, 'FirstSource', {
    serviceToken: seed.functionArn,
    resourceType: 'Custom::MlaLabsFirstSource',
    serviceTimeout: Duration.minutes(5),
    properties: { bucket: bucket.bucketName },
  }).node.defaultChild as CfnResource;
  return { bucket, seeded };
}
