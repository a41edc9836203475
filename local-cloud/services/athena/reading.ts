/** From the text of a query to local files: tables and partitions looked up, objects listed and fetched, as the caller. */
import { join } from 'node:path';
import type { Partition, Table } from '@aws-sdk/client-glue';
import type { LocalFile, ExecutionOutcome, Plan, QueryRequest, TableEntry, Target } from './engine';
import { QueryCancelled, QueryFailure } from './failure';
import { isProjected, projectedPartitions } from './projection';
import type { Query } from './query';
import { s3LocationOf, type S3Object, s3UrlOf } from './storage';
import { isView, requireSameSchema, tableEntry, viewEntry } from './tableEntry';

type ReadyPlan = Extract<Plan, { readonly columns: unknown }> & {
  readonly hive?: readonly { name: string; type: string }[];
};

interface Found {
  readonly table: Table;
  readonly partitions: readonly Partition[];
}

/** A query that Athena accepts, with the tables it names. */
export interface PreparedQuery {
  readonly question: QueryRequest;
  readonly plan: ReadyPlan;
  readonly tables: ReadonlyMap<string, Found>;
}

/** Views are found one after the other; a plan that still misses tables after so many rounds never ends. */
const ROUNDS = 20;

/**
 * Looks up what the query names, views' tables included.
 *
 * @param hive whether the columns' types in the catalog's words are needed too
 * @throws QueryFailure for what Athena refuses before it reads data
 */
export async function prepare(query: Query, sql: string, hive = false): Promise<PreparedQuery> {
  const begun = Date.now();
  const entries: Record<string, TableEntry> = {};
  const tables = new Map<string, Found>();
  for (let round = 0; round < ROUNDS; round++) {
    query.goOn();
    const { database, parameters } = query.input;
    const question = { sql, database, parameters, tables: entries };
    const plan = await query.input.engine.plan(question, hive);
    if (plan.missing === undefined) {
      query.statistics.QueryPlanningTimeInMillis = Date.now() - begun;
      return { question, plan, tables };
    }
    await Promise.all(
      plan.missing.map(async ([schema, name]) => {
        entries[`${schema}.${name}`] = await lookUp(query, schema, name, tables);
      }),
    );
  }
  throw new QueryFailure('INVALID_VIEW', 'The views of this query refer to each other without an end.');
}

async function lookUp(query: Query, schema: string, name: string, tables: Map<string, Found>): Promise<TableEntry> {
  const table = await query.catalog.table(schema, name);
  if (!table) return { kind: 'absent', missing: (await query.catalog.database(schema)) ? 'table' : 'database' };
  if (isView(table)) return viewEntry(`${schema}.${name}`, table);
  const partitions = isProjected(table)
    ? projectedPartitions(table)
    : table.PartitionKeys?.length
      ? await query.catalog.partitions(schema, name)
      : [];
  tables.set(`${schema}.${name}`, { table, partitions });
  return tableEntry(table, partitions);
}

/**
 * Reads what the plan needs, and runs it.
 *
 * @param output where the engine writes: a result file, or the files of UNLOAD or CREATE TABLE AS
 * @throws QueryCancelled when the workgroup's limit of scanned bytes is passed
 */
export async function execute(
  query: Query,
  prepared: PreparedQuery,
  output: { readonly csv?: string; readonly target?: Target },
): Promise<ExecutionOutcome> {
  const listed = await Promise.all(prepared.plan.scans.map((scan) => list(query, prepared, scan)));
  requireWithinLimit(query, prepared, listed);
  const files = await fetch(query, listed);
  query.goOn();
  const outcome = await query.input.engine.run({
    ...prepared.question,
    ...output,
    query: query.id,
    files,
    ...(query.input.settings.bytesCutoff !== undefined && { cutoff: query.input.settings.bytesCutoff }),
  });
  query.statistics.DataScannedInBytes = outcome.scanned;
  return outcome;
}

interface Listed {
  readonly object: S3Object;
  readonly partition: number;
}

async function list(query: Query, prepared: PreparedQuery, scan: ReadyPlan['scans'][number]): Promise<Listed[]> {
  const { table, partitions } = prepared.tables.get(scan.table)!;
  const locations =
    scan.partitions === null
      ? [{ location: table.StorageDescriptor?.Location, partition: -1 }]
      : scan.partitions.map((index) => {
          requireSameSchema(table, partitions[index]!);
          return { location: partitions[index]!.StorageDescriptor?.Location, partition: index };
        });
  const found = await Promise.all(
    locations.map(async ({ location, partition }) => {
      if (!location) throw new QueryFailure('HIVE_INVALID_METADATA', `${scan.table} has no location`);
      return (await query.storage.data(location)).map((object) => ({ object, partition }));
    }),
  );
  return found.flat();
}

/** Text is scanned whole, so its size says beforehand whether the limit holds; the engine judges Parquet. */
function requireWithinLimit(
  query: Query,
  { plan, question }: PreparedQuery,
  listed: readonly (readonly Listed[])[],
): void {
  const limit = query.input.settings.bytesCutoff;
  if (limit === undefined) return;
  let bytes = 0;
  for (const [index, scan] of plan.scans.entries()) {
    const entry = question.tables[scan.table];
    if (entry?.kind === 'table' && entry.format !== 'parquet') {
      bytes += listed[index]!.reduce((sum, { object }) => sum + object.size, 0);
    }
  }
  if (bytes > limit) {
    query.statistics.DataScannedInBytes = limit;
    throw new QueryCancelled('Bytes scanned limit was exceeded');
  }
}

/** Fetches each object once, however often the query reads it. */
async function fetch(query: Query, listed: readonly (readonly Listed[])[]): Promise<LocalFile[][]> {
  const folder = await query.ownFolder('data');
  const objects = new Map<string, S3Object>();
  for (const { object } of listed.flat()) objects.set(s3UrlOf(object), object);
  const keys = [...objects.keys()];
  const local = (index: number): string => join(folder, `${index}`);
  await query.storage.fetch([...objects.values()], local);
  const paths = new Map(keys.map((key, index) => [key, local(index)]));
  return listed.map((scan) =>
    scan.map(({ object, partition }) => ({
      path: paths.get(s3UrlOf(object))!,
      url: s3UrlOf(object),
      size: object.size,
      partition,
    })),
  );
}

/** The folder's address with a slash at its end. @throws QueryFailure when it is no S3 address */
export function folderUrl(location: string): string {
  s3LocationOf(location);
  return location.endsWith('/') ? location : `${location}/`;
}
