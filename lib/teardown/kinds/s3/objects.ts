import { DeleteObjectsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import type { Found, Kind, Scope } from '../../kind';
import { assertTimeLeft } from '../../wait';
import { ourBuckets, READ_BUCKET } from './ours';
import { writersOf } from './writers';

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
      const members: string[] = [];
      for await (const page of pagesOf(scope, bucket)) members.push(...versionsIn(page).map(memberOf));
      if (members.length > 0)
        found.push({ kind: 's3:objects', id: `s3://${bucket}`, because: `in the bucket ${because}`, members });
    }
    return found;
  },
  async remove(found, scope) {
    const bucket = found.id.slice('s3://'.length);
    const versions = (found.members ?? []).map(versionOf);
    // One request takes a thousand. What is written meanwhile is for the next pass: else a fast writer would keep this one.
    for (let start = 0; start < versions.length; start += 1000) {
      assertTimeLeft(scope);
      const answer = await scope.run.clients.s3.send(
        new DeleteObjectsCommand({
          Bucket: bucket,
          ExpectedBucketOwner: scope.run.account,
          Delete: { Objects: versions.slice(start, start + 1000), Quiet: true },
        }),
      );
      const error = answer.Errors?.find(({ Code }) => Code !== 'NoSuchKey' && Code !== 'NoSuchVersion');
      if (error) throw new Error(`${error.Code}: ${error.Key} could not be deleted: ${error.Message}`);
    }
  },
  writers: ({ id, members = [] }, run) =>
    writersOf(
      run,
      id.slice('s3://'.length),
      members.map((member) => versionOf(member).Key),
    ),
  permissions: [
    READ_BUCKET,
    {
      actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload'],
      resources: (place) => place.buckets.map((bucket) => `${bucket}/*`),
    },
  ],
};

/** Pages of 1,000 versions that one look takes: where somebody writes faster than we list, the next look has the rest. */
const MOST_PAGES = 200;

async function* pagesOf(scope: Scope, bucket: string): AsyncGenerator<ListObjectVersionsCommandOutput> {
  let page: ListObjectVersionsCommandOutput | undefined;
  for (let pages = 0; pages < MOST_PAGES && (page === undefined || page.IsTruncated); pages += 1) {
    assertTimeLeft(scope, 'look');
    page = await scope.run.clients.s3.send(
      new ListObjectVersionsCommand({
        Bucket: bucket,
        ExpectedBucketOwner: scope.run.account,
        KeyMarker: page?.NextKeyMarker,
        VersionIdMarker: page?.NextVersionIdMarker,
      }),
    );
    yield page;
  }
}

interface Version {
  readonly Key: string;
  readonly VersionId: string | undefined;
}

function versionsIn(page: ListObjectVersionsCommandOutput): Version[] {
  return [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key = '', VersionId }) => ({
    Key,
    VersionId,
  }));
}

/** A version's identity: its id, which has no spaces, and its key, which may. */
function memberOf({ Key, VersionId = '' }: Version): string {
  return `${VersionId} ${Key}`;
}

function versionOf(member: string): Version {
  const end = member.indexOf(' ');
  return { Key: member.slice(end + 1), VersionId: member.slice(0, end) || undefined };
}
