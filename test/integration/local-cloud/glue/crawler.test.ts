import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import type { Crawlers } from '../../../../local-cloud/services/glue/crawler';
import { Crawling } from './crawling';
import { PYTHON, ROLE, until, type FakeCloud } from './fakeCloud';

const FLIGHTS = 'Year,month,carrier,dep_delay\n2013,1,UA,2\n2013,1,AA,\n';
const INHERIT = JSON.stringify({
  Version: 1.0,
  CrawlerOutput: { Partitions: { AddOrUpdateBehavior: 'InheritFromTable' } },
  Grouping: { TableGroupingPolicy: 'CombineCompatibleSchemas' },
});

let lab: Crawling;
let cloud: FakeCloud;
let crawlers: Crawlers;
const given: Crawling['given'] = (...args) => lab.given(...args);
const get: Crawling['get'] = () => lab.get();
const crawl: Crawling['crawl'] = () => lab.crawl();
const columns: Crawling['columns'] = (table) => lab.columns(table);

function withClassifier(): void {
  const CsvClassifier = { Name: 'heading', ContainsHeader: 'PRESENT', Delimiter: ',' };
  cloud.definitions.set('GetClassifier/heading', { Classifier: { CsvClassifier } });
}

beforeEach(() => {
  lab = new Crawling();
  ({ cloud, crawlers } = lab);
});

afterEach(() => lab.end());

describe('a crawl of the lab', () => {
  beforeEach(() => {
    for (const batch of ['2013-01', '2013-02']) cloud.put(`data/raw/flights/batch=${batch}/flights.csv`, FLIGHTS);
    cloud.put('data/raw/airlines/airlines.csv', 'carrier,name\nUA,United Air Lines Inc.\nAA,American Airlines Inc.\n');
    withClassifier();
    const paths = ['s3://data/raw/flights/', 's3://data/raw/airlines/', 's3://data/raw/empty/'];
    given(paths, { Classifiers: ['heading'], Configuration: INHERIT });
  });

  test('writes one table per target, with its partitions, and none for an empty prefix', async () => {
    expect(await crawl()).toMatchObject({ Status: 'SUCCEEDED', LogGroup: '/aws-glue/crawlers', LogStream: 'lab' });
    expect([...cloud.tables.keys()]).toEqual(['flights', 'airlines']);
    expect(columns('flights')).toEqual({ year: 'bigint', month: 'bigint', carrier: 'string', dep_delay: 'bigint' });
    expect(columns('airlines')).toEqual({ carrier: 'string', name: 'string' });
    expect(cloud.tables.get('flights')).toMatchObject({
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: [{ Name: 'batch', Type: 'string' }],
      StorageDescriptor: {
        Location: 's3://data/raw/flights/',
        SerdeInfo: {
          SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
          Parameters: { 'field.delim': ',' },
        },
      },
      Parameters: {
        UPDATED_BY_CRAWLER: 'lab',
        classification: 'csv',
        compressionType: 'none',
        delimiter: ',',
        objectCount: '2',
        'skip.header.line.count': '1',
        sizeKey: String(2 * FLIGHTS.length),
        typeOfData: 'file',
      },
    });
    const partitions = cloud.partitions.get('flights')!;
    expect(partitions.map((p) => [p.Values, p.StorageDescriptor!.Location])).toEqual([
      [['2013-01'], 's3://data/raw/flights/batch=2013-01/'],
      [['2013-02'], 's3://data/raw/flights/batch=2013-02/'],
    ]);
  });

  test('tells in the log what it made, under the id of the crawl', async () => {
    const { MessagePrefix } = await crawl();
    const lines = cloud.logs.get('/aws-glue/crawlers:lab')!;
    expect(lines).toContain(`[${MessagePrefix}] INFO : Created table flights in database db`);
    expect(lines.at(-1)).toContain('is in state READY');
  });

  test('adds only what is new when it runs again', async () => {
    await crawl();
    cloud.requests.length = 0;
    cloud.put('data/raw/flights/batch=2013-03/flights.csv', FLIGHTS);
    await crawl();
    expect(cloud.partitions.get('flights')!.map((p) => p.Values![0])).toEqual(['2013-01', '2013-02', '2013-03']);
    expect(cloud.requests.filter((one) => one === 'CreateTable')).toEqual([]);
  });

  test('reads only new folders when the recrawl policy says so', async () => {
    await crawl();
    given(['s3://data/raw/flights/'], {
      Classifiers: ['heading'],
      Configuration: INHERIT,
      RecrawlPolicy: { RecrawlBehavior: 'CRAWL_NEW_FOLDERS_ONLY' },
      SchemaChangePolicy: { UpdateBehavior: 'LOG', DeleteBehavior: 'LOG' },
    });
    cloud.put('data/raw/flights/batch=2013-03/flights.csv', FLIGHTS);
    cloud.requests.length = 0;
    await crawl();
    expect(cloud.requests.filter((one) => one === 'GetObject')).toHaveLength(1);
    expect(cloud.partitions.get('flights')).toHaveLength(3);
  });

  test.each([
    ['s3:ListBucket', 'arn:aws:s3:::data'],
    ['s3:GetObject', 'arn:aws:s3:::data/raw/flights/batch=2013-01/flights.csv'],
    ['glue:CreateTable', 'arn:aws:glue:us-east-1:000000000000:table/db/flights'],
    ['glue:BatchCreatePartition', 'arn:aws:glue:us-east-1:000000000000:table/db/flights'],
  ])('fails without %s, naming it and %s', async (action, resource) => {
    cloud.denied.add(action);
    const last = await crawl();
    expect(last.Status).toBe('FAILED');
    expect(last.ErrorMessage).toContain(`${ROLE} is not authorized to perform: ${action} on resource: ${resource}`);
  });

  test('fails when Glue may not assume the role; without permission for logs it succeeds in silence', async () => {
    cloud.logs.set('/aws-glue/crawlers', []);
    for (const action of ['logs:CreateLogGroup', 'logs:CreateLogStream']) {
      cloud.denied.add(action);
      expect((await crawl()).Status).toBe('SUCCEEDED');
      expect(cloud.lines('/aws-glue/crawlers')).toEqual([]);
      cloud.denied.clear();
    }
    cloud.denied.add('sts:AssumeRole');
    expect(await crawl()).toMatchObject({ Status: 'FAILED', ErrorMessage: expect.stringContaining('cannot assume') });
  });
});

