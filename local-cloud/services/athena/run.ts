/** Runs a statement by its kind. */
import * as ddl from './ddl';
import { QueryFailure } from './failure';
import * as partitions from './partitions';
import type { Query } from './query';
import type { Statement } from './statement';
import { createTableAs, select, unload } from './writing';

/** How a statement's result file is called: `<id>.csv`, `<id>.txt`; data of its own has none. */
export function resultName(id: string, statement: Statement): string {
  if (statement.kind === 'query') return `${id}.csv`;
  if (statement.kind === 'ctas') return `tables/${id}`;
  if (statement.kind === 'unload') return id;
  return `${id}.txt`;
}

/** The one column of what SHOW and DESCRIBE answer. */
const TITLES: Readonly<Partial<Record<Statement['kind'], string>>> = {
  show_databases: 'database_name',
  show_tables: 'tab_name',
  show_partitions: 'partition',
  show_columns: 'field',
  describe: 'col_name',
};

/** @throws QueryFailure when the query fails; QueryCancelled when it is ended */
export async function run(query: Query): Promise<void> {
  const { statement, settings } = query.input;
  if (statement.kind === 'query') return select(query, statement.sql);
  if (statement.kind === 'unload') return unload(query, statement);
  if (statement.kind === 'ctas') return createTableAs(query, statement);
  const lines = await about(query, statement);
  query.statistics.DataScannedInBytes = 0;
  const title = TITLES[statement.kind];
  if (title !== undefined) {
    const shape = { CatalogName: 'hive', SchemaName: '', TableName: '', Type: 'string', Precision: 0, Scale: 0 };
    query.columns = [{ ...shape, Name: title, Label: title, Nullable: 'UNKNOWN', CaseSensitive: false }];
  }
  const text = lines.map((line) => `${line}\n`).join('');
  await query.storage.put(query.resultPlace(resultName(query.id, statement)), text, settings.encryption);
}

async function about(query: Query, statement: Statement): Promise<string[]> {
  switch (statement.kind) {
    case 'create_table':
      return ddl.createTable(query, statement);
    case 'drop_table':
      return ddl.dropTable(query, statement);
    case 'create_view':
      return ddl.createView(query, statement);
    case 'drop_view':
      return ddl.dropView(query, statement);
    case 'create_database':
      return ddl.createDatabase(query, statement);
    case 'drop_database':
      return ddl.dropDatabase(query, statement);
    case 'show_databases':
      return ddl.showDatabases(query, statement);
    case 'show_tables':
      return ddl.showTables(query, statement);
    case 'show_columns':
      return ddl.showColumns(query, statement);
    case 'describe':
      return ddl.describe(query, statement);
    case 'show_partitions':
      return partitions.showPartitions(query, statement);
    case 'add_partitions':
      return partitions.addPartitions(query, statement);
    case 'drop_partitions':
      return partitions.dropPartitions(query, statement);
    case 'repair':
      return partitions.repairTable(query, statement);
    case 'lacking':
      throw new QueryFailure(
        'NOT_SUPPORTED_LOCALLY',
        `The local cloud's Athena does not support ${statement.what}; the real Athena may.`,
      );
    default:
      throw new QueryFailure('GENERIC_INTERNAL_ERROR', `No way to run ${statement.kind}`);
  }
}
