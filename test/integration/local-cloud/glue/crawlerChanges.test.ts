/** What a crawl does to tables that are in the catalog already, by the crawler's options. */
import { gzipSync } from 'node:zlib';
import type { SchemaChangePolicy, TableInput } from '@aws-sdk/client-glue';
import { Crawling } from './crawling';

const FLIGHTS = 'carrier,dep_delay,hour\nUA,2,5\nAA,33,6\n';
const LAZY = 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe';
const OPEN = 'org.apache.hadoop.hive.serde2.OpenCSVSerde';

let lab: Crawling;
beforeEach(() => {
  lab = new Crawling();
  for (const batch of ['1', '2']) lab.cloud.put(`data/flights/batch=${batch}/a.csv`, FLIGHTS);
});
afterEach(() => lab.end());

type Options = { inherit?: boolean; merge?: boolean } & SchemaChangePolicy;

function crawler({ inherit, merge, ...policy }: Options): void {
  const CrawlerOutput = {
    ...(inherit && { Partitions: { AddOrUpdateBehavior: 'InheritFromTable' } }),
    ...(merge && { Tables: { AddOrUpdateBehavior: 'MergeNewColumns' } }),
  };
  lab.given(['s3://data/flights/'], {
    Configuration: JSON.stringify({ Version: 1.0, CrawlerOutput }),
    SchemaChangePolicy: policy,
  });
}

/** A table as somebody defined it before the first crawl: two of the three columns. */
function defined(change: Partial<TableInput> = {}, parameters: Record<string, string | undefined> = {}): TableInput {
  const all = { classification: 'csv', compressionType: 'none', delimiter: ',', ...parameters };
  const table: TableInput = {
    Name: 'flights',
    Description: 'Flights, by hand.',
    PartitionKeys: [{ Name: 'batch', Type: 'string' }],
    StorageDescriptor: {
      Columns: [
        { Name: 'carrier', Type: 'varchar(2)', Comment: 'the airline' },
        { Name: 'dep_delay', Type: 'double' },
      ],
      Location: 's3://data/flights/',
      InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      SerdeInfo: { SerializationLibrary: OPEN, Parameters: { separatorChar: ',', escapeChar: '\\' } },
    },
    TableType: 'EXTERNAL_TABLE',
    Parameters: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as never,
    ...change,
  };
  lab.cloud.tables.set('flights', table);
  return table;
}

const told = (parameter: string, existing: string, crawled: string): string =>
  `Cannot merge new columns into the table flights as defined in the Data Catalog because the parameter '${parameter}' has changed. ` +
  `The existing value is '${existing}', and the crawled value is '${crawled}'. Either remove the table or resolve the inconsistent parameter value.`;

