/** What labs do with objects in S3. */
import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { LabRun } from '../course/run';
import { everyPage } from '../target/pages';

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** Without quotes: the MD5 of the content in hex when it was written in one part and is not encrypted with an own key. */
  readonly etag: string;
  readonly modified: Date;
}

/** All objects below a prefix, in order of their keys; "folders" (empty objects whose key ends in /) left out. */
export async function listObjects(run: LabRun, bucket: string, prefix: string): Promise<StoredObject[]> {
  const found = await everyPage(async (ContinuationToken) => {
    const page = await run.clients.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken }),
    );
    return { items: page.Contents, next: page.NextContinuationToken };
  });
  return found
    .map(({ Key: key = '', Size: bytes = 0, ETag: etag = '', LastModified: modified = new Date(0) }) => {
      return { key, bytes, etag: etag.replaceAll('"', ''), modified };
    })
    .filter(({ key, bytes }) => !(key.endsWith('/') && bytes === 0));
}

export async function readObject(run: LabRun, bucket: string, key: string): Promise<Buffer> {
  const answer = await run.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
}

export async function putObject(
  run: LabRun,
  bucket: string,
  key: string,
  body: Buffer,
  contentType: string,
): Promise<void> {
  await run.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }));
}

/** Deletes every object below a prefix; in a versioned bucket the earlier versions stay. @returns how many there were */
export async function emptyPrefix(run: LabRun, bucket: string, prefix: string): Promise<number> {
  // Never a whole bucket, and never the neighbours whose names only begin alike.
  if (!/^[^/].*\/$/.test(prefix))
    throw new Error(`Refusing to empty the prefix ${JSON.stringify(prefix)} of ${bucket}.`);
  const objects = await listObjects(run, bucket, prefix);
  for (let start = 0; start < objects.length; start += 1000) {
    const Objects = objects.slice(start, start + 1000).map(({ key }) => ({ Key: key }));
    const { Errors = [] } = await run.clients.s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (first) throw new Error(`S3 did not delete ${first.Key}: ${first.Code} ${first.Message}`);
  }
  return objects.length;
}

/** Whether an object holds exactly this content: by its ETag where that is an MD5, else by reading it. */
export async function hasContent(
  run: LabRun,
  bucket: string,
  object: StoredObject,
  expected: { readonly bytes: number; readonly md5: string },
): Promise<boolean> {
  if (object.bytes !== expected.bytes) return false;
  if (/^[0-9a-f]{32}$/.test(object.etag) && object.etag === expected.md5) return true;
  // Written in parts, or encrypted with a key of its own: the ETag says nothing about the content.
  const content = await readObject(run, bucket, object.key);
  return createHash('md5').update(content).digest('hex') === expected.md5;
}

/** Runs tasks with a few at a time. */
export async function inParallel<T>(items: readonly T[], task: (item: T) => Promise<void>, width = 8): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}

/** Copies an object within S3, without reading it here. */
export async function copyObject(
  run: LabRun,
  from: { readonly bucket: string; readonly key: string },
  to: { readonly bucket: string; readonly key: string },
): Promise<void> {
  const source = [from.bucket, ...from.key.split('/')].map(encodeURIComponent).join('/');
  await run.clients.s3.send(new CopyObjectCommand({ CopySource: source, Bucket: to.bucket, Key: to.key }));
}
