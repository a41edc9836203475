import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import type { ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3';
import type { Found, Kind } from '../../kind';
import { assertTimeLeft } from '../../wait';
import { ourBuckets, READ_BUCKET } from './ours';
import { writersOf } from './writers';

/** Multipart uploads that nobody finished: invisible in the console's list of objects, and billed. */
export const s3Upload: Kind = {
  id: 's3:upload',
  title: 'unfinished S3 uploads',
  after: [{ kind: 'glue:job-run', why: 'a running job may still finish its own' }],
  blocks: 'CloudFormation cannot delete a bucket with unfinished uploads',
  async list(scope) {
    const found: Found[] = [];
    for (const [bucket, because] of await ourBuckets(scope)) {
      let page: ListMultipartUploadsCommandOutput | undefined;
      do {
        assertTimeLeft(scope, 'look');
        page = await scope.run.clients.s3.send(
          new ListMultipartUploadsCommand({
            Bucket: bucket,
            ExpectedBucketOwner: scope.run.account,
            KeyMarker: page?.NextKeyMarker,
            UploadIdMarker: page?.NextUploadIdMarker,
          }),
        );
        for (const { Key, UploadId } of page.Uploads ?? []) {
          found.push({
            kind: 's3:upload',
            id: `s3://${bucket}/${Key}#${UploadId}`,
            because: `in the bucket ${because}`,
          });
        }
      } while (page.IsTruncated);
    }
    return found;
  },
  async remove(found, scope) {
    const [, bucket, key, upload] = /^s3:\/\/([^/]+)\/(.*)#([^#]*)$/s.exec(found.id) ?? [];
    await scope.run.clients.s3.send(
      new AbortMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        UploadId: upload,
        ExpectedBucketOwner: scope.run.account,
      }),
    );
  },
  writers: ({ id }, run) => {
    const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)#[^#]*$/s.exec(id) ?? [];
    return writersOf(run, bucket, [key]);
  },
  permissions: [READ_BUCKET],
};
