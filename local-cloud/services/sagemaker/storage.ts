/** S3 as a job's role reads and writes it; each request is signed by the role, and a refusal names action and resource. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { isDenied } from '../denied';
import type { Principal } from '../service';
import { JobFailure } from './errors';
import { s3Uri } from './names';

const PARALLEL = 8;

/** Does a request; what fails becomes `ClientError: <what>: …`, and a refusal names what the role may not do. */
async function asRole<T>(
  role: Principal,
  what: string,
  action: string,
  resource: string,
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const { name, message } = error as Error;
    if (!isDenied(error)) throw new JobFailure(`ClientError: ${what}: ${name}: ${message}`, { cause: error });
    throw new JobFailure(
      `ClientError: ${what}: AccessDenied (403): User: ${role.arn} is not authorized to perform: ${action} on resource: "${resource}"`,
      { cause: error },
    );
  }
}

/** Runs the work on every item, a few at a time. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const workers = Array.from({ length: Math.min(PARALLEL, queue.length) }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  });
  await Promise.all(workers);
}

/** Keys under a prefix; `limit` stops early. Fails with the error of S3. */
export async function keysUnder(role: Principal, bucket: string, prefix: string, limit = Infinity): Promise<string[]> {
  const keys: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await role.s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ContinuationToken,
        ...(limit < 1000 && { MaxKeys: limit }),
      }),
    );
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key!).filter((key) => !key.endsWith('/')));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken && keys.length < limit);
  return keys;
}

/** What SageMaker answers where a prefix holds nothing, or the role may not list it. */
export function noObjects(uri: string, region: string, roleArn: string): string {
  const { bucket } = s3Uri(uri, 's3Uri');
  return (
    `No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the ` +
    `selected region (${region}), that objects exist under that S3 prefix, and that the role "${roleArn}" has ` +
    `"s3:ListBucket" permissions on bucket "${bucket}".`
  );
}

async function download(role: Principal, bucket: string, key: string, file: string, what: string): Promise<void> {
  await asRole(role, what, 's3:GetObject', `arn:aws:s3:::${bucket}/${key}`, async () => {
    const { Body } = await role.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    await mkdir(dirname(file), { recursive: true });
    await pipeline(Body as Readable, createWriteStream(file));
  });
}

/** Where the objects of a prefix stand below it: a prefix that is no folder counts from the folder it lies in. */
export function localName(prefix: string, key: string): string {
  if (key === prefix) return basename(key);
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return key.startsWith(folder) ? key.slice(folder.length) : key.slice(prefix.lastIndexOf('/') + 1);
}

/**
 * Downloads all objects under a prefix into a folder.
 *
 * @throws JobFailure when there are none, or the role may not read one
 */
export async function downloadPrefix(
  role: Principal,
  uri: string,
  folder: string,
  names: { readonly region: string; readonly roleArn: string },
): Promise<number> {
  const { bucket, key: prefix } = s3Uri(uri, 's3Uri');
  const what = 'Data download failed:Failed to download data. Cannot download ' + uri;
  const keys = await asRole(role, what, 's3:ListBucket', `arn:aws:s3:::${bucket}`, () =>
    keysUnder(role, bucket, prefix),
  );
  if (keys.length === 0) {
    throw new JobFailure(`ClientError: Data download failed:${noObjects(uri, names.region, names.roleArn)}`);
  }
  await mkdir(folder, { recursive: true });
  await eachOf(keys, async (key) => {
    const file = resolve(folder, localName(prefix, key));
    if (!file.startsWith(folder + sep)) throw new JobFailure(`ClientError: ${what}: the key ${key} leaves its folder`);
    await download(role, bucket, key, file, what);
  });
  return keys.length;
}

/** Downloads one object. @throws JobFailure */
export async function downloadObject(role: Principal, uri: string, file: string): Promise<void> {
  const { bucket, key } = s3Uri(uri, 's3Uri');
  await download(role, bucket, key, file, `Failed to download ${uri}`);
}

/** Whether the role can read an object. Fails with the error of S3. */
export async function canRead(role: Principal, bucket: string, key: string): Promise<void> {
  await role.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
}

/** Uploads one file. @throws JobFailure */
export async function uploadFile(role: Principal, file: string, bucket: string, key: string): Promise<void> {
  const what = `Data upload failed:Failed to upload to s3://${bucket}/${key}`;
  const { size } = await stat(file);
  await asRole(role, what, 's3:PutObject', `arn:aws:s3:::${bucket}/${key}`, () =>
    role.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: createReadStream(file), ContentLength: size })),
  );
}

/** All files below a folder; links are not followed. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Uploads what a folder holds under a prefix. @throws JobFailure */
export async function uploadFolder(role: Principal, folder: string, uri: string): Promise<void> {
  const { bucket, key: prefix } = s3Uri(uri, 's3Uri');
  const base = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  await eachOf(await filesIn(folder), (file) =>
    uploadFile(role, file, bucket, base + relative(folder, file).split(sep).join('/')),
  );
}