describe('MergeNewColumns', () => {
  test.each([
    ['compressionType', undefined, 'null', 'none'],
    ['compressionType', 'gzip', 'gzip', 'none'],
    ['classification', undefined, 'null', 'csv'],
    ['classification', 'json', 'json', 'csv'],
    ['delimiter', undefined, 'null', ','],
    ['delimiter', '|', '|', ','],
  ])('a table whose %s is %s: a warning, the mark, no partitions, and nothing else', async (name, value, was, is) => {
    const before = defined({}, { [name]: value });
    crawler({ merge: true, inherit: true });
    expect((await lab.crawl()).Status).toBe('SUCCEEDED');
    expect(lab.warnings()).toEqual([told(name, was, is)]);
    expect(lab.partitions('flights')).toEqual([]);
    expect(lab.table('flights')).toEqual({
      ...before,
      Parameters: { ...before.Parameters, DEPRECATED_BY_CRAWLER: expect.stringMatching(/^\d+$/) },
    });
  });

  test('data that is compressed from now on does not fit the table of the first crawl', async () => {
    crawler({ merge: true });
    await lab.crawl();
    for (const batch of ['1', '2']) {
      lab.cloud.objects.delete(`data/flights/batch=${batch}/a.csv`);
      lab.cloud.put(`data/flights/batch=${batch}/a.csv.gz`, gzipSync(FLIGHTS));
    }
    await lab.crawl();
    expect(lab.warnings()).toEqual([told('compressionType', 'none', 'gzip')]);
  });

  test('once the parameter is right, the next crawl adds the partitions and takes the mark away', async () => {
    defined({}, { compressionType: undefined });
    crawler({ merge: true });
    await lab.crawl();
    const marked = lab.table('flights');
    defined({ Parameters: { ...marked.Parameters, compressionType: 'none' } });
    await lab.crawl();
    expect(lab.partitions('flights')).toEqual(['1', '2']);
    expect(lab.table('flights').Parameters).not.toHaveProperty('DEPRECATED_BY_CRAWLER');
  });

  test.each(['LOG', 'UPDATE_IN_DATABASE'] as const)(
    'with UpdateBehavior %s: what was there stays, and a new column comes behind it',
    async (UpdateBehavior) => {
      const before = defined({}, { owner_team: 'flights' });
      crawler({ merge: true, UpdateBehavior });
      await lab.crawl();
      const after = lab.table('flights');
      expect(after.StorageDescriptor!.Columns).toEqual([
        ...before.StorageDescriptor!.Columns!,
        { Name: 'hour', Type: 'bigint' },
      ]);
      expect(after.Description).toBe('Flights, by hand.');
      expect(after.StorageDescriptor).toMatchObject({
        InputFormat: before.StorageDescriptor!.InputFormat,
        SerdeInfo: { SerializationLibrary: OPEN, Parameters: { separatorChar: ',', escapeChar: '\\' } },
      });
      expect(after.Parameters).toMatchObject({ owner_team: 'flights', UPDATED_BY_CRAWLER: 'lab', objectCount: '2' });
      expect(lab.partitions('flights')).toEqual(['1', '2']);
    },
  );

  test('a column that the files lost stays, and one whose values changed keeps its type', async () => {
    crawler({ merge: true });
    await lab.crawl();
    for (const batch of ['1', '2']) lab.cloud.put(`data/flights/batch=${batch}/a.csv`, 'carrier,dep_delay\nUA,2.5\n');
    await lab.crawl();
    expect(lab.columns('flights')).toEqual({ carrier: 'string', dep_delay: 'bigint', hour: 'bigint' });
  });

  test('partitions keep their columns too, unless they inherit', async () => {
    crawler({ merge: true });
    await lab.crawl();
    lab.cloud.put('data/flights/batch=1/a.csv', 'carrier,dep_delay,hour,gate\nUA,2.5,5,7\n');
    await lab.crawl();
    const [first] = lab.cloud.partitions.get('flights')!;
    expect(first!.StorageDescriptor!.Columns!.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
      'carrier string',
      'dep_delay bigint',
      'hour bigint',
      'gate bigint',
    ]);
  });
});

describe('UPDATE_IN_DATABASE', () => {
  test.each([
    ['its SerDe', { StorageDescriptor: { SerdeInfo: { SerializationLibrary: OPEN } } }],
    ['a parameter', { Parameters: { mine: 'x' } }],
    ['its description', { Description: 'mine' }],
    [
      'a comment on a column',
      { StorageDescriptor: { Columns: [{ Name: 'carrier', Type: 'string', Comment: 'mine' }] } },
    ],
  ])('what somebody wrote into the table is replaced by what the crawler finds: %s', async (_what, change) => {
    crawler({});
    await lab.crawl();
    const crawled = lab.table('flights');
    const { StorageDescriptor, Parameters, ...others } = change as TableInput;
    lab.cloud.tables.set('flights', {
      ...crawled,
      ...others,
      Parameters: { ...crawled.Parameters, ...Parameters },
      StorageDescriptor: { ...crawled.StorageDescriptor, ...StorageDescriptor },
    });
    await lab.crawl();
    expect(lab.table('flights')).toEqual(crawled);
    expect(lab.warnings()).toEqual([]);
  });

  test('a table without compressionType is described anew, and gets its partitions', async () => {
    defined({}, { compressionType: undefined });
    crawler({ inherit: true });
    await lab.crawl();
    expect(lab.table('flights')).toMatchObject({
      StorageDescriptor: { SerdeInfo: { SerializationLibrary: LAZY } },
      Parameters: { compressionType: 'none' },
    });
    expect(lab.partitions('flights')).toEqual(['1', '2']);
  });
});

