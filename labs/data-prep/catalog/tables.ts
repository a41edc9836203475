/** The crawled tables: what the catalog should say, and what it says. */
import type { Column, Table } from '@aws-sdk/client-glue';
import { getPartitions, getTable } from '../../../lib/aws/glue';
import { dataManifest, dataPlan, RAW_TABLES, type RawTable } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import { list } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import type { LabResources } from '../resources';

type Sort = 'text' | 'whole' | 'number';

const TEXT: Readonly<Record<RawTable, readonly string[]>> = {
  flights: ['carrier', 'tailnum', 'origin', 'dest', 'time_hour'],
  weather: ['origin', 'time_hour'],
  planes: ['tailnum', 'type', 'manufacturer', 'model', 'engine'],
  airlines: ['carrier', 'name'],
  airports: ['faa', 'name', 'dst', 'tzone'],
};
const WHOLE: Readonly<Record<RawTable, readonly string[] | 'all'>> = {
  flights: 'all',
  weather: ['year', 'month', 'day', 'hour'],
  planes: 'all',
  airlines: [],
  airports: ['alt', 'tz'],
};
/** Columns with almost no values: a crawler reads a part of the file and may see nothing but empty fields. */
const SPARSE = new Set(['planes.speed']);

const NUMBER = /^(double|float|decimal.*|(big|small|tiny)?int)$/;
const TYPES: Readonly<Record<Sort, RegExp>> = {
  text: /^string$/,
  // How a crawler takes empty fields among whole numbers is its own affair, and a learner could not change it: every
  // question has the same answer with doubles.
  whole: NUMBER,
  number: NUMBER,
};
const USUAL: Readonly<Record<Sort, string>> = { text: 'string', whole: 'bigint', number: 'double' };

function sortOf(table: RawTable, column: string): Sort {
  if (TEXT[table].includes(column)) return 'text';
  const whole = WHOLE[table];
  return whole === 'all' || whole.includes(column) ? 'whole' : 'number';
}

/** Names of the five tables that the catalog lacks. */
export async function missingTables(run: LabRun, resources: LabResources): Promise<RawTable[]> {
  const found = await Promise.all(RAW_TABLES.map((name) => getTable(run, resources.database, name)));
  return RAW_TABLES.filter((_name, i) => found[i] === undefined);
}

/** What is wrong with a table, one sentence each; empty when it is right. */
export async function tableFaults(run: LabRun, resources: LabResources, name: RawTable): Promise<string[]> {
  const table = await getTable(run, resources.database, name);
  if (table === undefined) return [`The table ${name} is not there.`];
  const faults = [
    locationFault(table, name, resources),
    formatFault(table, name, resources),
    columnsFault(table, name),
  ];
  if (name === 'flights') faults.push(...(await partitionFaults(run, resources, table)));
  const found = faults.filter((fault) => fault !== undefined);
  return found.length > 0 ? [...found, ...deprecatedFault(table)] : found;
}

/** What a crawler calls fundamental: where it differs, one with MergeNewColumns does not touch the table. */
const FUNDAMENTAL = { classification: 'csv', compressionType: 'none', delimiter: ',' } as const;

/** Why a table that is wrong stays so, where a crawler marked it. @see https://docs.aws.amazon.com/glue/latest/dg/crawler-configuration.html */
function deprecatedFault({ Name, Parameters = {} }: Table): string[] {
  if (Parameters.DEPRECATED_BY_CRAWLER === undefined) return [];
  const odd = Object.entries(FUNDAMENTAL).find(([name, value]) => Parameters[name] !== value);
  const why = odd
    ? `its parameter ${odd[0]} is ${Parameters[odd[0]] ?? 'not set'}, and that of the files is ${odd[1]}. With MergeNewColumns a crawl only warns of that, in its log`
    : 'a crawl found no data for it';
  return [`A crawler marked ${Name} as deprecated: ${why}.`];
}

