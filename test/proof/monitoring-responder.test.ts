/** The responder where the account may train: told too often, too soon, failing in the middle, and of data that do not fit. */
import { putObject } from '../../lib/aws/s3';
import { readDataFile } from '../../lib/course/data-plan';
import { batchFile, JULY } from '../../labs/monitoring/traffic/flights';
import { LOOK, Responding } from './responding';

let lab: Responding;
beforeAll(async () => {
  lab = await Responding.open();
});
afterAll(() => lab?.stage.close());

test('the same alarm, told five times at once and again later, is one decision, one job, one version', async () => {
  const off = await lab.triggerAlarm('drift');
  const told = await Promise.all([1, 2, 3, 4, 5].map(() => lab.tell(off.event)));
  expect(told.map(({ error }) => error)).toEqual(Array(5).fill(undefined));
  const decision = await lab.over(off);
  expect(decision).toMatchObject({
    action: 'retrain',
    status: 'done',
    job: { by: 'training' },
    measured: { month: '2013-07' },
  });
  expect(decision.measured!.candidate).toBeGreaterThan(decision.measured!.serving);
  await lab.tellAgain(off);
  expect(await lab.tell(off.event)).toMatchObject({ answer: [{ decision: decision.id, status: 'done' }] });
  expect(await lab.decisions()).toHaveLength(1);
  expect(await lab.jobs()).toEqual({ training: 1, processing: 0 });
  expect(await lab.versions()).toEqual(['Approved', 'PendingManualApproval']);
});

test('another alarm soon after: nothing is done, and the decision says until when', async () => {
  const [before] = await lab.decisions();
  const off = await lab.triggerAlarm('auc');
  expect(await lab.over(off)).toMatchObject({
    action: 'none',
    status: 'done',
    reason: expect.stringMatching(
      `${before!.id} ended at .*; until .* no other retrain begins \\(cool-down\\)`,
    ) as string,
  });
  expect(await lab.jobs()).toEqual({ training: 1, processing: 0 });
  expect(await lab.lock('retrain')).toEqual({ last: { id: before!.id, at: expect.any(String) as string } });
});

const july = batchFile(JULY);
const REFUSED = /not authorized to perform: sagemaker:CreateTrainingJob/;

describe('without a cool-down, the start of a job is refused in the middle', () => {
  let giveBack: () => Promise<void>;
  let begun: Awaited<ReturnType<Responding['triggerAlarm']>>;
  beforeAll(async () => {
    await lab.coolDown(0);
    // What was learnt from once is not learnt from again: July comes with a flight fewer.
    const fewer = readDataFile(july).toString().trimEnd().split('\n').slice(0, -1).join('\n');
    await putObject(lab.run, lab.place.bucket, july.key, Buffer.from(`${fewer}\n`), 'text/csv');
    const role = await lab.stage.physical('AWS::IAM::Role', 'Responder');
    giveBack = await lab.stage.revoke(role, 'sagemaker:CreateTrainingJob');
    begun = await lab.triggerAlarm('drift');
  });

  test('after its retries it is told in the dead-letter queue, and the decision stays at its beginning', async () => {
    const letter = await lab.deadLetter(lab.place.alarms.drift);
    expect(letter).toMatchObject({ why: expect.stringMatching(REFUSED) as string });
    expect(await lab.tell(begun.event)).toMatchObject({
      error: 'Unhandled',
      answer: {
        errorMessage: expect.stringMatching(REFUSED) as string,
      },
    });
    expect(await lab.decision(begun)).toMatchObject({ action: 'retrain', status: 'begun' });
    expect(await lab.jobs()).toEqual({ training: 1, processing: 0 });
  });

  test('nobody takes its lock, which has not expired', async () => {
    const { id } = (await lab.decision(begun))!;
    const lock = await lab.lock('retrain');
    expect(lock).toMatchObject({ holder: id });
    const reason = `Nothing is done: ${id} is on its way, and there is only one retrain at a time.`;
    expect(await lab.over(await lab.triggerAlarm('auc'))).toMatchObject({ action: 'none', status: 'done', reason });
    expect(await lab.lock('retrain')).toEqual(lock);
  });

  test('an hour later, with the permission back, whoever comes first takes it up: one job, one version', async () => {
    await giveBack();
    await lab.anHourPasses('retrain', (await lab.decision(begun))!);
    const told = await Promise.all([LOOK, begun.event, LOOK].map((event) => lab.tell(event)));
    expect(told.map(({ error }) => error)).toEqual(Array(3).fill(undefined));
    const decision = await lab.over(begun);
    expect(decision).toMatchObject({ action: 'retrain', status: 'done', job: { by: 'training' } });
    expect(decision.timeline.filter(({ what }) => what.startsWith('Started the training job'))).toHaveLength(1);
    expect(await lab.jobs()).toEqual({ training: 2, processing: 0 });
    expect(await lab.versions()).toEqual(['Approved', 'PendingManualApproval', 'PendingManualApproval']);
  });
});

test('a month that lacks a column: the job’s reason is the decision’s, it is told, and the next may begin', async () => {
  const narrow = readDataFile(july)
    .toString()
    .replaceAll(/,[^,\n]*$/gm, '');
  await putObject(lab.run, lab.place.bucket, july.key, Buffer.from(narrow), 'text/csv');
  const off = await lab.triggerAlarm('drift');
  const decision = await lab.over(off);
  expect(decision).toMatchObject({
    action: 'retrain',
    status: 'failed',
    reason: expect.stringMatching(
      /^The training job mla-retrain-me--\S+ ended as Failed: AlgorithmError: .*\. Its log: aws logs /,
    ) as string,
  });
  const command = decision.reason.replace(/^.* Its log: /, '');
  expect(lab.stage.shell(command).output).toMatch(/train\.csv of the channel train, line \d+: 36 columns, expected 37/);
  expect(await lab.deadLetter(decision.id)).toMatchObject({
    decision: decision.id,
    reason: decision.reason,
  });
  expect(await lab.lock('retrain')).toMatchObject({ last: { id: decision.id } });
  expect(await lab.jobs()).toEqual({ training: 3, processing: 0 });
  expect(await lab.versions()).toHaveLength(3);
});
