/**
 * What becomes of a table, or a partition, that is in the catalog already: the crawler's options on changes.
 *
 * https://docs.aws.amazon.com/glue/latest/dg/crawler-configuration.html
 * https://docs.aws.amazon.com/glue/latest/dg/crawler-schema-changes-prevent.html
 */
import type { Column, PartitionInput, SchemaChangePolicy, StorageDescriptor, TableInput } from '@aws-sdk/client-glue';

export interface CrawlerSettings {
  /** Partitions take over the table's columns and format: AddOrUpdateBehavior InheritFromTable. */
  readonly inherit: boolean;
  /** Known columns stay, new ones are added: AddOrUpdateBehavior MergeNewColumns. */
  readonly mergeColumns: boolean;
}

/** What a crawl does to a table that exists. */
export type TableChange =
  | { readonly kind: 'none' }
  /** The policy is to leave it; the log says so. */
  | { readonly kind: 'log' }
  | { readonly kind: 'update'; readonly table: TableInput }
  /** MergeNewColumns on other data than the table describes: it is marked as deprecated, and gets no partitions. */
  | { readonly kind: 'incompatible'; readonly warning: string };

/** The attributes of a table that MergeNewColumns does not change, in the guide's order. */
const FUNDAMENTAL = ['classification', 'compressionType', 'delimiter'] as const;
/** The crawler's mark on a table whose data is gone, or does not fit it any more. */
export const DEPRECATED = 'DEPRECATED_BY_CRAWLER';

/**
 * By default the crawler's description replaces the table's, whatever somebody else wrote there; UpdateBehavior LOG leaves
 * the table alone. MergeNewColumns overrides both: the catalog is the source of truth, and only grows.
 */
export function changeOfTable(
  known: TableInput,
  found: TableInput,
  settings: CrawlerSettings,
  policy: SchemaChangePolicy | undefined,
): TableChange {
  if (settings.mergeColumns) return merge(known, found);
  if (sameText(described(known), described(found))) return { kind: 'none' };
  return policy?.UpdateBehavior === 'LOG' ? { kind: 'log' } : { kind: 'update', table: found };
}

function merge(known: TableInput, found: TableInput): TableChange {
  const changed = FUNDAMENTAL.find((name) => known.Parameters?.[name] !== found.Parameters?.[name]);
  if (changed !== undefined) {
    const value = (table: TableInput): string => table.Parameters?.[changed] ?? 'null';
    // The words are Glue's: https://github.com/aws-solutions-library-samples/cloud-intelligence-dashboards-data-collection/issues/463
    const warning =
      `Cannot merge new columns into the table ${known.Name} as defined in the Data Catalog because the parameter ` +
      `'${changed}' has changed. The existing value is '${value(known)}', and the crawled value is '${value(found)}'. ` +
      'Either remove the table or resolve the inconsistent parameter value.';
    return { kind: 'incompatible', warning };
  }
  const before = known.StorageDescriptor ?? {};
  const { Columns, SerdeInfo, Parameters } = found.StorageDescriptor ?? {};
  const table: TableInput = {
    ...known,
    StorageDescriptor: {
      ...before,
      Columns: added(before.Columns, Columns),
      SerdeInfo: { ...before.SerdeInfo, Parameters: { ...before.SerdeInfo?.Parameters, ...SerdeInfo?.Parameters } },
      Parameters: unmarked({ ...before.Parameters, ...Parameters }),
    },
    Parameters: unmarked({ ...known.Parameters, ...found.Parameters }),
  };
  return sameText(described(known), described(table)) ? { kind: 'none' } : { kind: 'update', table };
}

/** What is written over a partition that exists; undefined to leave it. */
export function changeOfPartition(
  known: PartitionInput,
  found: PartitionInput,
  settings: CrawlerSettings,
  policy: SchemaChangePolicy | undefined,
): PartitionInput | undefined {
  const before = known.StorageDescriptor ?? {};
  let next = found;
  // Partitions follow their table whatever the policy says of changes that the crawler finds by itself.
  if (!settings.inherit) {
    if (settings.mergeColumns) {
      next = { ...known, StorageDescriptor: { ...before, Columns: added(before.Columns, columnsOf(found)) } };
    } else if (policy?.UpdateBehavior === 'LOG') return undefined;
  }
  const same =
    sameText(storage(before), storage(next.StorageDescriptor)) &&
    known.Parameters?.classification === next.Parameters?.classification;
  return same ? undefined : next;
}

const columnsOf = ({ StorageDescriptor }: PartitionInput): Column[] => StorageDescriptor?.Columns ?? [];

/** Known columns as they are, type and comment, and those that are new behind them. */
function added(known: readonly Column[] = [], found: readonly Column[] = []): Column[] {
  const names = new Set(known.map(({ Name }) => Name));
  return [...known, ...found.filter(({ Name }) => !names.has(Name))];
}

function unmarked(parameters: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== DEPRECATED));
}

/** The parts of a table that a crawler writes, or removes because it would not have written them. */
function described(table: TableInput): unknown {
  return [
    table.Description ?? '',
    sorted(table.Parameters),
    (table.PartitionKeys ?? []).map(column),
    storage(table.StorageDescriptor),
    sorted(table.StorageDescriptor?.Parameters),
  ];
}

function storage(descriptor: StorageDescriptor | undefined): unknown {
  const { Columns = [], Location = '', InputFormat, OutputFormat, Compressed = false, SerdeInfo } = descriptor ?? {};
  return [
    Columns.map(column),
    withoutSlash(Location),
    InputFormat ?? '',
    OutputFormat ?? '',
    Compressed,
    SerdeInfo?.SerializationLibrary ?? '',
    sorted(SerdeInfo?.Parameters),
  ];
}

const column = ({ Name, Type, Comment }: Column): unknown => [Name, Type, Comment ?? ''];
const sorted = (parameters: Record<string, string> = {}): unknown => Object.entries(parameters).sort();
const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A folder's address is the same with and without its last slash. */
export const withoutSlash = (location: string): string => location.replace(/\/$/, '');