function locationFault(table: Table, name: RawTable, { bucket }: LabResources): string | undefined {
  const location = table.StorageDescriptor?.Location ?? 'nowhere';
  const expected = `s3://${bucket}/raw/${name}`;
  if (location.replace(/\/$/, '') === expected) return undefined;
  const file = /\.csv(\.gz)?\/?$/.test(location)
    ? ' That is a file: Athena reads folders, and finds no rows there.'
    : '';
  return `The table ${name} lies at ${location}, expected ${expected}/.${file}`;
}

function formatFault(table: Table, name: RawTable, { crawler }: LabResources): string | undefined {
  const library = table.StorageDescriptor?.SerdeInfo?.SerializationLibrary ?? 'none';
  if (!library.endsWith('LazySimpleSerDe')) {
    // The lab's classifier has the name of its crawler. CloudFormation cannot say the SerDe; Glue's own request can.
    const why = library.endsWith('OpenCSVSerde')
      ? ` It gives text only, so no column would be a number. Where Glue chose it by itself: aws glue update-classifier --csv-classifier Name=${quoted(crawler)},Serde=LazySimpleSerDe`
      : '';
    return `The table ${name} is read by ${library}, expected LazySimpleSerDe: use the lab's classifier, which knows no quotes.${why}`;
  }
  const skipped = { ...table.StorageDescriptor?.Parameters, ...table.Parameters }['skip.header.line.count'];
  return skipped === '1'
    ? undefined
    : `The table ${name} does not skip its header (skip.header.line.count is ${skipped ?? 'not set'}).`;
}

function columnsFault(table: Table, name: RawTable): string | undefined {
  const columns = table.StorageDescriptor?.Columns ?? [];
  const names = columns.map(({ Name = '' }) => Name);
  const expected = dataManifest().columns[name];
  if (names.includes('col0')) {
    return `The columns of ${name} are called ${list(names)}: the crawler did not see the header. Its classifier must say that there is one.`;
  }
  if (names.join() !== expected.join()) {
    const missing = expected.filter((column) => !names.includes(column));
    const extra = names.filter((column) => !expected.includes(column));
    const how = [missing.length > 0 && `missing ${list(missing)}`, extra.length > 0 && `not expected ${list(extra)}`];
    return `The table ${name} has other columns: ${how.filter(Boolean).join('; ') || 'in another order'}.`;
  }
  const wrong = columns.filter((column) => !typeFits(name, column));
  if (wrong.length === 0) return undefined;
  const told = wrong.map(({ Name = '', Type }) => `${Name} is ${Type}, expected ${USUAL[sortOf(name, Name)]}`);
  return `Types of ${name}: ${list(told)}. A value that is no number, such as NA, turns a column into text.`;
}

function typeFits(table: RawTable, { Name = '', Type = '' }: Column): boolean {
  if (SPARSE.has(`${table}.${Name}`)) return true;
  return TYPES[sortOf(table, Name)].test(Type);
}

async function partitionFaults(run: LabRun, resources: LabResources, table: Table): Promise<(string | undefined)[]> {
  const keys = (table.PartitionKeys ?? []).map(({ Name }) => Name);
  if (keys.join() !== 'batch') {
    return [`The table flights is partitioned by ${keys.join(', ') || 'nothing'}, expected batch.`];
  }
  const found = (await getPartitions(run, resources.database, 'flights')).map(({ Values }) => Values?.[0] ?? '');
  const { batches } = dataPlan();
  const missing = batches.filter((batch) => !found.includes(batch));
  const extra = found.filter((batch) => !batches.includes(batch));
  return [
    missing.length > 0
      ? `The table flights has ${found.length} of ${batches.length} partitions; missing: ${list(missing)}.`
      : undefined,
    extra.length > 0 ? `The table flights has a partition that the plan does not know: ${list(extra)}.` : undefined,
  ];
}