describe('Glue’s own ways', () => {
  test('a partition named like a data column is written all the same', async () => {
    cloud.put('data/flights/year=2013/a.csv', FLIGHTS);
    given(['s3://data/flights/']);
    await crawl();
    expect(columns('flights')).toHaveProperty('year');
    expect(cloud.tables.get('flights')!.PartitionKeys).toEqual([{ Name: 'year', Type: 'string' }]);
  });

  test('folders without a name give partition_0', async () => {
    cloud.put('data/flights/jan/a.csv', FLIGHTS);
    cloud.put('data/flights/feb/a.csv', FLIGHTS);
    given(['s3://data/flights']);
    await crawl();
    expect(cloud.tables.get('flights')!.PartitionKeys).toEqual([{ Name: 'partition_0', Type: 'string' }]);
    expect(cloud.partitions.get('flights')!.map((p) => p.Values![0])).toEqual(['feb', 'jan']);
  });

  test('folders of different columns become tables, with the prefix, in lower case', async () => {
    cloud.put('data/raw/My-Flights/a.csv', FLIGHTS);
    cloud.put('data/raw/planes/a.csv', 'tailnum,seats\nN1,2\n');
    given(['s3://data/raw/'], { TablePrefix: 'raw_' });
    await crawl();
    expect([...cloud.tables.keys()]).toEqual(['raw_my_flights', 'raw_planes']);
  });

  test('without InheritFromTable each partition keeps its own types', async () => {
    cloud.put('data/t/p=1/a.csv', 'a,b\n1,x\n');
    cloud.put('data/t/p=2/a.csv', 'a,b\n1.5,x\n');
    given(['s3://data/t/']);
    await crawl();
    expect(columns('t').a).toBe('double');
    expect(cloud.partitions.get('t')!.map((p) => p.StorageDescriptor!.Columns![0]!.Type)).toEqual(['bigint', 'double']);
  });

  test('a name that is taken elsewhere gets a hash', async () => {
    cloud.put('data/a/t/x.csv', FLIGHTS);
    cloud.put('data/b/t/x.csv', FLIGHTS);
    given(['s3://data/a/t/', 's3://data/b/t/']);
    await crawl();
    expect([...cloud.tables.keys()]).toEqual(['t', expect.stringMatching(/^t_[0-9a-f]{32}$/)]);
  });

  test('excluded, hidden and empty objects are not read', async () => {
    cloud.put('data/t/a.csv', FLIGHTS);
    cloud.put('data/t/_SUCCESS', '');
    cloud.put('data/t/old/b.csv', FLIGHTS);
    given([], { Targets: { S3Targets: [{ Path: 's3://data/t/', Exclusions: ['old/**'] }] } });
    await crawl();
    expect(cloud.requests.filter((one) => one === 'GetObject')).toHaveLength(1);
  });

  test.each([
    ['DELETE_FROM_DATABASE' as const, false, undefined],
    ['DEPRECATE_IN_DATABASE' as const, true, expect.any(String)],
    ['LOG' as const, true, undefined],
  ])('a table whose data is gone: %s', async (DeleteBehavior, there, mark) => {
    cloud.put('data/t/a.csv', FLIGHTS);
    given(['s3://data/t/'], { SchemaChangePolicy: { DeleteBehavior } });
    await crawl();
    cloud.objects.clear();
    await crawl();
    expect(cloud.tables.has('t')).toBe(there);
    expect(cloud.tables.get('t')?.Parameters?.DEPRECATED_BY_CRAWLER).toEqual(mark);
  });

  test('a schema that changed is written, or only logged', async () => {
    cloud.put('data/t/a.csv', 'a,b\n1,x\n');
    given(['s3://data/t/'], { SchemaChangePolicy: { UpdateBehavior: 'LOG' } });
    await crawl();
    cloud.put('data/t/a.csv', 'a,b,c\n1,x,2\n');
    await crawl();
    expect(columns('t')).not.toHaveProperty('c');
    given(['s3://data/t/']);
    await crawl();
    expect(columns('t')).toHaveProperty('c', 'bigint');
  });
});

