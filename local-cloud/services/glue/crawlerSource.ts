/** What a crawler reads, signed as its role: lists of objects, and the beginning (or the footer) of each. */
import { execFile } from 'node:child_process';
import { createUnzip } from 'node:zlib';
import { join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { Column, CsvClassifier, S3Target } from '@aws-sdk/client-glue';
import type { Cloud, Principal } from '../service';
import { builtInCsv, customCsv, type CsvSchema, type CsvSample } from './csvClassifier';
import { matchesGlob } from './glob';
import { asRole } from './role';

/** As much of a file as tells its format and types. */
const SAMPLE_BYTES = 1024 * 1024;

export interface FoundObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
}

export interface ParquetSchema {
  readonly classification: 'parquet';
  readonly columns: readonly Column[];
  readonly averageRecordSize: number;
  readonly recordCount: number;
}

/** A file that no classifier recognised. */
export interface UnknownSchema {
  readonly classification: 'UNKNOWN';
  readonly columns: readonly [];
  readonly averageRecordSize: 0;
}

export interface CrawledFile extends FoundObject {
  readonly compression: 'none' | 'gzip';
  readonly schema: CsvSchema | ParquetSchema | UnknownSchema;
}

/** Where an S3 target points: `key` is "" for the whole bucket, and ends at a slash when it names a folder. */
export function targetLocation(target: S3Target): { bucket: string; key: string } {
  const found = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(target.Path ?? '');
  if (!found) throw new Error(`The S3 target ${JSON.stringify(target.Path)} is not an S3 path.`);
  return { bucket: found[1]!, key: found[2] ?? '' };
}

/** The objects of a target, without empty ones, folder marks, hidden files and what the target excludes. */
export async function listTarget(role: Principal, target: S3Target): Promise<FoundObject[]> {
  const { bucket, key } = targetLocation(target);
  const folder = key === '' || key.endsWith('/') ? key : `${key}/`;
  const found: FoundObject[] = [];
  const take = async (prefix: string): Promise<void> => {
    for await (const page of paginateListObjectsV2({ client: role.s3 }, { Bucket: bucket, Prefix: prefix })) {
      for (const { Key = '', Size = 0 } of page.Contents ?? []) found.push({ bucket, key: Key, size: Size });
    }
  };
  await asRole(role, 's3:ListBucket', `arn:aws:s3:::${bucket}`, () => take(folder));
  if (found.length === 0 && key !== '' && !key.endsWith('/')) {
    await asRole(role, 's3:ListBucket', `arn:aws:s3:::${bucket}`, () => take(key));
  }
  return found.filter(
    (object) =>
      object.size > 0 &&
      (object.key === key || object.key.startsWith(folder)) &&
      !hidden(object.key.slice(folder.length)) &&
      !(target.Exclusions ?? []).some((glob) => matchesGlob(object.key.slice(folder.length), glob)),
  );
}

function hidden(path: string): boolean {
  return path.endsWith('_$folder$') || path.split('/').some((part) => part.startsWith('.') || part.startsWith('_'));
}

/** Reads one object and classifies it: the custom classifiers in their order, then Glue's own. */
export async function classify(
  cloud: Cloud,
  role: Principal,
  object: FoundObject,
  classifiers: readonly CsvClassifier[],
): Promise<CrawledFile> {
  const head = await ranged(role, object, `bytes=0-${SAMPLE_BYTES - 1}`);
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') {
    return { ...object, compression: 'none', schema: await parquetSchema(cloud, role, object) };
  }
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  const bytes = gzip ? await unzipHead(head) : head;
  const complete = object.size <= head.length && (!gzip || bytes.length < SAMPLE_BYTES);
  const sample: CsvSample = { text: bytes.toString('utf8').replace(/^\uFEFF/, ''), complete };
  refuse(object, bytes);
  let schema: CsvSchema | undefined;
  for (const classifier of classifiers) schema ??= customCsv(classifier, sample);
  schema ??= builtInCsv(sample);
  return {
    ...object,
    compression: gzip ? 'gzip' : 'none',
    schema: schema ?? { classification: 'UNKNOWN', columns: [], averageRecordSize: 0 },
  };
}

/** Formats that Glue knows and the local cloud does not: an error is better than a wrong table. */
function refuse(object: FoundObject, bytes: Buffer): void {
  const magic = bytes.subarray(0, 3).toString('latin1');
  const format =
    magic === 'ORC' ? 'ORC' : magic === 'Obj' ? 'Avro' : /^\s*[{[]/.test(bytes.toString('utf8', 0, 64)) ? 'JSON' : '';
  if (format) {
    throw new Error(
      `s3://${object.bucket}/${object.key} looks like ${format}; the local cloud crawls CSV and Parquet.`,
    );
  }
}

async function ranged(role: Principal, object: FoundObject, range: string): Promise<Buffer> {
  const { bucket: Bucket, key: Key } = object;
  return asRole(role, 's3:GetObject', `arn:aws:s3:::${Bucket}/${Key}`, async () => {
    const answer = await role.s3.send(new GetObjectCommand({ Bucket, Key, Range: range }));
    return Buffer.from(await answer.Body!.transformToByteArray());
  });
}

/** As much as the beginning of a gzip file holds; its end is missing. */
function unzipHead(head: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let length = 0;
    const unzip = createUnzip();
    const done = (): void => resolve(Buffer.concat(parts).subarray(0, SAMPLE_BYTES));
    unzip.on('data', (part: Buffer) => {
      if (length < SAMPLE_BYTES) parts.push(part);
      length += part.length;
    });
    unzip.on('end', done);
    unzip.on('error', done);
    unzip.end(head);
  });
}

/** The footer holds the schema. Its length stands in the last eight bytes, before the mark `PAR1`. */
async function parquetSchema(cloud: Cloud, role: Principal, object: FoundObject): Promise<ParquetSchema> {
  const tail = await ranged(role, object, 'bytes=-8');
  const footer = await ranged(role, object, `bytes=-${Math.min(object.size, tail.readUInt32LE(0) + 8)}`);
  const told = await parquetFooter(cloud, footer, object);
  return {
    classification: 'parquet',
    columns: told.columns,
    recordCount: told.rows,
    averageRecordSize: Math.max(1, Math.round(object.size / Math.max(1, told.rows))),
  };
}

function parquetFooter(
  cloud: Cloud,
  footer: Buffer,
  object: FoundObject,
): Promise<{ columns: Column[]; rows: number }> {
  return new Promise((resolve, reject) => {
    const script = join(cloud.engines, 'spark', 'parquet_footer.py');
    const child = execFile(cloud.python, [script], { maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      const what = `The Parquet footer of s3://${object.bucket}/${object.key} cannot be read`;
      if (error) reject(new Error(`${what}: ${stderr.trim().split('\n').pop() || error.message}`));
      else resolve(JSON.parse(stdout) as { columns: Column[]; rows: number });
    });
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(footer);
  });
}
