/** A step that was broken off and is done again, or is done twice: the lab goes on from where it stands. */
import type { LabRun } from '../../../../lib/course/run';
import type { Decision } from '../../../../labs/monitoring/runtime/responder/decision';
import { lastAlarmSince } from '../../../../labs/monitoring/alarms/state';
import { replayIn, type CapturedRequest } from '../../../../labs/monitoring/capture/captured-requests';
import { flightsOf, inferenceId, JULY } from '../../../../labs/monitoring/traffic/flights';
import { Callers, logCoverage, type Call } from '../../../../labs/monitoring/incident/call-log';
import type { LabResources } from '../../../../labs/monitoring/resources';
import { responseReport, windowOf } from '../../../../labs/monitoring/response/report';
import { waitForStack, servingVersion, updateStackToVersion } from '../../../../labs/monitoring/endpoint/serving';
import { notRolledBackError } from '../../../../labs/monitoring/steps/incident';
import { requireCause } from '../../../../labs/monitoring/steps/respond';

/** A decision to retrain at ten past three. */
const decision = (change: Partial<Decision>): Decision => ({
  id: '2026-11-24T03-10-00-000Z-drift',
  cause: { alarm: 'drift', kind: 'drift', at: '2026-11-24T03:10:00.000Z', stateReason: '7 features' },
  action: 'retrain',
  status: 'begun',
  reason: 'The world changed.',
  evidence: {},
  timeline: [{ at: '2026-11-24T03:10:00.000Z', what: 'The responder retrains.' }],
  ...change,
});

type Asked = { constructor: { name: string }; input: { StartDate?: Date } };
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 24, 3, minute));

describe('whether an alarm was on since a time', () => {
  const ALARM = 'mla-labs-monitoring-me--drift';
  /** An alarm with a history: minutes of three o'clock, and the states that it changed to. */
  const runOf = (...changes: readonly (readonly [number, string])[]): LabRun => {
    const send = async ({ input }: Asked) => ({
      AlarmHistoryItems: changes
        .filter(([minute]) => at(minute) >= input.StartDate!)
        .reverse()
        .map(([minute, stateValue]) => ({
          Timestamp: at(minute),
          HistoryData: JSON.stringify({ newState: { stateValue, stateReason: `${stateValue} at ${minute}` } }),
        })),
    });
    return { clients: { cloudwatch: { send } }, clock: { now: () => at(59) } } as unknown as LabRun;
  };

  test('it went off later', async () => {
    const run = runOf([10, 'OK'], [40, 'ALARM']);
    expect(await lastAlarmSince(run, ALARM, at(30))).toMatchObject({ at: at(40), reason: 'ALARM at 40' });
  });

  test('it was on already: July was sent twice, and it does not go off twice', async () => {
    expect(await lastAlarmSince(runOf([10, 'ALARM']), ALARM, at(30))).toMatchObject({ at: at(10) });
    expect(await lastAlarmSince(runOf([10, 'ALARM'], [35, 'OK']), ALARM, at(30))).toMatchObject({ at: at(10) });
  });

  test('it was over before, or never on', async () => {
    expect(await lastAlarmSince(runOf([10, 'ALARM'], [20, 'OK']), ALARM, at(30))).toBeUndefined();
    expect(await lastAlarmSince(runOf([20, 'OK'], [40, 'INSUFFICIENT_DATA']), ALARM, at(30))).toBeUndefined();
    expect(await lastAlarmSince(runOf(), ALARM, at(30))).toBeUndefined();
  });
});

describe('what drifted, in the report of a response', () => {
  const captured = (minute: number, stamp: string): CapturedRequest => {
    const row = minute;
    const { body } = flightsOf(JULY)[row]!;
    return { batch: JULY, row, stamp, id: inferenceId(JULY, row, stamp), at: at(minute), body, score: 0.5 };
  };
  const twice = [captured(1, 'first'), captured(2, 'first'), captured(20, 'second'), captured(21, 'second')];
  const window = { start: at(1).toISOString(), end: at(3).toISOString() };
  const decided = decision({ evidence: { analysis: { window } } });

  test('is what the decision was made on, though July was sent again', () => {
    expect(windowOf(decided)).toEqual(window);
    expect(replayIn(twice, JULY, window.end)).toMatchObject({ stamp: 'first' });
    const page = responseReport('bucket', decided, replayIn(twice, JULY, windowOf(decided)?.end));
    expect(page).toMatch(/03:01:00.*first flight of July.*03:10:00.*retrains/s);
  });

  test('is the newest where the decision names no analysis', () => {
    expect(windowOf(decision({}))).toBeUndefined();
    expect(replayIn(twice, JULY)).toMatchObject({ stamp: 'second' });
  });
});

