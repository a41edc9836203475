/** Partitions as Athena computes them from a table's properties, by the examples of AWS's page on supported types. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Table } from '@aws-sdk/client-glue';
import { isProjected, projectedPartitions } from '../../../../local-cloud/services/athena/projection';

const ROOT = resolve(__dirname, '..', '..', '..', '..');

function table(parameters: Record<string, string>, keys: readonly string[] = ['batch']): Table {
  return {
    Name: 'flights',
    PartitionKeys: keys.map((Name) => ({ Name, Type: 'string' })),
    StorageDescriptor: { Location: 's3://bucket/raw/flights', Columns: [{ Name: 'year', Type: 'bigint' }] },
    Parameters: { 'projection.enabled': 'true', ...parameters },
  };
}
const valuesOf = (...given: Parameters<typeof table>) =>
  projectedPartitions(table(...given)).map(({ Values }) => Values);
const dates = (range: string, format: string, more: Record<string, string> = {}) =>
  valuesOf({
    'projection.batch.type': 'date',
    'projection.batch.range': range,
    'projection.batch.format': format,
    ...more,
  }).flat();

test('months and days follow each other, both ends included, in the format of the range', () => {
  expect(dates('2017-11,2018-02', 'yyyy-MM')).toEqual(['2017-11', '2017-12', '2018-01', '2018-02']);
  expect(dates('20240228,20240301', 'yyyyMMdd')).toEqual(['20240228', '20240229', '20240301']);
  expect(dates('01-11-2010,15-11-2010', 'dd-MM-yyyy', { 'projection.batch.interval': '7' })).toEqual([
    '01-11-2010',
    '08-11-2010',
    '15-11-2010',
  ]);
  const twoMonths = { 'projection.batch.interval': '2', 'projection.batch.interval.unit': 'months' };
  expect(dates('2017-01,2017-06', 'yyyy-MM', twoMonths)).toEqual(['2017-01', '2017-03', '2017-05']);
});

test('the table of docs/further.md has the twelve months of the flights, each in its folder', () => {
  const sql = readFileSync(join(ROOT, 'docs/further/flights-projected.sql'), 'utf8');
  const properties = Object.fromEntries(
    [...sql.matchAll(/'(projection\.[\w.]+)' = '([^']+)'/g)].map(([, k, v]) => [k, v]),
  );
  const partitions = projectedPartitions(table(properties as Record<string, string>));
  expect(partitions).toHaveLength(12);
  expect(partitions[11]).toEqual({
    Values: ['2013-12'],
    StorageDescriptor: expect.objectContaining({ Location: 's3://bucket/raw/flights/batch=2013-12/' }),
  });
});

test('columns are combined, and a template gives their folders', () => {
  const properties = {
    'projection.origin.type': 'enum',
    'projection.origin.values': 'EWR,JFK',
    'projection.hour.type': 'ENUM',
    'projection.hour.values': '5,6',
    'storage.location.template': 's3://bucket/${origin}/at-${hour}',
  };
  const partitions = projectedPartitions(table(properties, ['origin', 'hour']));
  expect(partitions.map(({ Values, StorageDescriptor }) => [Values?.join(), StorageDescriptor?.Location])).toEqual([
    ['EWR,5', 's3://bucket/EWR/at-5/'],
    ['EWR,6', 's3://bucket/EWR/at-6/'],
    ['JFK,5', 's3://bucket/JFK/at-5/'],
    ['JFK,6', 's3://bucket/JFK/at-6/'],
  ]);
});

test.each([
  ['integer', { 'projection.batch.type': 'integer', 'projection.batch.range': '1,12' }],
  ['injected', { 'projection.batch.type': 'injected' }],
  [
    'NOW',
    { 'projection.batch.type': 'date', 'projection.batch.range': '2013-01,NOW', 'projection.batch.format': 'yyyy-MM' },
  ],
  [
    'HH',
    {
      'projection.batch.type': 'date',
      'projection.batch.range': '2013-01-01-05,2013-01-01-06',
      'projection.batch.format': 'yyyy-MM-dd-HH',
    },
  ],
])('what the local cloud has not is refused by name: %s', (name, properties) => {
  expect(() => projectedPartitions(table(properties))).toThrow(new RegExp(`does not support projection.*${name}`));
});

test('a table is asked for its partitions in the catalog unless it says otherwise', () => {
  expect([
    isProjected(table({})),
    isProjected({ Name: 'flights' }),
    isProjected(table({ 'projection.enabled': 'false' })),
  ]).toEqual([true, false, false]);
});
