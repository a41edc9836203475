/** Glue tables as the engine wants to know them. */
import type { Column, Partition, Table } from '@aws-sdk/client-glue';
import type { TableEntry } from './engine';
import { QueryFailure } from './failure';

const VIEW = /^\/\* Presto View: ([A-Za-z0-9+/=\s]+) \*\/$/;
const HIVE_DEFAULT = '__HIVE_DEFAULT_PARTITION__';
const FORMATS: readonly (readonly [serde: RegExp, format: string])[] = [
  [/LazySimpleSerDe$/, 'text'],
  [/OpenCSVSerde$/i, 'opencsv'],
  [/ParquetHiveSerDe$/, 'parquet'],
];

interface StoredView {
  readonly originalSql: string;
  readonly schema: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Whether the table is a view that Athena made. */
export function isView(table: Table): boolean {
  return table.TableType === 'VIRTUAL_VIEW';
}

/** ViewOriginalText of a view. https://docs.aws.amazon.com/athena/latest/ug/views-troubleshooting.html */
export function viewText(view: StoredView): string {
  const stored = { catalog: 'awsdatacatalog', ...view };
  return `/* Presto View: ${Buffer.from(JSON.stringify(stored)).toString('base64')} */`;
}

/** @throws QueryFailure for a view that Athena did not make */
export function viewEntry(name: string, table: Table): TableEntry {
  const match = VIEW.exec(table.ViewOriginalText ?? '');
  if (!match)
    throw new QueryFailure('HIVE_INVALID_VIEW_DATA', `Invalid view definition of ${name}: it is no Athena view`);
  const view = JSON.parse(Buffer.from(match[1]!, 'base64').toString('utf8')) as StoredView;
  return {
    kind: 'view',
    schema: view.schema,
    sql: view.originalSql,
    columns: view.columns.map((column) => column.name),
  };
}

function columns(list: readonly Column[] | undefined): { name: string; type: string }[] {
  return (list ?? []).map(({ Name = '', Type = 'string' }) => ({ name: Name.toLowerCase(), type: Type }));
}

/** Properties that Athena's engine refuses when table and SerDe disagree. */
const AGREED = [
  'skip.header.line.count',
  'skip.footer.line.count',
  'serialization.null.format',
  'field.delim',
  'escape.delim',
  'separatorChar',
  'quoteChar',
  'escapeChar',
];

/**
 * What the table and its SerDe are told.
 *
 * https://github.com/trinodb/trino/blob/master/plugin/trino-hive/src/main/java/io/trino/plugin/hive/HiveMetadata.java
 *
 * @throws QueryFailure HIVE_INVALID_METADATA where they are told different things
 */
function properties(table: Table): Record<string, string> {
  const serde = table.StorageDescriptor?.SerdeInfo?.Parameters ?? {};
  const own = table.Parameters ?? {};
  for (const key of AGREED) {
    if (serde[key] === undefined || own[key] === undefined || serde[key] === own[key]) continue;
    throw new QueryFailure(
      'HIVE_INVALID_METADATA',
      `Different values for '${key}' set in serde properties and table properties: '${serde[key]}' and '${own[key]}'`,
    );
  }
  return { ...serde, ...own };
}

export function tableEntry(table: Table, partitions: readonly Partition[]): TableEntry {
  const serde = table.StorageDescriptor?.SerdeInfo?.SerializationLibrary ?? '';
  const format = FORMATS.find(([pattern]) => pattern.test(serde))?.[1] ?? (serde || 'unknown serde');
  return {
    kind: 'table',
    columns: columns(table.StorageDescriptor?.Columns),
    partitionKeys: columns(table.PartitionKeys),
    format,
    properties: properties(table),
    partitions: partitions.map(({ Values = [] }) => Values.map((value) => (value === HIVE_DEFAULT ? null : value))),
  };
}

const WIDENS: Readonly<Record<string, readonly string[]>> = {
  tinyint: ['smallint', 'int', 'bigint', 'string'],
  smallint: ['int', 'bigint', 'string'],
  int: ['bigint', 'string'],
  bigint: ['string'],
  float: ['double'],
};

/**
 * A partition has columns of its own; where one cannot become the table's, Athena refuses the query.
 *
 * @throws QueryFailure HIVE_PARTITION_SCHEMA_MISMATCH
 */
export function requireSameSchema(table: Table, partition: Partition): void {
  const theirs = columns(partition.StorageDescriptor?.Columns);
  for (const [index, ours] of columns(table.StorageDescriptor?.Columns).entries()) {
    const other = theirs[index];
    if (other === undefined || other.type === ours.type || WIDENS[other.type]?.includes(ours.type)) continue;
    const name = `${table.DatabaseName}.${table.Name}`;
    const where = partitionName(table, partition.Values ?? []);
    throw new QueryFailure(
      'HIVE_PARTITION_SCHEMA_MISMATCH',
      'There is a mismatch between the table and partition schemas. The types are incompatible and cannot be coerced. ' +
        `The column '${ours.name}' in table '${name}' is declared as type '${ours.type}', ` +
        `but partition '${where}' declared column '${other.name}' as type '${other.type}'.`,
    );
  }
}

/** `batch=2013-01/hour=5`, as paths and SHOW PARTITIONS write it. */
export function partitionName(table: Table, values: readonly string[]): string {
  return (table.PartitionKeys ?? []).map(({ Name = '' }, index) => `${Name}=${escaped(values[index] ?? '')}`).join('/');
}

/** A partition value as Hive writes it into paths: control characters and these signs as `%XX`. */
export function escaped(value: string): string {
  const hex = (c: string): string => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return [...value].map((c) => (c < ' ' || '"#%\'*/:=?\\{[]^\x7f'.includes(c) ? hex(c) : c)).join('');
}

export function unescaped(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
