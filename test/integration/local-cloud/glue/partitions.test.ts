import { getPartitions } from '../../../../local-cloud/services/glue/partitions';
import { matchesGlob } from '../../../../local-cloud/services/glue/glob';
import { FakeCloud } from './fakeCloud';

const KEYS = [{ Name: 'batch', Type: 'string' }];

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

  test('gives them in pages', async () => {
    const first = await ask({ MaxResults: 2, ExcludeColumnSchema: true });
    expect(first.Partitions!.map((p) => p.Values![0])).toEqual(['2013-01', '2013-02']);
    expect(first.Partitions![0]!.StorageDescriptor).toEqual({ Columns: [] });
    const second = await ask({ MaxResults: 2, NextToken: first.NextToken });
    expect(second.Partitions!.map((p) => p.Values![0])).toEqual(['2013-03']);
    expect(second.NextToken).toBeUndefined();
  });

  test('names an expression as what it lacks', async () => {
    await expect(ask({ Expression: "batch >= '2013-02'" })).rejects.toThrow(
      'does not have Expression of GetPartitions',
    );
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
