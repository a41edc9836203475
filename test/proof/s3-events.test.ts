/** S3's events on EventBridge, as a rule that starts a pipeline sees them: through a queue that the rule writes to. */
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Target } from '../../lib/target';
import { openPrivateTarget } from './private-target';

interface S3Event {
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: {
    readonly version: string;
    readonly bucket: { readonly name: string };
    readonly object: Readonly<Record<string, string | number>>;
    readonly reason: string;
    readonly 'deletion-type'?: string;
  };
}

let target: Target;
let QueueUrl: string;

/** An event that the rule passed on; undefined where none is there within a second. */
async function passed(): Promise<S3Event | undefined> {
  const { sqs } = target.clients;
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 1 }),
  );
  const [message] = Messages ?? [];
  if (!message) return undefined;
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle! }));
  return JSON.parse(message.Body!) as S3Event;
}

/** The next event that the rule passed on. */
async function next(): Promise<S3Event> {
  for (;;) {
    const event = await passed();
    if (event) return event;
  }
}

beforeAll(async () => {
  target = await openPrivateTarget();
  const { s3, sqs } = target.clients;
  const eventbridge: EventBridgeClient = target.clients.eventbridge;
  const queue = `arn:aws:sqs:${target.region}:${target.account}:seen`;
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queue,
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'seen', Attributes: { Policy } }))).QueueUrl!;
  for (const Bucket of ['loud', 'quiet']) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
  await eventbridge.send(new PutRuleCommand({ Name: 'objects', EventPattern: JSON.stringify({ source: ['aws.s3'] }) }));
  await eventbridge.send(new PutTargetsCommand({ Rule: 'objects', Targets: [{ Id: 'queue', Arn: queue }] }));
  const NotificationConfiguration = { EventBridgeConfiguration: {} };
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: 'loud', NotificationConfiguration }));
});

afterAll(() => target.close());

it('does not tell of what is uploaded when sending was just switched on, and goes on not to tell of it later', async () => {
  const { s3 } = target.clients;
  let uploads = 0;
  let told: S3Event | undefined;
  while (told === undefined) {
    await s3.send(new PutObjectCommand({ Bucket: 'loud', Key: `early/${uploads++}`, Body: 'x' }));
    told = await passed();
  }
  // The first that is told of is the last that was put: the earlier ones are lost.
  expect(uploads).toBeGreaterThan(1);
  expect(told.detail.object.key).toBe(`early/${uploads - 1}`);
  expect(await passed()).toBeUndefined();
});

it('tells of objects that are put, copied and uploaded in parts, with version, etag and reason', async () => {
  const { s3 } = target.clients;
  const put = await s3.send(new PutObjectCommand({ Bucket: 'loud', Key: 'a folder/source.zip', Body: 'one' }));
  const seen = await next();
  expect(seen).toMatchObject({
    source: 'aws.s3',
    'detail-type': 'Object Created',
    account: target.account,
    region: target.region,
    resources: ['arn:aws:s3:::loud'],
    detail: {
      version: '0',
      bucket: { name: 'loud' },
      object: { key: 'a folder/source.zip', size: 3, 'version-id': put.VersionId },
      reason: 'PutObject',
    },
  });
  expect(`"${seen.detail.object.etag}"`).toBe(put.ETag);

  const CopySource = 'loud/a%20folder/source.zip';
  const copied = await s3.send(new CopyObjectCommand({ Bucket: 'loud', Key: 'copy.zip', CopySource }));
  expect((await next()).detail).toMatchObject({
    object: { key: 'copy.zip', 'version-id': copied.VersionId },
    reason: 'CopyObject',
  });

  const parts = { Bucket: 'loud', Key: 'parts.zip' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(parts));
  const { ETag } = await s3.send(new UploadPartCommand({ ...parts, UploadId, PartNumber: 1, Body: 'part' }));
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  const whole = await s3.send(new CompleteMultipartUploadCommand({ ...parts, UploadId, MultipartUpload }));
  expect((await next()).detail).toMatchObject({
    object: { key: 'parts.zip', size: 4, 'version-id': whole.VersionId },
    reason: 'CompleteMultipartUpload',
  });
});

it('tells of deletions as such, and of nothing in a bucket that does not send', async () => {
  const { s3 } = target.clients;
  await s3.send(new PutObjectCommand({ Bucket: 'quiet', Key: 'unseen', Body: 'x' }));
  await s3.send(new DeleteObjectCommand({ Bucket: 'loud', Key: 'copy.zip' }));
  const seen = await next();
  expect(seen['detail-type']).toBe('Object Deleted');
  expect(seen.detail).toMatchObject({
    bucket: { name: 'loud' },
    object: { key: 'copy.zip' },
    reason: 'DeleteObject',
    'deletion-type': 'Delete Marker Created',
  });
});
