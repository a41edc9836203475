/** Tables that are not as they should be: what the check of the crawl sees, and advice that changes it. */
import type { Crawler, CsvClassifier, Table } from '@aws-sdk/client-glue';
import { crawl } from '../../../../labs/data-prep/steps/crawl';
import { BUCKET, DATABASE, FakeAws, rawTable } from './fakeAws';

const STEP = './lab step data-prep crawl --target local';
const FEBRUARY = 'raw/flights/batch=2013-02/flights.csv';

function table(name: 'flights' | 'airlines', change: Partial<Table>): Table {
  const crawled = rawTable(name);
  return { ...crawled, ...change, StorageDescriptor: { ...crawled.StorageDescriptor, ...change.StorageDescriptor } };
}

/** A database whose flights have no partitions. */
function withoutPartitions(): FakeAws {
  const aws = new FakeAws().ingested().crawled();
  aws.partitions.set('flights', []);
  return aws;
}

describe('a table that a crawler marked as deprecated', () => {
  test.each([
    ['compressionType', 'none'],
    ['classification', 'csv'],
    ['delimiter', ','],
  ])('whose %s is not set: the reason, and the table is deleted before the next crawl', async (name, value) => {
    const aws = withoutPartitions();
    const { [name]: _gone, ...Parameters } = rawTable('flights').Parameters!;
    aws.tables.set('flights', table('flights', { Parameters: { ...Parameters, DEPRECATED_BY_CRAWLER: '1' } }));
    const verdict = await crawl.check(aws.run);
    expect(verdict.saw).toContain(`its parameter ${name} is not set, and that of the files is ${value}`);
    expect(verdict.next).toBe(
      `Delete what is wrong: aws glue batch-delete-table --database-name ${DATABASE} --tables-to-delete flights; then crawl again: ${STEP}`,
    );
  });
});

describe('a crawler that somebody changed', () => {
  const configuration = (crawlerOutput: object): Partial<Crawler> => ({
    Configuration: JSON.stringify({ Version: 1, CrawlerOutput: crawlerOutput }),
  });
  test.each<[string, Partial<Crawler>, RegExp]>([
    [
      'adds new columns only',
      configuration({ Tables: { AddOrUpdateBehavior: 'MergeNewColumns' } }),
      /adds new columns only \(MergeNewColumns\).*adds no partitions/,
    ],
    ['only logs', { SchemaChangePolicy: { UpdateBehavior: 'LOG' } }, /only logs/],
    [
      'has one file as its target',
      { Targets: { S3Targets: [{ Path: `s3://${BUCKET}/raw/airlines/airlines.csv` }] } },
      /target s3:\/\/mla-labs-bucket\/raw\/airlines\/airlines\.csv, which is one file.*no rows/,
    ],
    [
      'has a target that is not there',
      { Targets: { S3Targets: [{ Path: `s3://${BUCKET}/raw/flihgts/` }] } },
      /flihgts\/, which is none of the five folders/,
    ],
    [
      'lost a target',
      { Targets: { S3Targets: [{ Path: `s3://${BUCKET}/raw/flights` }] } },
      /does not crawl s3:\/\/mla-labs-bucket\/raw\/weather\//,
    ],
    ['has a prefix for its tables', { TablePrefix: 'raw_' }, /puts raw_ before/],
    ['writes elsewhere', { DatabaseName: 'default' }, /into the database default/],
    ['lost its classifier', { Classifiers: [] }, /uses the classifiers none/],
    ['does not let partitions inherit', configuration({}), /another configuration/],
    ['has a configuration that is no JSON', { Configuration: '{' }, /another configuration/],
  ])('%s: it is put back before the next crawl', async (_what, change, told) => {
    const aws = withoutPartitions();
    aws.crawler = { ...aws.crawler, ...change };
    const verdict = await crawl.check(aws.run);
    expect(verdict.saw).toMatch(told);
    expect(verdict.next).toMatch(/^Put it back: aws glue update-crawler --name mla-labs-data-prep-me /);
    expect(verdict.next).toContain(`; then crawl: ${STEP}`);
  });

  test.each<[string, CsvClassifier | undefined, string, string]>([
    [
      'has a quote sign',
      { Name: 'c', Delimiter: ',', ContainsHeader: 'PRESENT', QuoteSymbol: '"' },
      'QuoteSymbol "',
      'delete-classifier',
    ],
    [
      'has another separator',
      { Name: 'c', Delimiter: ';', ContainsHeader: 'PRESENT' },
      'Delimiter ;',
      'delete-classifier',
    ],
    [
      'sees no header',
      { Name: 'c', Delimiter: ',', ContainsHeader: 'ABSENT' },
      'ContainsHeader ABSENT',
      'delete-classifier',
    ],
    ['is gone', undefined, 'There is no CSV classifier', 'create-classifier'],
  ])('a classifier that %s is made again', async (_what, classifier, told, command) => {
    const aws = withoutPartitions();
    aws.classifier = classifier;
    const verdict = await crawl.check(aws.run);
    expect(verdict.saw).toContain(told);
    expect(verdict.next).toMatch(new RegExp(`^Put it back: aws glue ${command} `));
  });
});

