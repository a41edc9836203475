import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import type { Kind } from '../../kind';
import { ourBuckets } from './ours';

/** A data bucket that outlived its stack, for instance after a deletion that retained it. */
export const s3Bucket: Kind = {
  id: 's3:bucket',
  title: 'S3 buckets',
  after: [
    { kind: 's3:objects', why: 'S3 deletes no bucket that holds objects' },
    { kind: 's3:upload', why: 'unfinished uploads hold a bucket too' },
    { kind: 'glue:crawler', why: 'a crawler is known as ours by this bucket' },
    { kind: 'glue:job', why: 'a job is known as ours by a script in this bucket' },
    { kind: 'sagemaker:training-job', why: 'a job is known as ours by its output in this bucket' },
    { kind: 'sagemaker:processing-job', why: 'a job is known as ours by its output in this bucket' },
    { kind: 'sagemaker:tuning-job', why: 'a job is known as ours by its output in this bucket' },
    { kind: 'sagemaker:model', why: 'a model is known as ours by its data in this bucket' },
    { kind: 'sagemaker:endpoint-config', why: 'a configuration is known as ours by its capture to this bucket' },
    { kind: 'sagemaker:data-quality-definition', why: 'a definition is known as ours by its output in this bucket' },
    { kind: 'codepipeline:pipeline', why: 'a pipeline is known as ours by its artifacts in this bucket' },
  ],
  async list(scope) {
    if (scope.stack !== 'gone') return [];
    return [...(await ourBuckets(scope))].map(([bucket, because]) => ({ kind: 's3:bucket', id: bucket, because }));
  },
  async remove(found, scope) {
    await scope.run.clients.s3.send(
      new DeleteBucketCommand({ Bucket: found.id, ExpectedBucketOwner: scope.run.account }),
    );
  },
  permissions: [],
};
