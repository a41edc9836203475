/** A learner who works with the stock AWS CLI, answers wrongly, and breaks things: each check must see it and say so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { GetJobCommand } from '@aws-sdk/client-glue';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { runQuery } from '../../lib/aws/athena';
import { ROOT, Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open('data-prep');
  await stage.up();
});
afterAll(() => stage?.close());

const FEBRUARY = 'raw/flights/batch=2013-02/flights.csv';
const february = (): string =>
  gunzipSync(readFileSync(join(ROOT, 'data', 'flights', '2013-02.csv.gz'))).toString('utf8');

async function putRaw(text: string): Promise<string> {
  const Bucket = (await stage.run()).outputs.DataBucket!;
  await stage.target.clients.s3.send(
    new PutObjectCommand({ Bucket, Key: FEBRUARY, Body: Buffer.from(text), ContentType: 'text/csv' }),
  );
  return tagOf(FEBRUARY);
}

async function tagOf(Key: string): Promise<string> {
  const Bucket = (await stage.run()).outputs.DataBucket!;
  return (await stage.target.clients.s3.send(new HeadObjectCommand({ Bucket, Key }))).ETag!;
}

/** Runs the Glue job with another script, and puts the right one back. */
async function withScript(change: (script: string) => string, work: () => Promise<void>): Promise<void> {
  const { glue, s3 } = stage.target.clients;
  const JobName = (await stage.run()).outputs.TransformJob!;
  const { Job } = await glue.send(new GetJobCommand({ JobName }));
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(Job!.Command!.ScriptLocation!)!;
  const script = await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();
  const changed = change(script);
  if (changed === script) throw new Error('the script was not changed');
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: changed }));
  try {
    await work();
  } finally {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: script }));
  }
}

describe('with the commands that --explain prints, in a shell with the stock AWS CLI', () => {
  test.each(['ingest', 'crawl', 'explore', 'transform', 'quality', 'split'])(
    '%s is done, and its check accepts it',
    async (id) => {
      expect((await stage.check(id)).done).toBe(false);
      for (const line of stage.step(id).explain(await stage.run())) {
        expect({ line, ...stage.shell(line) }).toMatchObject({ status: 0 });
      }
      expect(await stage.check(id)).toMatchObject({ done: true });
    },
  );
});

describe('wrong answers', () => {
  const wrongQueries: [string, string, RegExp][] = [
    ['the wrong month', "SELECT '2013-12' AS month, 0.2531 AS late_share", /2013-12/],
    [
      'percent in place of a share',
      `SELECT batch AS month, 100.0 * avg(CASE WHEN dep_delay > 15 THEN 1.0e0 ELSE 0.0e0 END) AS late_share FROM flights WHERE dep_time IS NOT NULL GROUP BY batch ORDER BY 2 DESC LIMIT 1`,
      /percent|share/i,
    ],
    [
      'a decimal literal, of which avg() keeps one place',
      `SELECT batch AS month, avg(CASE WHEN dep_delay > 15 THEN 1.0 ELSE 0.0 END) AS late_share FROM flights WHERE dep_time IS NOT NULL GROUP BY batch ORDER BY max(batch) = '2013-07' DESC LIMIT 1`,
      /1\.0e0/,
    ],
    [
      'cancelled flights counted as punctual',
      `SELECT batch AS month, avg(CASE WHEN dep_delay > 15 THEN 1.0e0 ELSE 0.0e0 END) AS late_share FROM flights GROUP BY batch ORDER BY 2 DESC LIMIT 1`,
      /cancelled|departed/i,
    ],
  ];
  test.each(wrongQueries)('explore: %s', async (_name, sql, says) => {
    stage.write('late-share.sql', sql);
    await stage.act('explore');
    const verdict = await stage.check('explore');
    expect(verdict.done).toBe(false);
    expect(`${verdict.saw} ${verdict.next}`).toMatch(says);
  });

  test('explore: a query that Athena refuses is shown with its reason', async () => {
    stage.write('late-share.sql', 'SELECT month, late FROM flihgts');
    expect(await stage.failure('explore')).toMatch(/TABLE_NOT_FOUND|flihgts/);
  });

  /** Queries about planes, all but one wrong: asked in the workgroup, as from the console. */
  const planes = (join: string, where: string, counted = 'count(*)'): string =>
    `SELECT flights.carrier, ${counted} AS n FROM flights ${join} ${where} GROUP BY flights.carrier ORDER BY n DESC`;
  const planeQueries: [string, string, RegExp][] = [
    ['an inner join', planes('JOIN planes ON planes.tailnum = flights.tailnum', ''), /found no partner for/],
    [
      'no tail number',
      planes('', "WHERE coalesce(tailnum, '') = '' OR tailnum = 'planes'"),
      /Most unknown planes have one/,
    ],
    [
      'planes for flights',
      planes(
        'LEFT JOIN planes ON planes.tailnum = flights.tailnum',
        'WHERE planes.tailnum IS NULL',
        'count(DISTINCT flights.tailnum)',
      ),
      /The question is about flights/,
    ],
    [
      'the years joined',
      planes(
        'LEFT JOIN planes ON planes.tailnum = flights.tailnum AND planes.year = flights.year',
        'WHERE planes.tailnum IS NULL',
      ),
      /join by tailnum alone/,
    ],
    ['the right figures, typed', "SELECT 'MQ' AS planes, 25397 AS n", /it read no data/],
    [
      'the same without a join',
      planes('', 'WHERE NOT EXISTS (SELECT 1 FROM planes WHERE planes.tailnum = flights.tailnum)'),
      /^done/,
    ],
  ];
  test.each(planeQueries)('transform: %s', async (_name, sql, says) => {
    const run = await stage.run();
    await runQuery(run, { workGroup: run.outputs.WorkGroup!, database: run.outputs.Database! }, sql, {
      what: 'a query',
      next: '',
    });
    const { done, saw } = await stage.check('transform');
    expect(done ? `done: ${saw}` : saw).toMatch(says);
  });

  const wrongRules: [string, string, RegExp][] = [
    ['rules that let everything pass', 'Rules = [ RowCount > 0 ]', /pass|distance/],
    ['a rule that fails everything', 'Rules = [ RowCount > 1000000 ]', /good|RowCount/],
    ['one defect caught of three', 'Rules = [ ColumnValues "distance" between 0 and 6000 ]', /origin|duplicate/i],
  ];
  test.each(wrongRules)('quality: %s', async (_name, rules, says) => {
    stage.write('quality.dqdl', rules);
    await stage.act('quality');
    const verdict = await stage.check('quality');
    expect(verdict.done).toBe(false);
    expect(`${verdict.saw} ${verdict.next}`).toMatch(says);
  });

  test('quality: a rule type that does not exist is refused, naming it', async () => {
    stage.write('quality.dqdl', 'Rules = [ IsPerfect "distance" ]');
    expect(await stage.failure('quality')).toContain('IsPerfect');
  });
});

