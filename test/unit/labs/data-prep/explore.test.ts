import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeAws } from './fakeAws';
import { explore } from '../../../../labs/data-prep/steps/explore';
import { Exit } from '../../../../lib/course/errors';

const COLUMNS = ['batch', 'late_share'];
const MINE = 'SELECT batch, avg(late) AS late_share FROM flights GROUP BY batch';

/** What an independent count finds: flights, departed, late, 15 or more, any delay, late arrivals. */
const COUNTED = [
  ['2013-06', '28000', '27000', '7776', '8000', '12000', '9000'],
  ['2013-07', '29000', '28000', '8288', '8600', '13000', '9500'],
  ['2013-09', '27500', '27000', '3753', '3900', '8000', '4000'],
];

function explored(): FakeAws {
  const aws = new FakeAws().ingested().crawled().ranQuestions();
  aws.answer = (sql) => (sql.includes('count_if(dep_time IS NOT NULL') ? COUNTED : []);
  return aws;
}

describe('explore', () => {
  test('before crawl: the earlier step is named', async () => {
    const verdict = await explore.check(new FakeAws().ingested().run);
    expect(verdict.done).toBe(false);
    expect(verdict.next).toContain('step data-prep crawl');
  });

  test('before the step: no query', async () => {
    const verdict = await explore.check(new FakeAws().ingested().crawled().run);
    expect(verdict.saw).toContain('has seen no query of yours (0 of 7 saved queries were run)');
  });

  test.each([
    ['a batch and a share', COLUMNS, ['2013-07', '0.296']],
    ['the share first', ['share', 'batch'], ['0.296', '2013-07']],
    ['a month number', ['month', 'share'], ['7', '0.296']],
    ['the name of the month', ['m', 'share'], ['July', '2.96e-1']],
    ['counts beside it', ['batch', 'late', 'departed', 'share'], ['2013-07', '8288', '28000', '0.296']],
  ])('%s: accepted', async (_what, columns, row) => {
    const aws = explored();
    aws.ran(MINE, columns, [row]);
    const verdict = await explore.check(aws.run);
    expect(verdict).toMatchObject({ done: true });
    expect(verdict.saw).toContain('2013-07 has the largest share of late flights, 0.2960');
  });

  test.each([
    ['the wrong month, right share', ['2013-06', '0.288'], 'another month has a larger one'],
    ['the smallest share', ['2013-09', '0.139'], 'sort with DESC'],
    ['per cent', ['2013-07', '29.6'], 'That is per cent'],
    ['cancelled flights counted', ['2013-07', '0.2857931'], 'A cancelled flight did not leave late'],
    ['15 minutes and more', ['2013-07', '0.307143'], 'delay of exactly 15 minutes'],
    ['any delay', ['2013-07', '0.464286'], 'every delay from one minute on'],
    ['arrivals', ['2013-07', '0.339286'], 'The question is about departures'],
    ['a count', ['2013-07', '8288'], 'That is a number of flights'],
    ['whole numbers divided', ['2013-07', '0'], 'make one of them a double'],
    ['a decimal literal averaged', ['2013-07', '0.3'], 'Write 1.0e0'],
    ['no share', ['2013-07', undefined], 'and no number'],
    ['no month', ['x', '0.296'], 'no month can be read'],
    ['something else', ['2013-07', '0.9'], 'Count again'],
  ])('%s: refused, and taught', async (_what, row, expected) => {
    const aws = explored();
    aws.ran(MINE, COLUMNS, [row]);
    const verdict = await explore.check(aws.run);
    expect(verdict.done).toBe(false);
    expect(verdict.saw).toContain(expected);
  });

  test('figures typed in instead of counted: refused', async () => {
    const aws = explored();
    aws.ran("SELECT '2013-07' AS batch, 0.296 AS late_share", COLUMNS, [['2013-07', '0.296']], { scanned: 0 });
    expect((await explore.check(aws.run)).saw).toContain('it read no data');
  });

  test('a right answer stays right after another question', async () => {
    const aws = explored();
    aws.ran(MINE, COLUMNS, [['2013-07', '0.296']]);
    aws.ran('SELECT count(*) FROM flights', ['_col0'], [['336776']]);
    expect(await explore.check(aws.run)).toMatchObject({ done: true });
  });

  test('a wrong answer after a right one: the newest answer counts', async () => {
    const aws = explored();
    aws.ran(MINE, COLUMNS, [['2013-07', '0.296']]);
    aws.ran(MINE, COLUMNS, [['2013-06', '0.288']]);
    expect((await explore.check(aws.run)).saw).toContain('another month has a larger one');
  });

  test('a query that the check needs and Athena cannot answer: its reason is the verdict', async () => {
    const aws = explored();
    aws.ran(MINE, COLUMNS, [['2013-07', '0.296']]);
    aws.answer = () => new Error('HIVE_BAD_DATA: something in flights.csv');
    expect(await explore.check(aws.run)).toMatchObject({ done: false, saw: expect.stringContaining('HIVE_BAD_DATA') });
  });

  test("the check's own queries are never taken for the learner's", async () => {
    const aws = explored();
    aws.ran(MINE, COLUMNS, [['2013-06', '0.288']]);
    await explore.check(aws.run);
    expect((await explore.check(aws.run)).saw).toContain('2013-06 with 0.288');
  });

  test('a query that failed: its reason', async () => {
    const aws = explored();
    aws.ran('SELECT', [], [], { Status: { State: 'FAILED', StateChangeReason: 'mismatched input' } });
    expect((await explore.check(aws.run)).saw).toContain('mismatched input');
  });

  test('right answer, saved queries not run: they are named', async () => {
    const aws = new FakeAws().ingested().crawled();
    aws.answer = () => COUNTED;
    aws.ran(MINE, COLUMNS, [['2013-07', '0.296']]);
    const verdict = await explore.check(aws.run);
    expect(verdict.done).toBe(false);
    expect(verdict.saw).toContain('flights-by-month');
  });

  describe('the step', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'work-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    test('without an answer: says where it belongs and how to begin', async () => {
      const aws = explored();
      aws.workDir = folder;
      await expect(explore.act(aws.run)).rejects.toMatchObject({
        message: 'There is no work/data-prep/late-share.sql.',
        next: expect.stringContaining('cp labs/data-prep/exercises/late-share.sql work/data-prep/late-share.sql'),
      });
    });

    test('with the template untouched: nothing but comments', async () => {
      const aws = explored();
      aws.workDir = folder;
      writeFileSync(join(folder, 'late-share.sql'), '-- nothing yet\n');
      await expect(explore.act(aws.run)).rejects.toMatchObject({
        message: expect.stringContaining('nothing but comments'),
        exit: Exit.CheckFailed,
      });
    });

    test.each(['DROP TABLE flights', '-- tidy up\n  drop table flights;', "UNLOAD (SELECT 1) TO 's3://b/'"])(
      'does not run what is no question: %s',
      async (statement) => {
        const aws = explored();
        aws.workDir = folder;
        writeFileSync(join(folder, 'late-share.sql'), statement);
        const before = aws.executions.length;
        await expect(explore.act(aws.run)).rejects.toMatchObject({
          message: expect.stringContaining('was not run'),
          exit: Exit.CheckFailed,
        });
        expect(aws.executions).toHaveLength(before);
      },
    );

    test("runs the learner's own text, and the check then reads its result", async () => {
      const aws = explored();
      aws.workDir = folder;
      writeFileSync(join(folder, 'late-share.sql'), `${MINE};\n`);
      aws.answer = (sql) => (sql === MINE ? [['2013-07', '0.296']] : COUNTED);
      await explore.act(aws.run);
      expect(aws.executions.at(-1)?.Query).toBe(MINE);
      expect(aws.said.at(-1)).toBe('your query: 2013-07, 0.296');
    });

    test("Athena's own reason reaches the learner", async () => {
      const aws = explored();
      aws.workDir = folder;
      writeFileSync(join(folder, 'late-share.sql'), 'SELECT nothing FROM flights');
      aws.answer = (sql) =>
        sql.includes('nothing') ? new Error("COLUMN_NOT_FOUND: line 1:8: Column 'nothing'") : COUNTED;
      await expect(explore.act(aws.run)).rejects.toMatchObject({
        why: "COLUMN_NOT_FOUND: line 1:8: Column 'nothing'",
        exit: Exit.CheckFailed,
      });
    });
  });
});
