/** Partitions that a table's properties tell, in place of the catalog's. */
import type { Partition, Table } from '@aws-sdk/client-glue';
import { QueryFailure } from './failure';
import { folderUrl } from './reading';
import { partitionName } from './tableEntry';

/** Whether Athena computes the table's partitions, and does not ask the catalog for them. */
export function isProjected(table: Table): boolean {
  return table.Parameters?.['projection.enabled']?.trim().toLowerCase() === 'true';
}

/**
 * The partitions of such a table, whether their folders are there or not.
 *
 * @throws QueryFailure for kinds of projection that the local cloud has not: all but `enum`, and `date` from one day or
 *   month to another
 * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
 */
export function projectedPartitions(table: Table): Partition[] {
  const names = (table.PartitionKeys ?? []).map(({ Name = '' }) => Name);
  let rows: string[][] = [[]];
  for (const name of names) {
    const values = valuesOf(name, table.Parameters ?? {});
    rows = rows.flatMap((row) => values.map((value) => [...row, value]));
  }
  const template = table.Parameters?.['storage.location.template'];
  return rows.map((Values) => {
    const Location = folderUrl(
      template === undefined
        ? `${folderUrl(table.StorageDescriptor?.Location ?? '')}${partitionName(table, Values)}`
        : names.reduce((path, name, index) => path.replaceAll(`\${${name}}`, Values[index]!), template),
    );
    return { Values, StorageDescriptor: { ...table.StorageDescriptor, Location } };
  });
}

function valuesOf(column: string, properties: Readonly<Record<string, string>>): string[] {
  const property = (name: string): string => properties[`projection.${column}.${name}`]?.trim() ?? '';
  const type = property('type').toLowerCase();
  if (type === 'enum') return (properties[`projection.${column}.values`] ?? '').split(',');
  if (type !== 'date') throw unsupported(`projection.${column}.type '${type}'`);

  const format = property('format');
  const [first, last, ...more] = property('range').split(',');
  const from = dateOf(first ?? '', format);
  const to = dateOf(last ?? '', format);
  if (from === undefined || to === undefined || more.length > 0)
    throw unsupported(`projection.${column}.range '${property('range')}' of the format '${format}'`);
  const unit = property('interval.unit').toUpperCase() || (format.includes('dd') ? 'DAYS' : 'MONTHS');
  const interval = Number(property('interval') || 1);
  if (!/^(DAY|MONTH)S?$/.test(unit) || !Number.isInteger(interval) || interval < 1)
    throw unsupported(`projection.${column}.interval ${property('interval')} ${unit}`);
  const dates = [];
  for (let at = from, step = 1; at <= to; step++) {
    dates.push(at.toISOString());
    at = new Date(from);
    if (unit.startsWith('DAY')) at.setUTCDate(from.getUTCDate() + step * interval);
    else at.setUTCMonth(from.getUTCMonth() + step * interval);
  }
  return dates.map((iso) =>
    format.replace('yyyy', iso.slice(0, 4)).replace('MM', iso.slice(5, 7)).replace('dd', iso.slice(8, 10)),
  );
}

/** Of formats with four digits of the year, two of the month and perhaps two of the day; undefined for all else. */
function dateOf(text: string, format: string): Date | undefined {
  if (!/^(?=.*yyyy)(?=.*MM)[^A-Za-z]*(?:(?:yyyy|MM|dd)[^A-Za-z]*)+$/.test(format)) return undefined;
  const part = (name: string): string => text.slice(format.indexOf(name)).slice(0, name.length);
  const day = format.includes('dd') ? part('dd') : '01';
  const date = new Date(`${part('yyyy')}-${part('MM')}-${day}T00:00:00Z`);
  return text.trim().length !== format.length || Number.isNaN(date.getTime()) ? undefined : date;
}

function unsupported(what: string): QueryFailure {
  return new QueryFailure(
    'NOT_SUPPORTED_LOCALLY',
    `The local cloud's Athena does not support ${what}; the real Athena may.`,
  );
}
