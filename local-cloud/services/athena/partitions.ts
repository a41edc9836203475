/** Statements about partitions: SHOW PARTITIONS, ALTER TABLE ADD and DROP PARTITION, MSCK REPAIR TABLE. */
import type { PartitionInput, Table } from '@aws-sdk/client-glue';
import { requireTable, taskFailed } from './ddl';
import { QueryFailure } from './failure';
import type { Query } from './query';
import { folderUrl } from './reading';
import type { AboutTable, AddPartitions, DropPartitions } from './statement';
import { partitionName, unescaped } from './tableEntry';

export async function showPartitions(query: Query, statement: AboutTable): Promise<string[]> {
  const table = await requirePartitioned(query, statement);
  const partitions = await query.catalog.partitions(table.DatabaseName!, table.Name!);
  return partitions.map(({ Values = [] }) => partitionName(table, Values)).sort();
}

export async function addPartitions(query: Query, statement: AddPartitions): Promise<string[]> {
  const table = await requirePartitioned(query, statement);
  const inputs = statement.partitions.map(({ values, location }) => {
    const complete = valuesOf(table, values);
    if (complete.includes(undefined) || Object.keys(values).length !== complete.length) throw wrongSpec(table, values);
    return partitionInput(table, complete as string[], location);
  });
  const existing = await query.catalog.createPartitions(table.DatabaseName!, table.Name!, inputs);
  if (existing.length > 0 && !statement.ifNotExists) {
    throw taskFailed(`AlreadyExistsException(message:Partition already exists: ${partitionName(table, existing[0]!)})`);
  }
  return [];
}

export async function dropPartitions(query: Query, statement: DropPartitions): Promise<string[]> {
  const table = await requirePartitioned(query, statement);
  const all = await query.catalog.partitions(table.DatabaseName!, table.Name!);
  for (const spec of statement.partitions) {
    const wanted = valuesOf(table, spec);
    const matching = all.filter(({ Values = [] }) =>
      wanted.every((value, index) => value === undefined || value === Values[index]),
    );
    if (matching.length === 0 && !statement.ifExists) {
      const shown = Object.entries(spec)
        .map(([key, value]) => `${key}=${value}`)
        .join('/');
      throw new QueryFailure(undefined, `FAILED: SemanticException [Error 10006]: Partition not found ${shown}`);
    }
    for (const { Values = [] } of matching)
      await query.catalog.deletePartition(table.DatabaseName!, table.Name!, Values);
  }
  return [];
}

/** Finds folders `key=value/` below the table's location that the catalog does not know, and adds them. */
export async function repairTable(query: Query, statement: AboutTable): Promise<string[]> {
  const table = await requirePartitioned(query, statement);
  const root = folderUrl(table.StorageDescriptor?.Location ?? '');
  const known = await query.catalog.partitions(table.DatabaseName!, table.Name!);
  const names = new Set(known.map(({ Values = [] }) => partitionName(table, Values)));
  const found = await discover(query, root, keysOf(table));
  const fresh = found.filter(({ values }) => !names.has(partitionName(table, values)));
  await query.catalog.createPartitions(
    table.DatabaseName!,
    table.Name!,
    fresh.map(({ values, location }) => partitionInput(table, values, location)),
  );
  if (fresh.length === 0) return [];
  const shown = fresh.map(({ values }) => `${table.Name}:${partitionName(table, values)}`);
  return [
    `Partitions not in metastore:\t${shown.join('\t')}`,
    ...shown.map((name) => `Repair: Added partition to metastore ${name}`),
  ];
}

interface Discovered {
  readonly values: string[];
  readonly location: string;
}

async function discover(query: Query, root: string, keys: readonly string[]): Promise<Discovered[]> {
  const [key, ...rest] = keys;
  if (key === undefined) return [{ values: [], location: root }];
  const found: Discovered[] = [];
  for (const name of await query.storage.folders(root)) {
    const split = name.indexOf('=');
    if (split < 0 || name.slice(0, split).toLowerCase() !== key) continue;
    const value = unescaped(name.slice(split + 1));
    for (const inner of await discover(query, `${root}${name}/`, rest)) {
      found.push({ values: [value, ...inner.values], location: inner.location });
    }
  }
  return found;
}

async function requirePartitioned(
  query: Query,
  named: { readonly database?: string | null; readonly name: string },
): Promise<Table> {
  const table = await requireTable(query, named);
  if (keysOf(table).length === 0)
    throw taskFailed(`Table ${query.databaseOf(named)}.${named.name} is not a partitioned table`);
  return { ...table, DatabaseName: query.databaseOf(named) };
}

function keysOf(table: Table): string[] {
  return (table.PartitionKeys ?? []).map(({ Name = '' }) => Name.toLowerCase());
}

function valuesOf(table: Table, spec: Readonly<Record<string, string>>): (string | undefined)[] {
  const keys = keysOf(table);
  for (const key of Object.keys(spec)) if (!keys.includes(key)) throw wrongSpec(table, spec);
  return keys.map((key) => spec[key]);
}

function wrongSpec(table: Table, spec: Readonly<Record<string, string>>): QueryFailure {
  return new QueryFailure(
    undefined,
    `FAILED: ValidationException [Error 10098]: Partition spec {${Object.keys(spec).join(', ')}} does not name ` +
      `the partition keys of ${table.Name}: ${keysOf(table).join(', ')}`,
  );
}

function partitionInput(table: Table, values: string[], location?: string | null): PartitionInput {
  const { Location = '', ...rest } = table.StorageDescriptor ?? {};
  const own = location ? folderUrl(location) : `${folderUrl(Location)}${partitionName(table, values)}/`;
  return { Values: values, StorageDescriptor: { ...rest, Location: own } };
}