describe('tables over a file', () => {
  test('a table of another crawler, which was pointed at the file, is named with what Athena finds in it', async () => {
    const aws = new FakeAws().ingested().crawled();
    aws.tables.delete('airlines');
    const Location = `s3://${BUCKET}/raw/airlines/airlines.csv`;
    aws.tables.set('airlines_csv', { ...table('airlines', { StorageDescriptor: { Location } }), Name: 'airlines_csv' });
    const verdict = await crawl.check(aws.run);
    expect(verdict.saw).toContain(`It has airlines_csv at ${Location}: that is a file. Athena reads folders`);
    expect(verdict.next).toBe(`Run the crawler mla-labs-data-prep-me: ${STEP}`);
  });

  test.each(['', '/'])('the right name at the file%s is a fault with the same reason', async (slash) => {
    const aws = new FakeAws().ingested().crawled();
    const Location = `s3://${BUCKET}/raw/airlines/airlines.csv${slash}`;
    aws.tables.set('airlines', table('airlines', { StorageDescriptor: { Location } }));
    const verdict = await crawl.check(aws.run);
    expect(verdict.saw).toContain('That is a file: Athena reads folders, and finds no rows there.');
    expect(verdict.next).toContain('--tables-to-delete airlines;');
  });
});

describe('raw data that a crawl could not make the right tables of', () => {
  const wrong: [string, (aws: FakeAws) => void, string][] = [
    ['a month is missing', (aws) => void aws.objects.delete(FEBRUARY), './lab step data-prep ingest --target local'],
    [
      'a month is compressed',
      (aws) => aws.put(FEBRUARY, Buffer.from([0x1f, 0x8b])),
      './lab step data-prep ingest --target local',
    ],
    [
      'there is a compressed copy beside a month',
      (aws) => aws.put(`${FEBRUARY}.gz`, Buffer.from([0x1f, 0x8b])),
      `aws s3 rm s3://${BUCKET}/${FEBRUARY}.gz`,
    ],
  ];
  test.each(wrong)('%s: the check proposes what mends it, not another crawl', async (_what, change, command) => {
    const aws = new FakeAws().ingested().crawled();
    change(aws);
    aws.tables.delete('flights');
    expect((await crawl.check(aws.run)).next).toBe(command);
  });

  test.each(wrong)('%s: the step pays for no crawl', async (_what, change, command) => {
    const aws = new FakeAws().ingested();
    change(aws);
    await expect(crawl.act(aws.run)).rejects.toMatchObject({ next: command });
    expect(aws.crawls).toEqual([]);
  });
});

test('while the crawler runs, the check says to wait', async () => {
  const aws = new FakeAws().ingested();
  aws.crawler = { ...aws.crawler, State: 'RUNNING' };
  expect((await crawl.check(aws.run)).next).toMatch(/^Wait, then: .\/lab check data-prep crawl/);
});
