/** The responder where something is missing: a quota for training, a good version to go back to. */
import { decide, versionsOf } from '../../lib/aws/versions';
import { InProgress } from '../../lib/aws/wait';
import { describeAlarm, alarmTransitions } from '../../labs/monitoring/alarms/state';
import { isFinished } from '../../labs/monitoring/runtime/responder/decision';
import { Callers } from '../../labs/monitoring/incident/call-log';
import { registerCareless } from '../../labs/monitoring/incident/careless-model';
import { servingAt, servingFault, endpointStackOf, updateStackToVersion } from '../../labs/monitoring/endpoint/serving';
import { Responding } from './responding';

let lab: Responding;
beforeAll(async () => {
  lab = await Responding.open(['training-quota-0']);
});
afterAll(() => lab?.stage.close());

test('in an account that may not train, the same script runs in a Processing job, and its model is registered', async () => {
  const decision = await lab.over(await lab.triggerAlarm('drift'));
  expect(decision).toMatchObject({ status: 'done', job: { by: 'processing' }, measured: { month: '2013-07' } });
  expect(decision.measured!.candidate).toBeGreaterThan(decision.measured!.serving);
  expect(decision.timeline.map(({ what }) => what).join()).toMatch(/The account may not train \(.* is 0 Instances/);
  expect(await lab.jobs()).toEqual({ training: 0, processing: 1 });
  expect(await lab.versions()).toEqual(['Approved', 'PendingManualApproval']);
});

describe('a release errors, and no approved version is before it', () => {
  let callers: Callers;
  let bad: string;
  let before: object;
  const standing = async (): Promise<object> => ({
    serving: await servingAt(lab.run, lab.place),
    stack: await endpointStackOf(lab.run, lab.place),
  });
  beforeAll(async () => {
    const good = (await versionsOf(lab.run, lab.place.group)).at(-1)!;
    bad = (await registerCareless(lab.run, lab.place, good)).ModelPackageArn!;
    await updateStackToVersion(lab.run, lab.place, bad, 'incident');
    await decide(lab.run, good, 'Rejected', 'A proof.');
    before = await standing();
    callers = new Callers(lab.run, lab.place.endpoint);
  });
  afterAll(() => callers?.stop());

  test('it says no, with what it saw; the endpoint is as it was, and the alarm stays', async () => {
    const since = new Date(lab.run.clock.now().getTime() - 60_000);
    const name = lab.place.alarms.errors;
    const off = await lab.wait(
      name,
      async () => (await alarmTransitions(lab.run, name, since)).at(-1) ?? new InProgress('OK'),
    );
    const decision = await lab.over({ kind: 'errors', at: off.at });
    expect(decision).toMatchObject({
      action: 'none',
      status: 'done',
      from: bad,
      cause: { stateReason: expect.stringMatching(/^Threshold Crossed/) as string },
      reason: expect.stringMatching(
        /^There is no approved version before version 3, which serves: .*The alarm stays/,
      ) as string,
      evidence: { stack: { status: 'UPDATE_COMPLETE', version: bad } },
    });
    expect(await standing()).toEqual(before);
    expect(await lab.versions()).toEqual(['Rejected', 'PendingManualApproval', 'Approved']);
    const state = async (): Promise<string> => (await describeAlarm(lab.run, name))!.StateValue!;
    await lab.wait(name, async () => ((await state()) === 'ALARM' ? true : new InProgress('OK')));
  });

  test('a person approves one, and the next alarm rolls back to it at once: callers get answers again', async () => {
    const good = (await versionsOf(lab.run, lab.place.group)).at(-1)!;
    await decide(lab.run, good, 'Approved', 'It was the best that there was.');
    await lab.triggerAlarm('errors');
    const decision = await lab.wait('a rollback', async () => {
      const [newest] = (await lab.decisions('errors')).filter(({ action }) => action === 'rollback');
      return newest && isFinished(newest) ? newest : new InProgress(newest?.status ?? 'none');
    });
    expect(decision).toMatchObject({ status: 'done', from: bad, to: good.ModelPackageArn });
    expect(await servingFault(lab.run, lab.place, good.ModelPackageArn!)).toBeUndefined();
    expect(await lab.versions()).toEqual(['Approved', 'PendingManualApproval', 'Rejected']);
    const failed = callers.failures;
    const asked = callers.calls.length;
    await lab.wait('callers', async () => (callers.calls.length > asked + 20 ? true : new InProgress('asking')));
    expect(callers.failures - failed).toBeLessThanOrEqual(2);
  });
});