describe('formats', () => {
  test('gzip is read, and said', async () => {
    cloud.put('data/t/a.csv.gz', gzipSync(FLIGHTS));
    given(['s3://data/t/']);
    await crawl();
    expect(columns('t')).toHaveProperty('dep_delay', 'bigint');
    expect(cloud.tables.get('t')!.Parameters).toMatchObject({ compressionType: 'gzip' });
  });

  test('the schema of Parquet comes from its footer', async () => {
    const make =
      'import pyarrow as a, pyarrow.parquet as p, sys, datetime as d\n' +
      't = a.table({"Late": [True], "n": [1], "x": [1.5], "s": ["a"], "t": [d.datetime(2013, 1, 1)], "i": a.array([1], a.int32())})\n' +
      'p.write_table(t, sys.stdout.buffer)';
    cloud.put('data/t/p=1/a.parquet', execFileSync(PYTHON, ['-c', make]));
    given(['s3://data/t/']);
    await crawl();
    expect(columns('t')).toEqual({ late: 'boolean', n: 'bigint', x: 'double', s: 'string', t: 'timestamp', i: 'int' });
    expect(cloud.tables.get('t')!.Parameters).toMatchObject({ classification: 'parquet', recordCount: '1' });
  });

  test.each([
    ['JSON', '{"a": 1}\n'],
    ['Avro', 'Obj\u0001'],
  ])('%s is refused by name', async (format, content) => {
    cloud.put('data/t/a', content);
    given(['s3://data/t/']);
    expect((await crawl()).ErrorMessage).toContain(`looks like ${format}`);
  });
});

describe('states', () => {
  test('a crawler that runs cannot be started, changed or deleted; one that does not, cannot be stopped', async () => {
    cloud.put('data/t/a.csv', FLIGHTS);
    given(['s3://data/t/']);
    const name = { Name: 'lab' };
    await expect(crawlers.stop(name, cloud.context)).rejects.toMatchObject({ code: 'CrawlerNotRunningException' });
    await crawlers.start(name, cloud.context);
    expect((await get()).State).toBe('RUNNING');
    expect(crawlers.inventory()).toHaveLength(1);
    for (const refused of [crawlers.start, crawlers.update, crawlers.delete]) {
      await expect(refused(name, cloud.context)).rejects.toMatchObject({ code: 'CrawlerRunningException' });
    }
    await until(async () => (await get()).State === 'READY');
    expect(crawlers.inventory()).toEqual([]);
    await crawlers.delete(name, cloud.context);
    await expect(crawlers.start(name, cloud.context)).rejects.toMatchObject({ code: 'EntityNotFoundException' });
  });

  test('a crawl that is stopped ends as CANCELLED and writes nothing', async () => {
    cloud.put('data/t/a.csv', FLIGHTS);
    given(['s3://data/t/']);
    await crawlers.start({ Name: 'lab' }, cloud.context);
    await crawlers.stop({ Name: 'lab' }, cloud.context);
    expect((await get()).State).toBe('STOPPING');
    await expect(crawlers.stop({ Name: 'lab' }, cloud.context)).rejects.toMatchObject({
      code: 'CrawlerStoppingException',
    });
    await until(async () => (await get()).State === 'READY');
    expect((await get()).LastCrawl).toMatchObject({ Status: 'CANCELLED' });
    expect(cloud.tables.size).toBe(0);
  });

  test('other targets and other classifiers are refused by name', async () => {
    given([], { Targets: { JdbcTargets: [{ Path: 'x' }] } });
    expect((await crawl()).ErrorMessage).toContain('S3 targets only, not JdbcTargets');
    cloud.definitions.set('GetClassifier/heading', { Classifier: { GrokClassifier: { Name: 'heading' } } });
    given(['s3://data/t/'], { Classifiers: ['heading'] });
    expect((await crawl()).ErrorMessage).toContain('CSV classifiers only; heading is another');
  });
});
