import { FakeAws, rawTable } from './fakeAws';
import { crawl } from '../../../../labs/data-prep/steps/crawl';
import { ingest } from '../../../../labs/data-prep/steps/ingest';
import { dataManifest } from '../../../../lib/course/data-plan';

const MARCH = 'raw/flights/batch=2013-03/flights.csv';

describe('ingest', () => {
  test('before the step: not done, and the step is named', async () => {
    const verdict = await ingest.check(new FakeAws().run);
    expect(verdict.done).toBe(false);
    expect(verdict.saw).toContain('none of the 16 files');
    expect(verdict.next).toContain('./lab step data-prep ingest --target local');
  });

  test('after the step: done, with figures that agree with the manifest', async () => {
    const aws = new FakeAws();
    await ingest.act(aws.run);
    const verdict = await ingest.check(aws.run);
    expect(verdict.done).toBe(true);
    expect(verdict.saw).toContain('336,776 flights in 12 months');
  });

  test('a second act uploads nothing that is there', async () => {
    const aws = new FakeAws().ingested();
    await ingest.act(aws.run);
    expect(aws.operations.filter((name) => name === 'PutObject')).toEqual([]);
  });

  test('a missing month is named', async () => {
    const aws = new FakeAws().ingested();
    aws.objects.delete(MARCH);
    const verdict = await ingest.check(aws.run);
    expect(verdict.saw).toBe(`1 of 16 files are not in s3://mla-labs-bucket: ${MARCH}.`);
  });

  test('rows dropped from a file are counted', async () => {
    const aws = new FakeAws().ingested();
    const lines = (aws.objects.get(MARCH)?.body.toString() ?? '').split('\n');
    aws.put(MARCH, [...lines.slice(0, 100), ''].join('\n'));
    const verdict = await ingest.check(aws.run);
    expect(verdict.done).toBe(false);
    expect(verdict.saw).toContain(
      `${MARCH} differs from data/flights/2013-03.csv.gz: it has 99 rows instead of 28,834`,
    );
  });

  test('a value changed without changing the size is noticed', async () => {
    const aws = new FakeAws().ingested();
    const text = aws.objects.get(MARCH)?.body.toString() ?? '';
    aws.put(MARCH, text.replace('UA', 'AU'));
    expect((await ingest.check(aws.run)).saw).toContain('it has the right 28,834 rows, but other values');
  });

  test('the compressed file uploaded as it is: told to unpack it', async () => {
    const aws = new FakeAws().ingested();
    aws.put(MARCH, Buffer.from([0x1f, 0x8b, 8, 0]));
    expect((await ingest.check(aws.run)).saw).toContain('still compressed');
  });

  test('an empty, a cut off and a wrong-headed file are told apart', async () => {
    const aws = new FakeAws().ingested();
    const text = aws.objects.get(MARCH)?.body.toString() ?? '';
    const saw = async (body: string): Promise<string> => {
      aws.put(MARCH, body);
      return (await ingest.check(aws.run)).saw;
    };
    expect(await saw('')).toContain('it is empty');
    expect(await saw(text.slice(0, -20))).toContain('it is cut off');
    expect(await saw(`anno,${text.slice(5)}`)).toContain('its header is "anno,');
  });

  test('a stray file among the flights is named with the command that removes it', async () => {
    const aws = new FakeAws().ingested();
    aws.put('raw/flights/batch=2013-03/copy of flights.csv', 'x');
    const verdict = await ingest.check(aws.run);
    expect(verdict.done).toBe(false);
    expect(verdict.next).toContain(`aws s3 rm 's3://mla-labs-bucket/raw/flights/batch=2013-03/copy of flights.csv'`);
  });

  test('explain uploads each file, and only plain CSV', () => {
    const commands = ingest.explain(new FakeAws().run);
    expect(commands).toHaveLength(dataManifest().files.length);
    expect(commands[0]).toBe(
      'gunzip -c data/flights/2013-01.csv.gz | aws s3 cp - s3://mla-labs-bucket/raw/flights/batch=2013-01/flights.csv --content-type text/csv',
    );
  });
});

