/** Game days of lab data-prep: each fault shows as its symptom says, is mended in another way than ours, and by `mend`. */
import { GetBucketPolicyCommand } from '@aws-sdk/client-s3';
import { runQuery } from '../../lib/aws/athena';
import { faults } from '../../labs/data-prep/faults';
import { rawFigures } from '../../labs/data-prep/faults/month-figures';
import { namedQuery } from '../../labs/data-prep/queries';
import { resourcesOf } from '../../labs/data-prep/resources';
import { GameDays } from './game-day';
import { Stage } from './stage';

let stage: Stage;
let days: GameDays;
beforeAll(async () => {
  stage = await Stage.open('data-prep');
  days = new GameDays(stage, faults);
  await stage.up();
  await stage.act('ingest', 'crawl', 'transform');
});
afterAll(async () => stage.close());

const bucketPolicy = async (): Promise<string> => {
  const { bucket } = resourcesOf(await stage.run());
  return (await stage.target.clients.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }))).Policy!;
};

/** Runs lines in a learner's shell. */
const type = (...lines: string[]): string => {
  const { status, output } = stage.shell(lines.join('\n'));
  expect([status, output]).toEqual([0, expect.anything()]);
  return output.trim();
};

test('a job that the bucket denies: it fails, and succeeds once somebody took the Deny out of the policy', async () => {
  const before = await bucketPolicy();
  const symptom = await days.begin('denied-prefix');
  expect(symptom).toMatch(/nightly run \S+ of the Glue job \S+ ended as FAILED/);
  await days.stillIn('denied-prefix');
  const { bucket } = resourcesOf(await stage.run());
  type(`aws s3api put-bucket-policy --bucket ${bucket} --policy '${before}'`);
  await days.stillIn('denied-prefix');
  await stage.act('transform');
  await days.mended('denied-prefix');

  await days.begin('denied-prefix');
  expect(await days.mend()).toContain('denied the role of the Glue job');
  expect(JSON.parse(await bucketPolicy())).toEqual(JSON.parse(before));
  await stage.act('transform');
});

test('a workgroup that stops whole-year queries: no limit mends it', async () => {
  const symptom = await days.begin('scan-limit');
  const resources = resourcesOf(await stage.run());
  const query = async (name: 'flights-by-month' | 'one-month') =>
    runQuery(await stage.run(), resources, namedQuery(name, resources).sql, { what: name, next: '' });
  expect(symptom).toContain('flights-by-month');
  await expect(query('flights-by-month')).rejects.toThrow('did not finish');
  await query('one-month');
  await days.stillIn('scan-limit');
  type(
    `aws athena update-work-group --work-group ${resources.workGroup} --configuration-updates RemoveBytesScannedCutoffPerQuery=true && echo unlimited`,
  );
  await days.mended('scan-limit');

  await days.begin('scan-limit');
  await days.mend();
  await query('flights-by-month');
});

test('a partition that is gone: one statement of SQL brings it back', async () => {
  const symptom = await days.begin('lost-partition');
  expect(symptom).toContain('today it gives 0 flights');
  await days.stillIn('lost-partition');
  const run = await stage.run();
  const sql = `ALTER TABLE prepared ADD IF NOT EXISTS PARTITION (batch = '2013-04')`;
  await runQuery(run, resourcesOf(run), sql, { what: 'a partition', next: '' });
  await days.mended('lost-partition');

  await days.begin('lost-partition');
  await days.mend();
  expect(await stage.check('transform')).toMatchObject({ saw: expect.not.stringContaining('missing') });
});

test('a month delivered with two columns swapped: uploading the right file mends it, and so does the earlier version', async () => {
  const before = await rawFigures(await stage.run(), '2013-05');
  const symptom = await days.begin('swapped-columns');
  const now = await rawFigures(await stage.run(), '2013-05');
  expect(now).not.toBe(before);
  expect(symptom).toContain(now);
  await days.stillIn('swapped-columns');
  await days.mend();
  expect(await rawFigures(await stage.run(), '2013-05')).toBe(before);
  expect(await stage.check('transform')).toMatchObject({ done: true });

  await days.begin('swapped-columns');
  await stage.act('ingest');
  await days.mended('swapped-columns');
});

test('down takes a lab away with all of its faults in it, and the game day is over', async () => {
  const run = await stage.run();
  for (const fault of faults) await fault.inject(run, await fault.prepare(run));
  await stage.down();
  expect(await stage.stackIsGone()).toBe(true);
  await stage.up();
  await stage.act('ingest', 'crawl');
  await days.begin('scan-limit');
  await stage.destroy();
  expect(await stage.stackIsGone()).toBe(true);
});
