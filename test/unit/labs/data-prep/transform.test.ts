import { join } from 'node:path';
import { FakeAws, parquet } from './fakeAws';
import { transform } from '../../../../labs/data-prep/steps/transform';
import { dataPlan, preparedColumns } from '../../../../lib/course/data-plan';

const COLUMNS = preparedColumns().map(({ name }) => name);
const FIGURES = dataPlan().batches.map((batch) => [batch, '27000', '5400', '57.25', '12.5']);

interface Told {
  raw?: (string | undefined)[][];
  prepared?: (string | undefined)[][];
  keys?: string[];
  answer?: (string | undefined)[];
}

const MINE = 'SELECT carrier, count(*) FROM flights LEFT JOIN planes ON …';
/** Airlines with flights of unknown planes, without a tail number, planes, years joined, and flights of known ones. */
const AIRLINES = [
  ['MQ', '25397', '1234', '234', '26396', '1000'],
  ['AA', '22558', '0', '120', '32728', '10171'],
  ['UA', '1693', '686', '8', '58000', '56972'],
  ['9E', '1044', '1044', '1', '18460', '17416'],
];

function transformed({
  raw = FIGURES,
  prepared = FIGURES,
  keys = ['0', '0'],
  answer = ['MQ', '25397'],
}: Told = {}): FakeAws {
  const aws = new FakeAws().ingested().crawled().transformed();
  aws.answer = (sql) =>
    sql.includes('count_if(p.tailnum')
      ? AIRLINES
      : sql.includes('crc32')
        ? [keys]
        : sql.includes('FROM prepared')
          ? prepared
          : raw;
  aws.ran(MINE, ['carrier', 'flights'], [answer]);
  return aws;
}

/** Where the learner wrote the solution. */
function answering(): FakeAws {
  const aws = new FakeAws().ingested().crawled();
  aws.workDir = join(__dirname, '../../../../labs/data-prep/solutions');
  return aws;
}

const changed = (batch: string, cell: number, value: string): string[][] =>
  FIGURES.map((row) => (row[0] === batch ? row.map((old, i) => (i === cell ? value : old)) : row));

describe('transform', () => {
  test('before crawl: the earlier step is named', async () => {
    const verdict = await transform.check(new FakeAws().ingested().run);
    expect(verdict.next).toContain('step data-prep crawl');
  });

  test('before the step: the job has not run', async () => {
    const verdict = await transform.check(new FakeAws().ingested().crawled().run);
    expect(verdict).toMatchObject({ done: false, saw: 'The Glue job mla-labs-data-prep-me--transform has not run.' });
  });

  test('after the step: done, with rows and the share of late flights', async () => {
    const verdict = await transform.check(transformed().run);
    expect(verdict).toMatchObject({ done: true });
    expect(verdict.saw).toContain('324,000 flights in 12 months, 64,800 of them late (0.2000)');
  });

  test('a run that failed: its error, and the command for what the script wrote, which on Glue 5 and later is in output', async () => {
    const aws = transformed();
    aws.jobRuns.unshift({
      Id: 'jr_9',
      JobRunState: 'FAILED',
      StartedOn: new Date(aws.now.getTime() + 1000),
      ErrorMessage: 'ValueError: s3://b/raw/planes/planes.csv is empty (0 bytes).',
    });
    const verdict = await transform.check(aws.run);
    expect(verdict.saw).toContain('ValueError: s3://b/raw/planes/planes.csv is empty');
    expect(verdict.next).toContain(
      'aws logs filter-log-events --log-group-name /mla-labs/data-prep/me/jobs/output --log-stream-name-prefix jr_9',
    );
  });

  test('a run that has not ended: wait', async () => {
    const aws = transformed();
    aws.jobRuns.unshift({ Id: 'jr_9', JobRunState: 'RUNNING', StartedOn: new Date(aws.now.getTime() + 1000) });
    expect((await transform.check(aws.run)).saw).toBe('The run jr_9 is RUNNING.');
  });

  test('raw data that changed after the run: run again', async () => {
    const aws = transformed();
    aws.later();
    aws.put('raw/planes/planes.csv', 'tailnum');
    const verdict = await transform.check(aws.run);
    expect(verdict.done).toBe(false);
    expect(verdict.saw).toContain('before the raw data changed');
  });

  test('files without a table: the saved queries are named', async () => {
    const aws = transformed();
    aws.tables.delete('prepared');
    expect((await transform.check(aws.run)).next).toContain('drop-prepared, create-prepared and repair-prepared');
  });

  test('partitions that nobody registered', async () => {
    const aws = transformed();
    aws.partitions.set('prepared', ['2013-01']);
    expect((await transform.check(aws.run)).saw).toContain(
      '1 partition; missing: 2013-02, 2013-03, 2013-04, 2013-05 and 7 more',
    );
  });

  test.each([
    ['dep_delay', 'known only after departure'],
    ['arr_time', 'known only after departure'],
    ['month', 'a calendar'],
    ['day_of_week', 'a calendar'],
    ['tailnum', 'columns that data/plan.json does not allow'],
  ])('the column %s in the table: refused', async (name, expected) => {
    const aws = transformed();
    aws.tables.get('prepared')?.StorageDescriptor?.Columns?.push({ Name: name, Type: 'int' });
    expect((await transform.check(aws.run)).saw).toContain(expected);
  });

  test('a column that leaks in the files, hidden from the table: refused', async () => {
    const aws = transformed();
    aws.put('prepared/flights/batch=2013-12/part-0.parquet', parquet([...COLUMNS, 'dep_delay']));
    const verdict = await transform.check(aws.run);
    expect(verdict.saw).toContain('The file prepared/flights/batch=2013-12/part-0.parquet has dep_delay');
  });

  test('a file that is no Parquet', async () => {
    const aws = transformed();
    aws.put('prepared/flights/batch=2013-01/part-0.parquet', 'late\n1\n');
    expect((await transform.check(aws.run)).saw).toContain('is no Parquet file');
  });

  test('a feature that the script forgot', async () => {
    const aws = transformed();
    aws.put('prepared/flights/batch=2013-01/part-0.parquet', parquet(COLUMNS.filter((name) => name !== 'plane_age')));
    expect((await transform.check(aws.run)).saw).toContain('lacks columns of data/plan.json: plane_age');
  });

  test.each([
    ['rows lost in a join', changed('2013-04', 1, '26990'), '2013-04: rows 26,990, expected 27,000'],
    ['a label that is wrong', changed('2013-04', 2, '5500'), '2013-04: late flights 5,500, expected 5,400'],
    [
      'weather joined on the wrong hour',
      changed('2013-04', 3, '56.9'),
      '2013-04: mean temperature 56.900, expected 57.250',
    ],
    ['the age of the wrong year', changed('2013-04', 4, '0'), '2013-04: mean age of the plane 0.000, expected 12.500'],
    ['a month that is missing', FIGURES.slice(1), '2013-01 is missing, and the raw tables have 27000 flights of it'],
  ])('%s: the month and both figures', async (_what, prepared, expected) => {
    const verdict = await transform.check(transformed({ prepared }).run);
    expect(verdict.done).toBe(false);
    expect(verdict.saw).toContain(expected);
  });

  test('another seed for the split bucket', async () => {
    expect((await transform.check(transformed({ keys: ['320000', '0'] }).run)).saw).toContain(
      '320,000 rows have a split_bucket',
    );
  });

  test('the step: a failed run throws its reason, and no table is registered', async () => {
    const aws = answering();
    aws.runJob = () => ({ JobRunState: 'FAILED', ErrorMessage: 'ValueError: raw file is truncated' });
    await expect(transform.act(aws.run)).rejects.toMatchObject({ why: 'ValueError: raw file is truncated' });
    expect(aws.executions.map(({ Query }) => Query)).toEqual([expect.stringContaining('LEFT JOIN planes')]);
  });

  test('the step while an earlier run goes on, its command interrupted: which run, and what to do', async () => {
    const aws = answering();
    aws.jobRuns.unshift({ Id: 'jr_9', JobRunState: 'RUNNING', StartedOn: aws.now });
    await expect(transform.act(aws.run)).rejects.toMatchObject({
      message: expect.stringMatching(/is running already: jr_9 is RUNNING/),
      next: expect.stringContaining('./lab check data-prep transform'),
    });
    expect(aws.executions.map(({ Query }) => Query)).toEqual([expect.stringContaining('LEFT JOIN planes')]);
  });

  test('the step: drop, create, repair, in this order', async () => {
    const aws = answering();
    await transform.act(aws.run);
    const verbs = aws.executions.slice(1).map(({ Query = '' }) => /^(DROP|CREATE|MSCK)/m.exec(Query)?.[1]);
    expect(verbs).toEqual(['DROP', 'CREATE', 'MSCK']);
  });
});

