import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeAws, type RuleGiven } from './fakeAws';
import { defectsOf, rulesFault } from '../../../../labs/data-prep/answers/quality-rules';
import { quality } from '../../../../labs/data-prep/steps/quality';
import { dataManifest, dataPlan, readDataFile } from '../../../../lib/course/data-plan';

const STACKS = 'mla-labs-data-prep-me--prepared';
const DISTANCE = 'ColumnValues "distance" between 0 and 6000';
const ORIGIN = 'ColumnValues "origin" in ["EWR", "JFK", "LGA"]';
const KEY = 'IsPrimaryKey "year" "month" "day" "carrier" "flight" "origin"';

const passing = (...rules: readonly string[]): RuleGiven[] => rules.map((rule) => ({ rule, result: 'PASS' }));
const failing = (...rules: readonly string[]): RuleGiven[] =>
  rules.map((rule) => ({ rule, result: 'FAIL', message: 'no' }));

function ready(): FakeAws {
  const aws = new FakeAws().ingested().crawled().transformed().ranSaved('bias');
  aws.evaluated('prepared', STACKS, passing('IsComplete "late"'));
  const { badBatch } = dataManifest();
  aws.put(badBatch.key, readDataFile(badBatch));
  aws.tables.set('incoming_flights', { Name: 'incoming_flights' });
  aws.partitions.set('incoming_flights', [dataPlan().badBatch.name]);
  return aws;
}

function judged(good: RuleGiven[], bad: RuleGiven[], ruleset = 'mine'): FakeAws {
  const aws = ready();
  aws.evaluated('flights', ruleset, good, 'SUCCEEDED', "batch in ('2013-01')");
  aws.evaluated('incoming_flights', ruleset, bad);
  return aws;
}

test('a rule about a column that is not there: the column is named, not the rule called too strict', () => {
  const rule = {
    Description: 'ColumnValues "distanz" between 0 and 6000',
    Result: 'FAIL' as const,
    EvaluationMessage: 'Input data does not include column distanz!',
  };
  expect(rulesFault([rule], [rule])).toContain('names the column distanz, which the table does not have');
});

