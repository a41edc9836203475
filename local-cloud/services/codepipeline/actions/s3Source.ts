/** Source action of S3: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html */
import { GetBucketVersioningCommand, GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { writeArtifact } from '../artifacts';
import { ActionFailure } from '../errors';
import type { ActionContext, ActionResult } from './action';

/** The largest object that the local cloud copies through its memory. */
const LARGEST = 512 * 1_048_576;

function unreadable(bucket: string, key: string, error: unknown): ActionFailure {
  const { name, message } = error as Error;
  if (/NoSuchKey|NoSuchVersion|NotFound/.test(name)) {
    return new ActionFailure(
      'RevisionUnavailable',
      `The object with key '${key}' does not exist in the Amazon S3 bucket named ${bucket}. Error: Amazon S3:${name}:${message}`,
    );
  }
  if (name === 'NoSuchBucket') {
    return new ActionFailure('ConfigurationError', `The Amazon S3 bucket named ${bucket} does not exist.`);
  }
  return new ActionFailure(
    'PermissionError',
    `The service role or action role doesn’t have the permissions required to access the Amazon S3 bucket named ${bucket}. ` +
      `Update the IAM role permissions, and then try again. Error: Amazon S3:${name}:${message}`,
  );
}

function place({ configuration, override }: ActionContext): { bucket: string; key: string; version?: string } {
  const { S3Bucket: bucket = '', S3ObjectKey: key = '' } = configuration;
  if (!override) return { bucket, key };
  if (override.revisionType === 'S3_OBJECT_VERSION_ID') return { bucket, key, version: override.revisionValue };
  if (override.revisionType === 'S3_OBJECT_KEY' && configuration.AllowOverrideForS3ObjectKey === 'true') {
    return { bucket, key: override.revisionValue! };
  }
  throw new ActionFailure(
    'ConfigurationError',
    `The source revision override of type ${override.revisionType} is not allowed for this action.`,
  );
}

/** Copies the current version of the object into the artifact bucket. */
export async function s3Source(context: ActionContext): Promise<ActionResult> {
  const { principal, outputs } = context;
  const { bucket, key, version } = place(context);
  let object: GetObjectCommandOutput;
  try {
    const { Status } = await principal.s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    if (Status !== 'Enabled') {
      throw new ActionFailure(
        'ConfigurationError',
        `The Amazon S3 bucket named ${bucket} does not have versioning enabled. A bucket that is the source of a pipeline must have it.`,
      );
    }
    object = await principal.s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, ...(version && { VersionId: version }) }),
    );
  } catch (error) {
    throw error instanceof ActionFailure ? error : unreadable(bucket, key, error);
  }
  if ((object.ContentLength ?? 0) > LARGEST) {
    throw new ActionFailure('ConfigurationError', `The object '${key}' is larger than ${LARGEST} bytes.`);
  }
  await writeArtifact(principal, outputs[0]!, await object.Body!.transformToByteArray());
  const versionId = object.VersionId ?? '';
  const etag = (object.ETag ?? '').replaceAll('"', '');
  const summary = `Amazon S3 version id: ${versionId}`;
  return {
    summary,
    externalExecutionId: versionId,
    externalExecutionUrl: `https://console.aws.amazon.com/s3/home?region=${context.cloud.region}#`,
    revision: { id: versionId, changeId: etag, summary },
    variables: { BucketName: bucket, ETag: etag, ObjectKey: key, VersionId: versionId },
  };
}