describe('the exercise of transform', () => {
  const judged = async (
    answer: (string | undefined)[],
    change = (_aws: FakeAws): void => undefined,
  ): Promise<string> => {
    const aws = transformed({ answer });
    change(aws);
    const { done, saw } = await transform.check(aws.run);
    return done ? 'done' : saw;
  };

  test.each([
    ['the carrier first', ['MQ', '25397']],
    ['the number first', ['25397', 'MQ']],
    ['a share beside it', ['MQ', '0.96', '25397']],
  ])('%s: accepted', async (_what, row) => {
    expect(await judged(row)).toBe('done');
  });

  test.each([
    ['another airline', ['AA', '22558'], 'another has more. Sort by the count, DESC'],
    ['an inner join', ['UA', '56972'], 'keep what the join found no partner for'],
    ['no tail number only', ['MQ', '1234'], 'Most unknown planes have one'],
    ['no tail number, of an airline that has no other', ['9E', '1044'], 'Most unknown planes have one'],
    ['planes', ['MQ', '234'], 'The question is about flights'],
    ['the years joined', ['AA', '32728'], 'join by tailnum alone'],
    ['something else', ['MQ', '7'], 'Count again'],
    ['no number', ['MQ', undefined], 'Select how many flights'],
  ])('%s: refused, and taught', async (_what, row, said) => {
    expect(await judged(row)).toContain(said);
  });

  test('no query yet, a query about something else, and a typed answer', async () => {
    const none = (aws: FakeAws): void => void (aws.executions.length = 0);
    expect(await judged([], none)).toContain('No query of yours about planes has named an airline yet.');
    expect(await judged(['2013-07', '0.3'])).toContain('No query of yours about planes');
    const typed = (aws: FakeAws): void =>
      aws.ran("SELECT 'MQ', 25397 -- planes", ['a', 'b'], [['MQ', '25397']], { scanned: 0 });
    expect(await judged([], typed)).toContain('it read no data');
  });

  test('the same answer does not pass where the flights are others', async () => {
    const others = (aws: FakeAws): void => {
      const { answer } = aws;
      aws.answer = (sql) => (sql.includes('count_if(p.tailnum') ? [['MQ', '25396', '0', '0', '0', '0']] : answer(sql));
    };
    expect(await judged(['MQ', '25397'], others)).toContain('Count again');
  });
});