describe('data and script that are not what they should be', () => {
  test('rows dropped from the raw data: ingest names the file, transform the month', async () => {
    await putRaw(
      february()
        .split('\n')
        .filter((_line, i) => i === 0 || i > 500)
        .join('\n'),
    );
    const ingest = await stage.check('ingest');
    expect(ingest).toMatchObject({ done: false });
    expect(ingest.saw).toContain(FEBRUARY);
    const transform = await stage.check('transform');
    expect(transform).toMatchObject({ done: false });
    expect(transform.saw).toMatch(/2013-02|newer|changed/);
  });

  const broken: [string, (text: string) => string, RegExp][] = [
    ['empty', () => '', /empty/],
    ['truncated', (text) => text.slice(0, text.length - 25), /truncated|last line|ends/i],
    ['with another column', (text) => text.replace('dep_delay', 'delay_at_departure'), /column|header/i],
  ];
  test.each(broken)(
    'a raw file that is %s: the Glue job names file and reason, and the file stays',
    async (_name, change, says) => {
      const tag = await putRaw(change(february()));
      const told = await stage.failure('transform');
      expect(told).toContain(FEBRUARY);
      expect(told).toMatch(says);
      expect(await tagOf(FEBRUARY)).toBe(tag);
      expect((await stage.check('transform')).done).toBe(false);
    },
  );

  test('a Glue script that raises: the step shows the error, the check the failed run', async () => {
    await putRaw(february());
    await withScript(
      (script) =>
        script.replace(
          'def main(argv: Sequence[str]) -> None:\n',
          'def main(argv: Sequence[str]) -> None:\n    raise RuntimeError("the learner broke it")\n',
        ),
      async () => {
        expect(await stage.failure('transform')).toContain('the learner broke it');
        expect((await stage.check('transform')).done).toBe(false);
      },
    );
  });

  test('a Glue script that loses flights: the run succeeds, and the check says what does not agree', async () => {
    await withScript(
      (script) =>
        script.replace(
          'def prepare(joined: DataFrame, plan: Plan) -> DataFrame:\n',
          'def prepare(joined: DataFrame, plan: Plan) -> DataFrame:\n    joined = joined.where("flight % 50 <> 0")\n',
        ),
      async () => {
        await stage.act('transform');
        const verdict = await stage.check('transform');
        expect(verdict.done).toBe(false);
        expect(verdict.saw).toMatch(/agree|differ/);
      },
    );
  });
});