describe('a response', () => {
  const place = { bucket: 'data', alarms: { drift: 'mla-labs-monitoring-me--drift' } } as LabResources;
  const runOf = (decisions: readonly Decision[], on: boolean): LabRun => {
    const s3 = {
      send: async ({ constructor: { name }, input }: Asked & { input: { Key?: string } }) => {
        if (name === 'ListObjectsV2Command')
          return { Contents: decisions.map(({ id }) => ({ Key: `decisions/${id}.json`, Size: 1 })) };
        const found = decisions.find(({ id }) => input.Key === `decisions/${id}.json`);
        return { Body: { transformToByteArray: async () => Buffer.from(JSON.stringify(found)) } };
      },
    };
    const HistoryData = JSON.stringify({ newState: { stateValue: 'ALARM', stateReason: '7 features' } });
    const cloudwatch = {
      send: async () => ({ AlarmHistoryItems: on ? [{ Timestamp: at(9), HistoryData }] : [] }),
    };
    const given = { lab: 'monitoring', learner: 'me', target: 'local' };
    return { ...given, clients: { s3, cloudwatch }, clock: { now: () => at(59) } } as unknown as LabRun;
  };

  test('is not waited for where no alarm went off', async () => {
    await expect(requireCause(runOf([], false), place)).rejects.toMatchObject({
      message: 'The alarm mla-labs-monitoring-me--drift has not gone off: there is nothing to respond to.',
      next: './lab step monitoring drift --target local',
    });
  });

  test('is not waited for where the responder decided against it', async () => {
    const none = decision({ action: 'none', status: 'done', reason: 'Nothing is done: cool-down.' });
    await expect(requireCause(runOf([none], true), place)).rejects.toMatchObject({
      message: 'The responder did not retrain: Nothing is done: cool-down.',
    });
  });

  test('is waited for where the alarm is on, or a retraining is under way', async () => {
    await expect(requireCause(runOf([], true), place)).resolves.toBeUndefined();
    await expect(requireCause(runOf([decision({})], false), place)).resolves.toBeUndefined();
    await expect(requireCause(runOf([decision({ action: 'none' })], false), place)).resolves.toBeUndefined();
  });
});

describe('the log of an incident', () => {
  const call = (minute: number, answer: string): Call => ({ at: at(minute), row: minute, answer });
  const failures = [call(1, 'ModelError: refused'), call(2, '0.500000'), call(3, 'ModelError: refused')];

  test('says how much of the incident it tells', () => {
    expect(logCoverage([])).toBe('nothing');
    expect(logCoverage([call(1, '0.500000')])).toBe('nothing');
    expect(logCoverage(failures)).toBe('failures');
    expect(logCoverage([...failures, ...[4, 5, 6, 7].map((minute) => call(minute, '0.500000'))])).toBe('failures');
    expect(logCoverage([...failures, ...[4, 5, 6, 7, 8].map((minute) => call(minute, '0.500000'))])).toBe('all');
  });

  test('is kept while callers ask, not only at the end, and never goes back', async () => {
    const kept: number[] = [];
    let slow = 3;
    const run = {
      clients: {
        pollMs: 10,
        sagemakerRuntime: { send: async () => ({ Body: Buffer.from('0.500000\n') }) },
      },
      clock: { now: () => at(0), sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) },
    } as unknown as LabRun;
    let enough = (): void => undefined;
    const thrice = new Promise<void>((resolve) => (enough = resolve));
    const callers: Callers = new Callers(run, 'endpoint', async (calls) => {
      // The first writes are slow, the later ones are not.
      for (let wait = (slow -= 1); wait > 0; wait -= 1) await new Promise((resolve) => setImmediate(resolve));
      kept.push(calls.length);
      if (kept.length === 3) enough();
    });
    await thrice;
    const before = kept.length;
    const calls = await callers.stop();
    expect(before).toBeGreaterThanOrEqual(3);
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    expect(kept[0]).toBeLessThan(calls.length);
    expect(kept.at(-1)).toBe(calls.length);
  });
});

