/** Objects of the lab's buckets, a page at a time, and the beginning of one. */
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { putObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import type { ObjectsView, PreviewView } from '../../api';
import { type Asked, iso, outputsOf, type View, wrongName } from './view';

const BUCKETS = ['DataBucket', 'SourceBucket'] as const;
const PAGE = 200;
/** What is read of an object for a preview, and what becomes of it when it is unpacked. */
const FIRST_BYTES = 256 * 1024;
const MOST_BYTES = 512 * 1024;
const ROWS = 200;

/** Bytes of the longest key of S3. */
const LONGEST_KEY = 1024;

/** The bucket that a page names: one of the lab's, and no other. */
export function bucketOf(run: LabRun, { bucket }: Asked): string {
  const ours = outputsOf(run, BUCKETS);
  const found = bucket === undefined ? ours[0] : ours.find((one) => one === bucket);
  if (found === undefined) throw wrongName('bucket', bucket);
  return found;
}

export const objects: View = {
  title: 'Objects',
  outputs: BUCKETS,
  async read({ run }, asked): Promise<ObjectsView | PreviewView> {
    const bucket = bucketOf(run, asked);
    if (asked.key !== undefined) return preview(run, bucket, asked.key);
    const { prefix = '', token } = asked;
    const page = await run.clients.s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        Delimiter: '/',
        MaxKeys: PAGE,
        ContinuationToken: token,
      }),
    );
    return {
      buckets: outputsOf(run, BUCKETS),
      bucket,
      prefix,
      folders: (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix),
      objects: (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
        key: Key,
        bytes: Size,
        modified: iso(LastModified),
      })),
      next: page.NextContinuationToken,
    };
  },
  /** A file of the learner's, as the console's Upload does; what had the key before is replaced. */
  async act({ run }, { bucket, key, type, file }): Promise<{ written: string } | undefined> {
    if (!(file instanceof Uint8Array) || typeof key !== 'string' || typeof type !== 'string') return undefined;
    if (key === '' || Buffer.byteLength(key) > LONGEST_KEY) return undefined;
    await putObject(run, bucketOf(run, { bucket: text(bucket) }), key, Buffer.from(file), type);
    return { written: key };
  },
};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

async function preview(run: LabRun, bucket: string, key: string): Promise<PreviewView> {
  const { bytes, body } = await beginningOf(run, bucket, key);
  const name = key.replace(/\.gz$/, '');
  const content = body[0] === 0x1f && body[1] === 0x8b ? await unpacked(body) : body;
  const cut = bytes > body.length || content.length >= MOST_BYTES;
  const about = { key, bytes, cut };
  if (content.subarray(0, 4).toString('latin1') === 'PAR1') return { ...about, kind: 'parquet' };
  if (/\.html?$/.test(key)) return { ...about, kind: 'report' };
  if (/\.(svg|png|jpe?g)$/.test(key)) return { ...about, kind: 'picture' };
  if (content.includes(0)) return { ...about, kind: 'binary' };
  const text = new TextDecoder().decode(content);
  if (/\.csv$/.test(name)) {
    const all = parseCsv(text, ROWS + 1);
    // The last line may be half of one.
    const rows = cut && all.length <= ROWS ? all.slice(0, -1) : all.slice(0, ROWS);
    return { ...about, cut: cut || all.length > ROWS, kind: 'rows', rows };
  }
  return { ...about, kind: 'text', text: /\.json$/.test(name) && !cut ? indented(text) : text };
}

async function beginningOf(run: LabRun, Bucket: string, Key: string): Promise<{ bytes: number; body: Buffer }> {
  try {
    const answer = await run.clients.s3.send(
      new GetObjectCommand({ Bucket, Key, Range: `bytes=0-${FIRST_BYTES - 1}` }),
    );
    const body = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    const whole = Number(/\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1] ?? body.length);
    return { bytes: whole, body };
  } catch (error) {
    // Nothing has a first byte where there is none.
    if ((error as Error).name === 'InvalidRange') return { bytes: 0, body: Buffer.alloc(0) };
    if (/NoSuchKey|NotFound/.test((error as Error).name)) throw wrongName('object', Key);
    throw error;
  }
}

/** As much as there is of a beginning, and no more than is shown: a small file can unpack to a huge one. */
async function unpacked(packed: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  const gunzip = createGunzip();
  gunzip.end(packed);
  try {
    for await (const part of gunzip as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      if (size >= MOST_BYTES) break;
    }
  } catch {
    // The end is missing, or it is broken from here on: what came before is shown.
  }
  return Buffer.concat(parts).subarray(0, MOST_BYTES);
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Rows of a CSV file as RFC 4180 has them. */
export function parseCsv(text: string, most: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|\n|\r|$)/g)) {
    const last = end === '' && row.length === 0 && quoted === undefined && plain === '';
    if (last) break;
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    rows.push(row);
    row = [];
    if (rows.length >= most || end === '') break;
  }
  return rows;
}

/** Largest object that a browser gets or gives whole. */
export const WHOLE_BYTES = 30e6;
/** Answers of these types may be shown by a browser, in a sandbox; all else is bytes. */
const SHOWN: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  htm: 'text/html; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
};

/** An object whole, with the type that a browser may take it for. @returns undefined where it is too large */
export async function wholeObject(
  run: LabRun,
  asked: Asked,
): Promise<{ readonly body: Uint8Array<ArrayBuffer>; readonly type: string } | undefined> {
  const { key: Key } = asked;
  const Bucket = bucketOf(run, asked);
  if (Key === undefined) throw wrongName('object', Key);
  const answer = await run.clients.s3.send(new GetObjectCommand({ Bucket, Key, Range: `bytes=0-${WHOLE_BYTES - 1}` }));
  const body = new Uint8Array((await answer.Body?.transformToByteArray()) ?? []);
  const whole = Number(/\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1] ?? body.length);
  if (whole > body.length) return undefined;
  const ending = /\.([a-z]+)$/.exec(Key)?.[1] ?? '';
  return { body, type: (Object.hasOwn(SHOWN, ending) && SHOWN[ending]) || 'application/octet-stream' };
}
