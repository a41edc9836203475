/** What `incident` waits for: the alarm and the decision of this release, whatever the clocks of the cloud round to. */
import type { LabRun } from '../../../../lib/course/run';
import type { Decision, Status } from '../../../../labs/monitoring/runtime/responder/decision';
import { waitForAlarm, waitUntilAlarmsOk } from '../../../../labs/monitoring/alarms/state';
import { waitForDecision, decisionsOf } from '../../../../labs/monitoring/response/decisions';
import type { LabResources } from '../../../../labs/monitoring/resources';

const ALARM = 'mla-labs-monitoring-me--errors';
const place = { bucket: 'data' } as LabResources;
/** When the callers began. */
const BEGUN = new Date('2026-11-24T03:00:10.700Z');

function decision(at: string, status: Status): Decision {
  const cause = { alarm: ALARM, kind: 'errors', at, stateReason: '5 errors' } as const;
  const id = `${at.replaceAll(/[:.]/g, '-')}-errors`;
  return { id, cause, action: 'rollback', status, reason: `of ${at}`, evidence: {}, timeline: [{ at, what: status }] };
}

/** A cloud whose answers are lists: each question takes the next, the last one stays. */
function cloudOf(
  decisions: Decision[][],
  alarms: { state: string; history?: string; updated?: string }[] = [{ state: 'OK' }],
) {
  const next = <T>(list: T[]): T => (list.length > 1 ? list.shift()! : list[0]!);
  let lying: Decision[] = [];
  const s3 = {
    send: async ({ constructor: { name }, input }: { constructor: { name: string }; input: { Key?: string } }) => {
      if (name === 'ListObjectsV2Command') {
        lying = next(decisions);
        return { Contents: lying.map(({ id }) => ({ Key: `decisions/${id}.json`, Size: 1 })) };
      }
      const found = lying.find(({ id }) => input.Key === `decisions/${id}.json`);
      return { Body: { transformToByteArray: async () => Buffer.from(JSON.stringify(found)) } };
    },
  };
  const cloudwatch = {
    send: async ({ constructor: { name }, input }: { constructor: { name: string }; input: { StartDate?: Date } }) => {
      if (name === 'DescribeAlarmsCommand') {
        const { state, updated } = next(alarms);
        const StateUpdatedTimestamp = updated === undefined ? undefined : new Date(updated);
        return { MetricAlarms: [{ StateValue: state, StateReason: '5 errors', StateUpdatedTimestamp }] };
      }
      const at = alarms[0]!.history === undefined ? undefined : new Date(alarms[0]!.history);
      const HistoryData = JSON.stringify({ newState: { stateValue: 'ALARM', stateReason: '5 errors' } });
      return { AlarmHistoryItems: at && at >= input.StartDate! ? [{ Timestamp: at, HistoryData }] : [] };
    },
  };
  const said: string[] = [];
  let slept = 0;
  const run = {
    lab: 'monitoring',
    learner: 'me',
    target: 'local',
    clients: { s3, cloudwatch, pollMs: 1 },
    // A minute passes between two questions.
    clock: { now: () => new Date(BEGUN.getTime() + 60_000 * slept), sleep: async () => void (slept += 1) },
    progress: (line: string) => said.push(line),
  } as unknown as LabRun;
  return { run, said };
}

const OPTIONS = { kind: 'errors', step: 'incident', minutes: 60 } as const;
const before = (run: LabRun): Promise<Decision[]> => decisionsOf(run, place, 'errors');

test('a decision whose second, in full, lies before the callers began is the one of this release', async () => {
  const whole = '2026-11-24T03:00:10.000Z';
  const { run } = cloudOf([[], [], [decision(whole, 'rolling-back')], [decision(whole, 'done')]]);
  const earlier = await before(run);
  expect(await waitForDecision(run, place, { ...OPTIONS, earlier })).toMatchObject({
    status: 'done',
    cause: { at: whole },
  });
});

test('a decision that was over before is of another release, though it lies within the same second', async () => {
  const old = decision('2026-11-24T03:00:10.000Z', 'done');
  const { run, said } = cloudOf([[old], [old], [old, decision('2026-11-24T03:00:40.000Z', 'done')]]);
  const earlier = await before(run);
  expect(await waitForDecision(run, place, { ...OPTIONS, earlier })).toMatchObject({
    reason: 'of 2026-11-24T03:00:40.000Z',
  });
  expect(said).toEqual(['the responder: no decision so far']);
});

test('a decision that was under way when the step was done again is the one that is waited for', async () => {
  const at = '2026-11-24T02:58:00.000Z';
  const { run } = cloudOf([[decision(at, 'rolling-back')], [decision(at, 'rolling-back')], [decision(at, 'failed')]]);
  const earlier = await before(run);
  expect(await waitForDecision(run, place, { ...OPTIONS, earlier })).toMatchObject({ status: 'failed' });
});

test('a release waits until no alarm rings from the one before: it would be taken back at once', async () => {
  const { run, said } = cloudOf([], [{ state: 'ALARM' }, { state: 'ALARM' }, { state: 'OK' }]);
  await waitUntilAlarmsOk(run, [ALARM], 'incident');
  expect(said).toEqual([expect.stringMatching(/^alarm mla-labs-monitoring-me--errors: still on from before/)]);
});

test('an alarm whose history tells a whole second before the callers began counts by its state', async () => {
  const at = '2026-11-24T03:00:10.000Z';
  const { run } = cloudOf([], [{ state: 'OK' }, { state: 'ALARM', history: at, updated: at }]);
  expect(await waitForAlarm(run, ALARM, BEGUN, 'incident')).toEqual({ at: new Date(at), reason: '5 errors' });
});
