/** Statements about the catalog. Each returns the lines of its result file. https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html */
import type { Column, Table, TableInput } from '@aws-sdk/client-glue';
import { QueryFailure } from './failure';
import type { Query } from './query';
import { folderUrl, prepare } from './reading';
import type { AboutTable, CreateDatabase, CreateTable, CreateView, Drop, StatementOf } from './statement';
import { isView, viewText } from './tableEntry';

/** Hive pads names, types and comments to this width. */
const WIDTH = 20;

export async function createTable(query: Query, statement: CreateTable): Promise<string[]> {
  const database = query.databaseOf(statement);
  await query.requireDatabase(database);
  const columns = (list: CreateTable['columns']): Column[] =>
    list.map(({ name, type, comment }) => ({ Name: name, Type: type, ...(comment && { Comment: comment }) }));
  const input: TableInput = {
    Name: statement.name,
    TableType: 'EXTERNAL_TABLE',
    ...(statement.comment && { Description: statement.comment }),
    Parameters: { EXTERNAL: 'TRUE', ...statement.tableProperties },
    PartitionKeys: columns(statement.partitionKeys),
    StorageDescriptor: {
      Columns: columns(statement.columns),
      Location: folderUrl(statement.location),
      InputFormat: statement.inputFormat,
      OutputFormat: statement.outputFormat,
      SerdeInfo: {
        SerializationLibrary: statement.serde,
        Parameters: { 'serialization.format': '1', ...statement.serdeProperties },
      },
      NumberOfBuckets: -1,
      Compressed: false,
      StoredAsSubDirectories: false,
    },
  };
  try {
    await query.catalog.createTable(database, input);
  } catch (error) {
    if (!alreadyExists(error)) throw error;
    if (!statement.ifNotExists)
      throw taskFailed(`AlreadyExistsException(message:Table ${statement.name} already exists.)`);
  }
  return [];
}

export async function dropTable(query: Query, statement: Drop): Promise<string[]> {
  const database = query.databaseOf(statement);
  const table = await query.catalog.table(database, statement.name);
  if (!table) {
    if (statement.ifExists) return [];
    await query.requireDatabase(database);
    throw tableNotFound(database, statement.name);
  }
  if (isView(table)) throw taskFailed(`Cannot drop a view with DROP TABLE: ${database}.${statement.name}`);
  await query.catalog.deleteTable(database, statement.name);
  return [];
}

export async function createView(query: Query, statement: CreateView): Promise<string[]> {
  const database = query.databaseOf(statement);
  const shown = `awsdatacatalog.${database}.${statement.name}`;
  if (!(await query.catalog.database(database))) {
    throw new QueryFailure('SCHEMA_NOT_FOUND', `line 1:1: Schema '${database}' does not exist`);
  }
  const { plan } = await prepare(query, statement.query, true);
  if (plan.unnamed.length > 0) {
    throw new QueryFailure('MISSING_COLUMN_NAME', `Column name not specified at position ${plan.unnamed[0]}`);
  }
  const columns = plan.columns.map(({ Name = '' }, index) => ({ name: Name, type: plan.types[index]! }));
  const input: TableInput = {
    Name: statement.name,
    TableType: 'VIRTUAL_VIEW',
    Parameters: { presto_view: 'true', comment: 'Presto View' },
    PartitionKeys: [],
    StorageDescriptor: {
      Columns: (plan.hive ?? []).map((column) => ({ Name: column.name, Type: column.type })),
      Location: '',
      SerdeInfo: {},
    },
    ViewOriginalText: viewText({ originalSql: statement.original, schema: query.input.database, columns }),
    ViewExpandedText: '/* Presto View */',
  };
  const existing = await query.catalog.table(database, statement.name);
  if (!existing) await query.catalog.createTable(database, input);
  else if (!isView(existing))
    throw new QueryFailure('TABLE_ALREADY_EXISTS', `line 1:1: Table already exists: '${shown}'`);
  else if (statement.replace) await query.catalog.updateTable(database, input);
  else throw new QueryFailure('VIEW_ALREADY_EXISTS', `line 1:1: View already exists: '${shown}'`);
  return [];
}

