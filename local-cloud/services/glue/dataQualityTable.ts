/** Finds and fetches the objects of a catalog table, signed as the run's role. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import {
  type Column,
  type DataSource,
  GetPartitionsCommand,
  GetTableCommand,
  type Partition,
  type StorageDescriptor,
  type Table,
} from '@aws-sdk/client-glue';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Principal } from '../service';
import { parsePredicate, type Predicate } from './dataQualityPredicate';
import { tableOf } from './dataQualityStore';
import { asRole } from './role';

/** The run cannot be evaluated; the message becomes the run's ErrorString. */
export class RunFailure extends Error {}

type Format = 'text' | 'opencsv' | 'parquet';

/** A table as the engine reads it: local files, and how to type them. */
export interface LocalTable {
  /** `database.table`, for messages. */
  readonly name: string;
  readonly columns: readonly { name: string; type: string }[];
  readonly partitionKeys: readonly { name: string; type: string }[];
  readonly format: Format;
  /** What the table and its SerDe are told, such as `skip.header.line.count`. */
  readonly properties: Readonly<Record<string, string>>;
  readonly groups: readonly { location: string; values: readonly string[]; files: readonly string[] }[];
}

/** Objects fetched at a time. */
const CONCURRENCY = 8;

const FORMATS: readonly (readonly [RegExp, Format])[] = [
  [/LazySimpleSerDe$/, 'text'],
  [/OpenCSVSerde$/i, 'opencsv'],
  [/ParquetHiveSerDe$/, 'parquet'],
];

/**
 * @param folder an own folder for the files, not yet there
 * @throws RunFailure when the table cannot be read; Error naming the action when the role may not
 */
export async function fetchTable(
  role: Principal,
  source: DataSource,
  folder: string,
  signal: AbortSignal,
): Promise<LocalTable> {
  const wanted = tableOf(source);
  if (!wanted?.DatabaseName || !wanted.TableName) throw new RunFailure('The data source names no Glue table.');
  const { DatabaseName, TableName, CatalogId } = wanted;
  const resource = `table/${DatabaseName}/${TableName}`;
  const { Table: table } = await asRole(role, 'glue:GetTable', resource, () =>
    role.glue.send(new GetTableCommand({ DatabaseName, Name: TableName, ...(CatalogId && { CatalogId }) }), {
      abortSignal: signal,
    }),
  );
  if (!table?.StorageDescriptor?.Location)
    throw new RunFailure(`The table ${DatabaseName}.${TableName} has no location in Amazon S3.`);
  const partitions = await choosePartitions(role, table, wanted.AdditionalOptions ?? {}, signal);
  const groups = [];
  for (const [index, { storage, values }] of partitions.entries()) {
    const location = storage.Location as string;
    const files = await fetchPrefix(role, location, path.join(folder, String(index)), signal);
    groups.push({ location, values, files });
  }
  return { ...layout(table), groups };
}

function layout(table: Table): Omit<LocalTable, 'groups'> {
  const storage = table.StorageDescriptor as StorageDescriptor;
  const library = storage.SerdeInfo?.SerializationLibrary ?? '';
  const format = FORMATS.find(([pattern]) => pattern.test(library))?.[1];
  if (!format) {
    throw new RunFailure(
      `The local cloud's Data Quality lacks tables of the SerDe ${library || '(none)'} (${table.Name}); it reads CSV and Parquet.`,
    );
  }
  return {
    name: `${table.DatabaseName}.${table.Name}`,
    columns: (storage.Columns ?? []).map(named),
    partitionKeys: (table.PartitionKeys ?? []).map(named),
    format,
    // Table properties win over the SerDe's, as in Hive.
    properties: { ...storage.SerdeInfo?.Parameters, ...storage.Parameters, ...table.Parameters },
  };
}

function named({ Name, Type }: Column): { name: string; type: string } {
  return { name: Name ?? '', type: Type ?? 'string' };
}

interface Chosen {
  readonly storage: StorageDescriptor;
  readonly values: readonly string[];
}