describe('crawl', () => {
  test('before ingest: the earlier step is named', async () => {
    const verdict = await crawl.check(new FakeAws().run);
    expect(verdict.done).toBe(false);
    expect(verdict.next).toContain('step data-prep ingest');
  });

  test('before the step: none of the tables', async () => {
    const verdict = await crawl.check(new FakeAws().ingested().run);
    expect(verdict.saw).toContain('none of the five tables');
    expect(verdict.next).toContain('step data-prep crawl');
  });

  test('after the step: done', async () => {
    const aws = new FakeAws().ingested();
    await crawl.act(aws.run);
    expect(await crawl.check(aws.run)).toMatchObject({ done: true });
  });

  test('a second act does not crawl again, as a crawl costs ten minutes', async () => {
    const aws = new FakeAws().ingested();
    await crawl.act(aws.run);
    await crawl.act(aws.run);
    expect(aws.crawls).toHaveLength(1);
  });

  test('data that changed after the last crawl is crawled again', async () => {
    const aws = new FakeAws().ingested();
    await crawl.act(aws.run);
    aws.later();
    aws.put(MARCH, aws.objects.get(MARCH)?.body ?? '');
    await crawl.act(aws.run);
    expect(aws.crawls).toHaveLength(2);
  });

  test('no crawl is paid for while raw data is missing', async () => {
    const aws = new FakeAws();
    await expect(crawl.act(aws.run)).rejects.toMatchObject({ next: './lab step data-prep ingest --target local' });
    expect(aws.crawls).toEqual([]);
  });

  test('a crawl that failed tells why and where its log is', async () => {
    const aws = new FakeAws().ingested();
    const crawled = aws.crawled.bind(aws);
    aws.crawled = () => {
      crawled();
      aws.crawler = {
        State: 'READY',
        LastCrawl: {
          Status: 'FAILED',
          ErrorMessage: 'no access',
          LogGroup: '/aws-glue/crawlers',
          LogStream: 'c',
          StartTime: aws.now,
        },
      };
      return aws;
    };
    await expect(crawl.act(aws.run)).rejects.toMatchObject({
      why: 'no access',
      next: expect.stringContaining(
        'aws logs filter-log-events --log-group-name /aws-glue/crawlers --log-stream-names c',
      ),
    });
  });

  test.each([
    ['columns col0, col1', { Columns: [{ Name: 'col0' }, { Name: 'col1' }] }, 'did not see the header'],
    [
      'another serde',
      { SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde' } },
      'gives text only, so no column would be a number. Where Glue chose it by itself: aws glue update-classifier --csv-classifier Name=mla-labs-data-prep-me,Serde=LazySimpleSerDe',
    ],
    ['another place', { Location: 's3://elsewhere/raw/airlines/' }, 'lies at s3://elsewhere'],
  ])('a table with %s is explained', async (_what, descriptor, expected) => {
    const aws = new FakeAws().ingested().crawled();
    const table = rawTable('airlines');
    aws.tables.set('airlines', { ...table, StorageDescriptor: { ...table.StorageDescriptor, ...descriptor } });
    const verdict = await crawl.check(aws.run);
    expect(verdict.done).toBe(false);
    expect(verdict.saw).toContain(expected);
  });

  /** The crawled data base, with another type of a column of whole numbers. */
  function withDelaysAs(Type: string): FakeAws {
    const aws = new FakeAws().ingested().crawled();
    const table = rawTable('flights');
    const columns = table.StorageDescriptor?.Columns?.map((c) => (c.Name === 'dep_delay' ? { ...c, Type } : c));
    aws.tables.set('flights', { ...table, StorageDescriptor: { ...table.StorageDescriptor, Columns: columns } });
    return aws;
  }

  test('a column of numbers read as text is explained by NA', async () => {
    const aws = withDelaysAs('string');
    expect((await crawl.check(aws.run)).saw).toContain('dep_delay is string, expected bigint');
  });

  test('whole numbers that a crawler calls double, as it may where fields are empty, are no fault', async () => {
    const aws = withDelaysAs('double');
    expect(await crawl.check(aws.run)).toMatchObject({ done: true });
  });

  test('a header that would be read as a row is noticed', async () => {
    const aws = new FakeAws().ingested().crawled();
    aws.tables.set('planes', { ...rawTable('planes'), Parameters: {} });
    expect((await crawl.check(aws.run)).saw).toContain('does not skip its header');
  });

  test('a missing partition is named', async () => {
    const aws = new FakeAws().ingested().crawled();
    aws.partitions.set(
      'flights',
      (aws.partitions.get('flights') ?? []).filter((batch) => batch !== '2013-07'),
    );
    expect((await crawl.check(aws.run)).saw).toContain('11 of 12 partitions; missing: 2013-07');
  });
});