describe('the endpoint’s stack', () => {
  const place = { endpoint: 'mla-labs-monitoring-me', stack: 'mla-labs-monitoring-me--endpoint' } as LabResources;
  const STACK = place.stack;
  /** A stack whose states follow each other; the last one stays. */
  function runOf(
    states: string[],
    events: readonly (readonly [string, string, string?])[] = [],
    endpoint = 'InService',
  ) {
    const said: string[] = [];
    const cloudformation = {
      send: async ({ constructor: { name } }: Asked) => {
        if (name === 'DescribeStackResourcesCommand') return { StackResources: [] };
        if (name === 'DescribeStackEventsCommand') {
          const StackEvents = events.map(([LogicalResourceId, ResourceStatus, ResourceStatusReason]) => ({
            LogicalResourceId,
            ResourceStatus,
            ResourceStatusReason,
          }));
          return { StackEvents: StackEvents.reverse() };
        }
        if (name === 'UpdateStackCommand') return {};
        const StackStatus = states.length > 1 ? states.shift()! : states[0]!;
        return { Stacks: [{ StackId: STACK, StackStatus, Parameters: [] }] };
      },
    };
    const sagemaker = { send: async () => ({ EndpointStatus: endpoint, EndpointConfigName: 'config' }) };
    const run = {
      lab: 'monitoring',
      learner: 'me',
      target: 'local',
      clients: { cloudformation, sagemaker, pollMs: 1 },
      clock: { now: () => at(0), sleep: async () => undefined },
      progress: (line: string) => said.push(line),
    } as unknown as LabRun;
    return { run, said };
  }

  test('is waited for where a release or a rollback is under way', async () => {
    const { run, said } = runOf(['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE']);
    expect(await waitForStack(run, place, 'incident')).toBe('UPDATE_COMPLETE');
    expect(said).toEqual([`stack ${STACK}: UPDATE_IN_PROGRESS`, `stack ${STACK}: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS`]);
  });

  test('an endpoint that is being changed is waited for, not deployed again', async () => {
    const { run } = runOf(['UPDATE_IN_PROGRESS'], [], 'Updating');
    await expect(servingVersion(run, place)).rejects.toMatchObject({
      message: 'The endpoint mla-labs-monitoring-me is Updating.',
      next: 'aws sagemaker wait endpoint-in-service --endpoint-name mla-labs-monitoring-me, then run this again',
    });
  });

  test('tells why its update failed, and what to do where the quota is too small', async () => {
    const { run } = runOf(
      ['UPDATE_ROLLBACK_COMPLETE'],
      [
        [STACK, 'UPDATE_IN_PROGRESS', 'User Initiated'],
        ['Model', 'UPDATE_FAILED', 'an earlier update'],
        [STACK, 'UPDATE_ROLLBACK_COMPLETE'],
        [STACK, 'UPDATE_IN_PROGRESS', 'User Initiated'],
        ['Endpoint', 'UPDATE_FAILED', 'ResourceLimitExceeded: ml.t2.medium for endpoint usage is 2 Instances'],
        ['Alarm', 'UPDATE_FAILED', 'Resource update cancelled'],
        [STACK, 'UPDATE_ROLLBACK_IN_PROGRESS'],
      ],
    );
    await expect(updateStackToVersion(run, place, 'arn:2', 'incident')).rejects.toMatchObject({
      message: expect.stringMatching(
        /ended as UPDATE_ROLLBACK_COMPLETE: Endpoint: ResourceLimitExceeded: ml.t2.medium/,
      ),
      next: expect.stringMatching(/take another endpoint down, or ask for more .*step monitoring incident/),
    });
  });
});

test('a responder that did not roll back: what it needs, with commands, and the alarm to be rung anew', () => {
  const place = { group: 'versions', alarms: { errors: 'mla-labs-monitoring-me--errors' } } as LabResources;
  const run = { lab: 'monitoring', learner: 'me', target: 'local' } as LabRun;
  const { message, next } = notRolledBackError(
    run,
    place,
    decision({ reason: 'There is no approved version before.' }),
  );
  expect(message).toBe('The responder did not roll back: There is no approved version before.');
  expect(next).toMatch(
    /update-model-package .*set-alarm-state --alarm-name mla-labs-monitoring-me--errors .*step monit/,
  );
});