describe('UpdateBehavior LOG', () => {
  test.each([
    ['its columns', {}, {}],
    ['compressionType', {}, { compressionType: undefined }],
    ['parameters of somebody else', {}, { mine: 'x' }],
  ])('a table that differs in %s stays as it is, and new partitions are added', async (_what, change, parameters) => {
    const before = defined(change, parameters);
    crawler({ UpdateBehavior: 'LOG' });
    await lab.crawl();
    expect(lab.table('flights')).toEqual(before);
    expect(lab.partitions('flights')).toEqual(['1', '2']);
    expect(lab.cloud.lines('/aws-glue/crawlers').join('\n')).toContain('Table flights has changed');
  });

  test('a partition that changed stays; with InheritFromTable it follows its table', async () => {
    crawler({ UpdateBehavior: 'LOG' });
    await lab.crawl();
    lab.cloud.put('data/flights/batch=1/a.csv', 'carrier,dep_delay,hour\nUA,2.5,5\n');
    await lab.crawl();
    const types = (): string[] =>
      lab.cloud.partitions.get('flights')!.map((p) => p.StorageDescriptor!.Columns!.map((c) => c.Type).join());
    expect(types()).toEqual(['string,bigint,bigint', 'string,bigint,bigint']);
    const table = lab.table('flights');
    const Columns = [{ Name: 'carrier', Type: 'char(2)' }, ...table.StorageDescriptor!.Columns!.slice(1)];
    lab.cloud.tables.set('flights', { ...table, StorageDescriptor: { ...table.StorageDescriptor, Columns } });
    crawler({ UpdateBehavior: 'LOG', inherit: true });
    await lab.crawl();
    expect(types()).toEqual(['char(2),bigint,bigint', 'char(2),bigint,bigint']);
  });

  test('InheritFromTable hands on SerDe, formats and classification', async () => {
    crawler({ UpdateBehavior: 'LOG', inherit: true });
    defined({}, { classification: 'custom' });
    await lab.crawl();
    expect(lab.cloud.partitions.get('flights')![0]).toMatchObject({
      Parameters: { classification: 'custom' },
      StorageDescriptor: { SerdeInfo: { SerializationLibrary: OPEN } },
    });
  });
});

describe('one table for files of one kind only', () => {
  test.each([
    ['compression', 'b.csv.gz', gzipSync(FLIGHTS)],
    ['separator', 'b.csv', FLIGHTS.replaceAll(',', '|')],
  ])(
    'another %s in a folder gives it a table of its own, also where schemas are combined',
    async (_what, name, body) => {
      lab.cloud.put(`data/flights/batch=2/${name}`, body);
      lab.cloud.objects.delete('data/flights/batch=2/a.csv');
      lab.given(['s3://data/flights/'], {
        Configuration: JSON.stringify({ Version: 1, Grouping: { TableGroupingPolicy: 'CombineCompatibleSchemas' } }),
      });
      await lab.crawl();
      expect([...lab.cloud.tables.keys()]).toEqual(['batch_1', 'batch_2']);
    },
  );
});

describe('targets', () => {
  test.each([
    ['a file', 's3://data/one/airlines.csv'],
    ['a file whose folder has another', 's3://data/two/airlines.csv'],
  ])('%s is a table whose location is that file, without partitions', async (_what, target) => {
    lab.cloud.put('data/one/airlines.csv', FLIGHTS);
    lab.cloud.put('data/two/airlines.csv', FLIGHTS);
    lab.cloud.put('data/two/planes.csv', 'tailnum\nN1\n');
    lab.given([target]);
    await lab.crawl();
    expect([...lab.cloud.tables.keys()]).toEqual(['airlines_csv']);
    expect(lab.table('airlines_csv')).toMatchObject({ StorageDescriptor: { Location: target }, PartitionKeys: [] });
  });

  test.each([
    ['a prefix that nothing has', 's3://data/nowhere/'],
    ['the beginning of a name only', 's3://data/fli'],
    ['a folder with nothing but its mark', 's3://data/marked/'],
    ['a folder with an empty object', 's3://data/empty/'],
  ])('%s makes no table, and the crawl succeeds', async (_what, target) => {
    lab.cloud.put('data/marked/', '');
    lab.cloud.put('data/empty/a.csv', '');
    lab.given([target]);
    expect((await lab.crawl()).Status).toBe('SUCCEEDED');
    expect(lab.cloud.tables.size).toBe(0);
  });

  test('a table at the same place is the same, with or without the last slash', async () => {
    defined({ StorageDescriptor: { ...defined().StorageDescriptor, Location: 's3://data/flights' } });
    crawler({});
    await lab.crawl();
    expect([...lab.cloud.tables.keys()]).toEqual(['flights']);
  });
});