export async function dropView(query: Query, statement: Drop): Promise<string[]> {
  const database = query.databaseOf(statement);
  const table = await query.catalog.table(database, statement.name);
  if (!table || !isView(table)) {
    if (!table && statement.ifExists) return [];
    const message = `line 1:1: View 'awsdatacatalog.${database}.${statement.name}' does not exist`;
    throw new QueryFailure('TABLE_NOT_FOUND', message);
  }
  await query.catalog.deleteTable(database, statement.name);
  return [];
}

export async function createDatabase(query: Query, statement: CreateDatabase): Promise<string[]> {
  try {
    await query.catalog.createDatabase(statement.name, statement.comment ?? undefined, statement.location ?? undefined);
  } catch (error) {
    if (!alreadyExists(error)) throw error;
    if (!statement.ifNotExists) throw taskFailed(`Database ${statement.name} already exists`);
  }
  return [];
}

export async function dropDatabase(query: Query, statement: StatementOf<'drop_database'>): Promise<string[]> {
  if (!(await query.catalog.database(statement.name))) {
    if (statement.ifExists) return [];
    await query.requireDatabase(statement.name);
  }
  if (!statement.cascade && (await query.catalog.tables(statement.name)).length > 0) {
    throw taskFailed(
      `InvalidOperationException(message:Database ${statement.name} is not empty. One or more tables exist.)`,
    );
  }
  await query.catalog.deleteDatabase(statement.name);
  return [];
}

export async function showDatabases(query: Query, statement: StatementOf<'show_databases'>): Promise<string[]> {
  return (await query.catalog.databases()).filter(matches(statement.pattern)).sort();
}

export async function showTables(query: Query, statement: StatementOf<'show_tables'>): Promise<string[]> {
  const database = statement.database ?? query.input.database;
  await query.requireDatabase(database);
  const tables = await query.catalog.tables(database);
  return tables
    .map(({ Name = '' }) => Name)
    .filter(matches(statement.pattern))
    .sort();
}

export async function showColumns(query: Query, statement: AboutTable): Promise<string[]> {
  const table = await requireTable(query, statement);
  return allColumns(table).map(({ Name = '' }) => Name.padEnd(WIDTH));
}

export async function describe(query: Query, statement: AboutTable): Promise<string[]> {
  const table = await requireTable(query, statement);
  const line = ({ Name = '', Type = '', Comment = '' }: Column): string =>
    [Name, Type, Comment].map((part) => part.padEnd(WIDTH)).join('\t');
  const lines = allColumns(table).map(line);
  if (table.PartitionKeys?.length) {
    const header = line({ Name: '# col_name', Type: 'data_type', Comment: 'comment' });
    lines.push('\t \t ', '# Partition Information\t \t ', header, '\t \t ', ...table.PartitionKeys.map(line));
  }
  return lines;
}

/** @throws QueryFailure as Hive says that a table is not there */
export async function requireTable(
  query: Query,
  named: { readonly database?: string | null; readonly name: string },
): Promise<Table> {
  const database = query.databaseOf(named);
  const table = await query.catalog.table(database, named.name);
  if (table) return table;
  await query.requireDatabase(database);
  throw tableNotFound(database, named.name);
}

/** Hive's way to say that a statement did not work. */
export function taskFailed(message: string): QueryFailure {
  const task = 'FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask.';
  return new QueryFailure(undefined, `${task} ${message}`);
}

function tableNotFound(database: string, name: string): QueryFailure {
  return new QueryFailure(undefined, `FAILED: SemanticException [Error 10001]: Table not found ${database}.${name}`);
}

function allColumns(table: Table): Column[] {
  return [...(table.StorageDescriptor?.Columns ?? []), ...(table.PartitionKeys ?? [])];
}

function alreadyExists(error: unknown): boolean {
  return (error as Error).name === 'AlreadyExistsException';
}

/** Hive's patterns: `*` for anything, `|` between choices; Athena also takes regular expressions, of which `.` is one sign. */
function matches(pattern: string | null | undefined): (name: string) => boolean {
  if (!pattern) return () => true;
  const escaped = pattern.replace(/[\\^$+?()[\]{}]/g, '\\$&').replace(/\.?\*/g, '.*');
  const expression = new RegExp(`^(?:${escaped})$`, 'i');
  return (name) => expression.test(name);
}
