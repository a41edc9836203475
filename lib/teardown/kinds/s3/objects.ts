import { DeleteObjectsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import type { Found, Kind, Scope } from '../../kind';
import { ourBuckets, READ_BUCKET } from './ours';

/** Objects of our bucket: every version and every delete marker. One line stands for all of a bucket's. */
export const s3Objects: Kind = {
  id: 's3:objects',
  title: 'S3 objects',
  after: [
    { kind: 'glue:job-run', why: 'a running job would write more' },
    { kind: 'glue:quality-run', why: 'a running evaluation would write its results' },
    { kind: 'athena:query', why: 'a running query would write its results' },
    { kind: 'sagemaker:training-run', why: 'a training that is stopped still writes its model' },
    { kind: 'sagemaker:processing-run', why: 'a running job would write its output' },
    { kind: 'codepipeline:execution', why: 'a release that goes on would write its artifacts' },
    { kind: 'codebuild:build', why: 'a running build would write its artifacts' },
    { kind: 'cloudformation:stack', why: 'the endpoint in it captures its requests to the bucket' },
    { kind: 'sagemaker:endpoint', why: 'an endpoint captures its requests to the bucket' },
  ],
  blocks: 'CloudFormation cannot delete a bucket that holds objects',
  async list(scope) {
    const found: Found[] = [];
    for (const [bucket, because] of await ourBuckets(scope)) {
      let count = 0;
      for await (const page of pagesOf(scope, bucket)) count += versionsIn(page).length;
      if (count > 0)
        found.push({ kind: 's3:objects', id: `s3://${bucket}`, because: `in the bucket ${because}`, count });
    }
    return found;
  },
  async remove(found, scope) {
    const bucket = found.id.slice('s3://'.length);
    for await (const page of pagesOf(scope, bucket)) {
      const versions = versionsIn(page);
      if (versions.length === 0) continue;
      const answer = await scope.run.clients.s3.send(
        new DeleteObjectsCommand({
          Bucket: bucket,
          ExpectedBucketOwner: scope.run.account,
          Delete: { Objects: versions, Quiet: true },
        }),
      );
      const error = answer.Errors?.find(({ Code }) => Code !== 'NoSuchKey' && Code !== 'NoSuchVersion');
      if (error) throw new Error(`${error.Code}: ${error.Key} could not be deleted: ${error.Message}`);
    }
  },
  permissions: [
    READ_BUCKET,
    {
      actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload'],
      resources: (place) => place.buckets.map((bucket) => `${bucket}/*`),
    },
  ],
};

/** Pages of at most 1,000 versions, which is as many as one DeleteObjects takes. */
async function* pagesOf(scope: Scope, bucket: string): AsyncGenerator<ListObjectVersionsCommandOutput> {
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    page = await scope.run.clients.s3.send(
      new ListObjectVersionsCommand({
        Bucket: bucket,
        ExpectedBucketOwner: scope.run.account,
        KeyMarker: page?.NextKeyMarker,
        VersionIdMarker: page?.NextVersionIdMarker,
      }),
    );
    yield page;
  } while (page.IsTruncated);
}

function versionsIn(page: ListObjectVersionsCommandOutput): { Key: string; VersionId: string | undefined }[] {
  return [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
    Key: Key!,
    VersionId,
  }));
}