async function choosePartitions(
  role: Principal,
  table: Table,
  options: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly Chosen[]> {
  const keys = new Map((table.PartitionKeys ?? []).map(({ Name, Type }) => [Name ?? '', Type ?? 'string']));
  const tests = [
    predicate("User's pushdown predicate", options.pushDownPredicate, keys),
    predicate('The catalog partition predicate', options.catalogPartitionPredicate, keys),
  ];
  if (keys.size === 0) return [{ storage: table.StorageDescriptor as StorageDescriptor, values: [] }];
  const partitions = await listPartitions(role, table, options.catalogPartitionPredicate, signal);
  const names = [...keys.keys()];
  return partitions
    .map(({ Values, StorageDescriptor: storage }) => ({ values: Values ?? [], storage: storage ?? {} }))
    .filter(({ values }) => {
      const partition = Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
      return tests.every((test) => test(partition));
    });
}

function predicate(what: string, source: string | undefined, keys: ReadonlyMap<string, string>): Predicate {
  if (!source?.trim()) return () => true;
  try {
    return parsePredicate(source, keys);
  } catch (error) {
    throw new RunFailure(`${what}: ${(error as Error).message}`);
  }
}

async function listPartitions(
  role: Principal,
  table: Table,
  expression: string | undefined,
  signal: AbortSignal,
): Promise<readonly Partition[]> {
  const { DatabaseName, Name: TableName } = table;
  const partitions: Partition[] = [];
  let NextToken: string | undefined;
  do {
    const command = new GetPartitionsCommand({
      DatabaseName,
      TableName,
      ...(expression && { Expression: expression }),
      ...(NextToken && { NextToken }),
    });
    const answer = await asRole(role, 'glue:GetPartitions', `table/${DatabaseName}/${TableName}`, () =>
      role.glue.send(command, { abortSignal: signal }),
    );
    partitions.push(...(answer.Partitions ?? []));
    NextToken = answer.NextToken;
  } while (NextToken);
  return partitions;
}

/** @throws RunFailure when it is no S3 address */
export function parseLocation(location: string): { Bucket: string; Prefix: string } {
  const [, Bucket, key = ''] = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(location) ?? [];
  if (!Bucket) throw new RunFailure(`${location} is no location in Amazon S3.`);
  return { Bucket, Prefix: key === '' || key.endsWith('/') ? key : `${key}/` };
}

/** Hidden names, as Hive and Spark have them, are no data: `_SUCCESS`, `_temporary/…`, `.part.crc`. */
function isData(key: string, prefix: string): boolean {
  const parts = key.slice(prefix.length).split('/');
  return parts.at(-1) !== '' && parts.every((part) => !part.startsWith('_') && !part.startsWith('.'));
}

async function fetchPrefix(
  role: Principal,
  location: string,
  folder: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { Bucket, Prefix } = parseLocation(location);
  const keys: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const command = new ListObjectsV2Command({ Bucket, Prefix, ...(ContinuationToken && { ContinuationToken }) });
    const answer = await asRole(role, 's3:ListBucket', `arn:aws:s3:::${Bucket}`, () =>
      role.s3.send(command, { abortSignal: signal }),
    );
    for (const { Key } of answer.Contents ?? []) if (Key && isData(Key, Prefix)) keys.push(Key);
    ContinuationToken = answer.NextContinuationToken;
  } while (ContinuationToken);
  await mkdir(folder, { recursive: true });
  const files = keys.map((_, index) => path.join(folder, String(index)));
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < keys.length; i = next++) {
      await fetchObject(role, Bucket, keys[i] as string, files[i] as string, signal);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, keys.length) }, worker));
  return files;
}

async function fetchObject(
  role: Principal,
  Bucket: string,
  Key: string,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { Body } = await asRole(role, 's3:GetObject', `arn:aws:s3:::${Bucket}/${Key}`, () =>
    role.s3.send(new GetObjectCommand({ Bucket, Key }), { abortSignal: signal }),
  );
  const body = Body as Readable;
  if (Key.endsWith('.gz')) await pipeline(body, createGunzip(), createWriteStream(file), { signal });
  else await pipeline(body, createWriteStream(file), { signal });
}
