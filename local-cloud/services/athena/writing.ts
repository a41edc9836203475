/** Statements whose results are written to S3: SELECT, UNLOAD and CREATE TABLE AS. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Column, TableInput } from '@aws-sdk/client-glue';
import type { ExecutionOutcome, Target } from './engine';
import { QueryFailure } from './failure';
import type { Query } from './query';
import { execute, folderUrl, prepare, type PreparedQuery } from './reading';
import type { CreateTableAs, Unload } from './statement';
import { s3LocationOf, s3UrlOf } from './storage';
import { unescaped } from './tableEntry';

type Properties = CreateTableAs['properties'];

const PARQUET = {
  InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  serde: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
};
const TEXT = {
  InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
  serde: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
};

/** https://docs.aws.amazon.com/athena/latest/ug/unload.html */
export async function unload(query: Query, statement: Unload): Promise<void> {
  const properties = lowerKeys(statement.properties);
  requireKnown(properties, ['format', 'compression', 'field_delimiter', 'partitioned_by'], 'UNLOAD');
  if (properties.format === undefined) {
    throw new QueryFailure('INVALID_TABLE_PROPERTY', 'UNLOAD needs a format: WITH (format = …)');
  }
  const prepared = await prepare(query, statement.query);
  const location = folderUrl(statement.to);
  await requireEmpty(query, 'unload', location);
  const target = await targetOf(query, properties, properties.compression);
  const outcome = await execute(query, prepared, { target });
  query.written = await store(query, outcome, target, location);
  await putManifest(query, `${query.id}-manifest.csv`, outcome, target, location);
}

/** https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html */
export async function createTableAs(query: Query, statement: CreateTableAs): Promise<void> {
  const { settings } = query.input;
  const database = query.databaseOf(statement);
  const shown = `${database}.${statement.name}`;
  const properties = lowerKeys(statement.properties);
  const known = ['format', 'external_location', 'partitioned_by', 'field_delimiter', 'is_external', 'table_type'];
  requireKnown(
    properties,
    [...known, 'write_compression', 'parquet_compression', 'text_compression'],
    'CREATE TABLE AS',
  );
  if (text(properties, 'table_type')?.toUpperCase() === 'ICEBERG') throw lacks("table_type = 'ICEBERG'");
  if (properties.external_location !== undefined && settings.enforced) {
    throw new QueryFailure(
      undefined,
      "The Create Table As Select query failed because it was submitted with an 'external_location' property to an Athena " +
        'Workgroup that enforces a centralized output location for all queries. ' +
        "Please remove the 'external_location' property and resubmit the query.",
    );
  }
  await requireSchema(query, database);
  if (await query.catalog.table(database, statement.name)) {
    if (statement.ifNotExists) return;
    throw new QueryFailure(
      'TABLE_ALREADY_EXISTS',
      `line 1:1: Destination table 'awsdatacatalog.${shown}' already exists`,
    );
  }
  const prepared = await prepare(query, statement.query, true);
  if (prepared.plan.unnamed.length > 0) {
    throw new QueryFailure('MISSING_COLUMN_NAME', `Column name not specified at position ${prepared.plan.unnamed[0]}`);
  }
  const given = text(properties, 'external_location');
  const location = given === undefined ? s3UrlOf(query.resultPlace(`tables/${query.id}/`)) : folderUrl(given);
  await requireEmpty(query, shown, location);
  const compression = text(properties, 'write_compression') ?? text(properties, 'parquet_compression');
  const target = await targetOf(query, properties, compression ?? text(properties, 'text_compression'));
  let partitions: string[][] = [];
  if (statement.withData) {
    const outcome = await execute(query, prepared, { target });
    query.written = await store(query, outcome, target, location);
    await putManifest(query, `tables/${query.id}-manifest.csv`, outcome, target, location);
    partitions = partitionsOf(outcome);
  }
  await register(query, database, statement.name, prepared, target, location, partitions);
}

async function register(
  query: Query,
  database: string,
  name: string,
  { plan }: PreparedQuery,
  target: Target,
  location: string,
  partitions: string[][],
): Promise<void> {
  const columns: Column[] = (plan.hive ?? []).map((column) => ({ Name: column.name, Type: column.type }));
  const isKey = ({ Name = '' }: Column): boolean => target.partitionedBy.includes(Name);
  const { serde, ...formats } = target.format === 'PARQUET' ? PARQUET : TEXT;
  const parameters: Record<string, string> =
    target.format === 'PARQUET' ? { 'serialization.format': '1' } : { 'field.delim': target.delimiter ?? '\u0001' };
  const descriptor = {
    Columns: columns.filter((column) => !isKey(column)),
    Location: location,
    ...formats,
    SerdeInfo: { SerializationLibrary: serde, Parameters: parameters },
  };
  const input: TableInput = {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: {
      EXTERNAL: 'TRUE',
      has_encrypted_data: 'false',
      classification: target.format === 'PARQUET' ? 'parquet' : 'csv',
    },
    PartitionKeys: columns.filter(isKey),
    StorageDescriptor: descriptor,
  };
  await query.catalog.createTable(database, input);
  const inputs = partitions.map((values) => ({
    Values: values,
    StorageDescriptor: { ...descriptor, Location: `${location}${partitionPath(target, values)}` },
  }));
  if (inputs.length > 0) await query.catalog.createPartitions(database, name, inputs);
}

