import { partitionTest } from '../../../../local-cloud/services/glue/partitionExpression';
import { getPartitions } from '../../../../local-cloud/services/glue/partitions';
import { matchesGlob } from '../../../../local-cloud/services/glue/glob';
import { FakeCloud } from './fakeCloud';

const KEYS = [
  { Name: 'batch', Type: 'string' },
  { Name: 'day', Type: 'int' },
];

describe('a partition expression', () => {
  test.each([
    ["batch = '2013-01'", true],
    ["batch='2013-02'", false],
    ["batch <> '2013-02' AND day >= 9", true],
    ['day > 9 or day < 0', true],
    ["not batch in ('2013-02', '2013-03')", true],
    ["batch not in ('2013-01')", false],
    ["batch between '2013-01' and '2013-06' and day between 1 and 10", true],
    ["batch like '2013-%'", true],
    ["batch LIKE '2014_01'", false],
    ["(batch = 'x' or day = 10) and `batch` is not null", true],
    ['batch is null', false],
  ])('%s holds for 2013-01, 10: %s', (expression, holds) => {
    expect(partitionTest(expression, KEYS)(['2013-01', '10'])).toBe(holds);
  });

  test('compares numbers as numbers and strings as strings', () => {
    expect(partitionTest('day < 9', KEYS)(['x', '10'])).toBe(false);
    expect(partitionTest("batch < '9'", KEYS)(['10', '1'])).toBe(true);
  });

  test.each(['month = 1', "batch = '2013-01", 'batch =', 'batch', "batch = '1' day = 2", '; drop', 'batch = day'])(
    '%j is refused, showing it',
    (expression) => {
      expect(() => partitionTest(expression, KEYS)).toThrow(`Unsupported expression '${expression}'`);
    },
  );
});

describe('GetPartitions', () => {
  let cloud: FakeCloud;
  beforeEach(() => {
    cloud = new FakeCloud();
    cloud.definitions.set('GetTable/flights', { Table: { PartitionKeys: KEYS } });
    const Partitions = [1, 2, 3].map((n) => ({
      Values: [`2013-0${n}`, '1'],
      StorageDescriptor: { Columns: [{ Name: 'a' }] },
    }));
    cloud.definitions.set('GetPartitions/flights', { Partitions });
  });
  afterEach(() => cloud.dispose());

  const ask = (input: object) =>
    getPartitions(cloud)({ DatabaseName: 'db', TableName: 'flights', ...input }, cloud.context);

  test('gives those that match, in pages', async () => {
    const first = await ask({ Expression: "batch >= '2013-02'", MaxResults: 1, ExcludeColumnSchema: true });
    expect(first.Partitions).toEqual([{ Values: ['2013-02', '1'], StorageDescriptor: { Columns: [] } }]);
    const second = await ask({ Expression: "batch >= '2013-02'", MaxResults: 1, NextToken: first.NextToken });
    expect(second.Partitions!.map((p) => p.Values![0])).toEqual(['2013-03']);
    expect(second.NextToken).toBeUndefined();
  });

  test('of a table that does not exist is an error, not an empty list', async () => {
    await expect(ask({ TableName: 'other' })).rejects.toMatchObject({ code: 'EntityNotFoundException' });
  });

  test('refuses a token that it did not give', async () => {
    await expect(ask({ NextToken: 'x!' })).rejects.toMatchObject({ code: 'InvalidInputException' });
  });
});

describe('an exclude pattern', () => {
  test.each([
    ['a.csv', '*.csv', true],
    ['x/a.csv', '*.csv', false],
    ['x/y/a.csv', '**.csv', true],
    ['x/a.csv', 'x/**', true],
    ['a.json', '*.{csv,json}', true],
    ['b1', 'b[0-4]', true],
    ['b1', 'b[!0-4]', false],
    ['a+b', 'a+b', true],
    ['b', '[', false],
  ])('%s against %s: %s', (path, glob, matches) => {
    expect(matchesGlob(path, glob)).toBe(matches);
  });
});