describe('quality', () => {
  test('before transform: the earlier step is named', async () => {
    const verdict = await quality.check(new FakeAws().ingested().crawled().run);
    expect(verdict.next).toContain('step data-prep transform');
  });

  test('before the step: the ruleset of the stack was not evaluated', async () => {
    const verdict = await quality.check(new FakeAws().ingested().crawled().transformed().run);
    expect(verdict).toMatchObject({ done: false, saw: expect.stringContaining(`${STACKS} was not evaluated`) });
  });

  test('right rules, under any name: done', async () => {
    const rules = [DISTANCE, ORIGIN, KEY];
    const aws = judged(
      passing('RowCount > 0', ...rules),
      [...passing('RowCount > 0'), ...failing(...rules)],
      'made-in-the-console',
    );
    const verdict = await quality.check(aws.run);
    expect(verdict).toMatchObject({ done: true });
    expect(verdict.saw).toContain('Your 4 rules pass on the good flights, and the bad batch fails 3 of them');
  });

  test.each([
    ['nothing', passing('RowCount > 0'), passing('RowCount > 0'), 'No rule is about impossible distances'],
    [
      'only a row count',
      passing('RowCount > 10000'),
      failing('RowCount > 10000'),
      'says nothing about what is wrong in its rows',
    ],
    [
      'a rule that good data breaks',
      [...failing('IsComplete "tailnum"')],
      failing('IsComplete "tailnum"'),
      'The good flights fail IsComplete "tailnum" (no)',
    ],
    [
      'IsComplete for an origin that is an empty text',
      passing(DISTANCE, 'IsComplete "origin"', KEY),
      [...failing(DISTANCE, KEY), ...passing('IsComplete "origin"')],
      'an empty field of a text column is an empty text and not NULL',
    ],
    [
      'distances up to a million',
      passing('ColumnValues "distance" < 1000000', ORIGIN, KEY),
      [...passing('ColumnValues "distance" < 1000000'), ...failing(ORIGIN, KEY)],
      'Look for the largest',
    ],
    ['no rule about duplicates', passing(DISTANCE, ORIGIN), failing(DISTANCE, ORIGIN), 'No rule is about duplicates'],
  ])('%s: refused, and taught', async (_what, good, bad, expected) => {
    const verdict = await quality.check(judged(good, bad).run);
    expect(verdict.done).toBe(false);
    expect(verdict.saw).toContain(expected);
  });

  test('the right rules for the bad batch, others for the good flights: refused', async () => {
    const verdict = await quality.check(judged(passing('RowCount > 0'), failing(DISTANCE, ORIGIN, KEY)).run);
    expect(verdict.saw).toContain('were not evaluated on flights');
  });

  test('a rule that Glue could not evaluate: its message', async () => {
    const broken: RuleGiven[] = [{ rule: 'ColumnValues "distanse" > 0', result: 'ERROR', message: 'no such column' }];
    expect((await quality.check(judged(broken, broken).run)).saw).toContain('no such column');
  });

  test('a bad batch that was mended instead of caught: refused', async () => {
    const aws = judged(passing(DISTANCE, ORIGIN, KEY), failing(DISTANCE, ORIGIN, KEY));
    aws.put(dataManifest().badBatch.key, 'year,month\n');
    expect((await quality.check(aws.run)).saw).toContain('is not the batch that came with the lab');
  });

  test('a batch without a partition', async () => {
    const aws = ready();
    aws.partitions.set('incoming_flights', []);
    expect((await quality.check(aws.run)).saw).toContain('no partition batch=2013-06-resent');
  });

  test('prepared fails its rules: which, and why', async () => {
    const aws = ready();
    aws.evaluated('prepared', STACKS, failing('IsPrimaryKey "flight_key"'));
    expect((await quality.check(aws.run)).saw).toContain('fails 1 of 1 rules');
  });

  test('prepared written again after its evaluation: evaluate again', async () => {
    const aws = ready();
    aws.later();
    aws.put('prepared/flights/batch=2013-01/part-0.parquet', 'new');
    expect((await quality.check(aws.run)).saw).toContain('the table changed after that');
  });

  test('an evaluation that failed: its state', async () => {
    const aws = ready();
    aws.evaluated('incoming_flights', 'mine', [], 'FAILED');
    expect((await quality.check(aws.run)).saw).toContain('on incoming_flights ended as FAILED');
  });

  test('all right but the look at bias', async () => {
    const aws = judged(passing(DISTANCE, ORIGIN, KEY), failing(DISTANCE, ORIGIN, KEY));
    aws.executions.length = 0;
    expect(await quality.check(aws.run)).toMatchObject({
      done: false,
      saw: expect.stringContaining('bias was not run'),
    });
  });

  describe('the step', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'work-'));
      writeFileSync(join(folder, 'quality.dqdl'), 'Rules = [ RowCount > 0 ]\n');
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    test('makes a ruleset with our tags, and evaluates three times', async () => {
      const aws = new FakeAws().ingested().crawled().transformed();
      aws.workDir = folder;
      await quality.act(aws.run);
      expect(aws.rulesets.get('mla-labs-data-prep-me--exercise')).toMatchObject({
        tags: { 'mla-labs:lab': 'data-prep', 'mla-labs:learner': 'me' },
      });
      expect(aws.evaluations.map(({ table, ruleset }) => `${ruleset} ${table}`)).toEqual([
        'mla-labs-data-prep-me--prepared prepared',
        'mla-labs-data-prep-me--exercise flights',
        'mla-labs-data-prep-me--exercise incoming_flights',
      ]);
    });

    test("another's ruleset of the same name is left alone", async () => {
      const aws = new FakeAws().ingested().crawled().transformed();
      aws.workDir = folder;
      aws.rulesets.set('mla-labs-data-prep-me--exercise', { text: 'theirs', database: 'sales' });
      await expect(quality.act(aws.run)).rejects.toMatchObject({ exit: 3 });
      expect(aws.rulesets.get('mla-labs-data-prep-me--exercise')?.text).toBe('theirs');
    });
  });

  test.each([
    [DISTANCE, ['distance']],
    [ORIGIN, ['origin']],
    [KEY, ['duplicate']],
    ['IsUnique "flight"', ['duplicate']],
    ['(IsComplete "origin") and (ColumnValues "distance" > 0)', ['distance', 'origin']],
    ['CustomSql "select count(*) from primary where distance < 0" = 0', ['distance']],
    [
      'CustomSql "select count(*) from (select 1 from primary group by flight, origin having count(*) > 1)" = 0',
      ['duplicate'],
    ],
    ['ColumnValues "carrier" in ["UA"] where "origin = \'EWR\'"', []],
    ['RowCount > 100000', []],
    ['ColumnExists "origin"', []],
  ])('%s is about %j', (rule, defects) => {
    expect([...defectsOf(rule)].sort()).toEqual(defects);
  });
});