/** @returns how many rows the files hold */
async function store(query: Query, outcome: ExecutionOutcome, target: Target, location: string): Promise<number> {
  query.goOn();
  await query.storage.putFiles(
    outcome.written.map(({ path, partition }) => ({
      path,
      at: s3LocationOf(fileUrl(path, partition, target, location)),
    })),
  );
  return outcome.rows;
}

async function putManifest(
  query: Query,
  name: string,
  outcome: ExecutionOutcome,
  target: Target,
  location: string,
): Promise<void> {
  const at = query.resultPlace(name);
  const lines = outcome.written.map(({ path, partition }) => `${fileUrl(path, partition, target, location)}\n`);
  await query.storage.put(at, lines.join(''), query.input.settings.encryption);
  query.statistics.DataManifestLocation = s3UrlOf(at);
}

function fileUrl(path: string, partition: readonly string[], target: Target, location: string): string {
  return `${location}${partitionPath(target, partition)}${basename(path)}`;
}

function partitionPath(target: Target, values: readonly string[]): string {
  return values.map((value, index) => `${target.partitionedBy[index]}=${value}/`).join('');
}

function partitionsOf(outcome: ExecutionOutcome): string[][] {
  const found = new Map(outcome.written.map(({ partition }) => [JSON.stringify(partition), [...partition]]));
  return [...found.values()].filter((values) => values.length > 0).map((values) => values.map(unescaped));
}

async function targetOf(
  query: Query,
  properties: Properties,
  compression?: string | readonly string[],
): Promise<Target> {
  const format = (text(properties, 'format') ?? 'PARQUET').toUpperCase();
  if (!['PARQUET', 'TEXTFILE'].includes(format)) throw lacks(`writing the format ${format}`);
  const keys = properties.partitioned_by ?? [];
  const delimiter = text(properties, 'field_delimiter');
  if (delimiter !== undefined && format !== 'TEXTFILE') {
    throw new QueryFailure(
      'INVALID_TABLE_PROPERTY',
      `field_delimiter is supported for TEXTFILE only, not for ${format}`,
    );
  }
  if (delimiter !== undefined && [...delimiter].length !== 1) throw lacks('field delimiters of several characters');
  return {
    folder: await query.ownFolder('written'),
    format,
    ...(compression !== undefined && { compression: String(compression) }),
    ...(delimiter !== undefined && { delimiter }),
    partitionedBy: (typeof keys === 'string' ? [keys] : [...keys]).map((key) => key.toLowerCase()),
  };
}

async function requireEmpty(query: Query, table: string, location: string): Promise<void> {
  if (await query.storage.isEmpty(location)) return;
  throw new QueryFailure(
    'HIVE_PATH_ALREADY_EXISTS',
    `Target directory for table '${table}' already exists: ${location}. You may need to manually clean the data at location ` +
      `'${location}' before retrying. Athena will not delete data in your account.`,
  );
}

async function requireSchema(query: Query, database: string): Promise<void> {
  if (!(await query.catalog.database(database))) {
    throw new QueryFailure('SCHEMA_NOT_FOUND', `line 1:1: Schema '${database}' does not exist`);
  }
}

function requireKnown(properties: Properties, known: readonly string[], what: string): void {
  for (const name of Object.keys(properties)) {
    if (['bucketed_by', 'bucket_count', 'compression_level', 'partitioning', 'location'].includes(name)) {
      throw lacks(`the property ${name} of ${what}`);
    }
    if (!known.includes(name)) {
      throw new QueryFailure(
        'INVALID_TABLE_PROPERTY',
        `line 1:1: Catalog 'awsdatacatalog' table property '${name}' does not exist`,
      );
    }
  }
}

function lowerKeys(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name.toLowerCase(), value]));
}

function text(properties: Properties, name: string): string | undefined {
  const value = properties[name];
  return value === undefined ? undefined : String(value);
}

function lacks(what: string): QueryFailure {
  return new QueryFailure(
    'NOT_SUPPORTED_LOCALLY',
    `The local cloud's Athena does not support ${what}; the real Athena may.`,
  );
}

/** A SELECT: its rows go into a result file. */
export async function select(query: Query, sql: string): Promise<void> {
  const prepared = await prepare(query, sql);
  query.columns = prepared.plan.columns;
  const csv = join(await query.ownFolder('result'), 'result.csv');
  await execute(query, prepared, { csv });
  query.goOn();
  const { encryption } = query.input.settings;
  await query.storage.put(query.resultPlace(`${query.id}.csv`), await readFile(csv), encryption);
  const metadata = JSON.stringify({ columns: prepared.plan.columns });
  await query.storage.put(query.resultPlace(`${query.id}.csv.metadata`), metadata, encryption);
}
