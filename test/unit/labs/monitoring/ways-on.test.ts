/** Each way on changes the state that led to it: what to do where the responder's retraining came to nothing, or its alarm rings on. */
import type { LabRun } from '../../../../lib/course/run';
import type { Decision } from '../../../../labs/monitoring/runtime/responder/decision';
import type { LabResources } from '../../../../labs/monitoring/resources';
import { retrainAgainAdvice, retrainingOf } from '../../../../labs/monitoring/response/retrainings';
import { waitUntilAlarmCanFire } from '../../../../labs/monitoring/alarms/state';
import type { Version } from '../../../../labs/monitoring/endpoint/models';
import { expectedOf, rollbackAdvice } from '../../../../labs/monitoring/steps/incident-check';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 3, minute)).toISOString();
const arn = (number: number): string => `arn:aws:sagemaker:us-east-1:1:model-package/g/${number}`;

/** A decision of a minute past three. */
const decision = (minute: number, change: Partial<Decision> = {}, kind: 'drift' | 'auc' = 'drift'): Decision => ({
  id: `${at(minute)}-${kind}`,
  cause: { alarm: kind, kind, at: at(minute), stateReason: '' },
  action: 'retrain',
  status: 'done',
  reason: 'because',
  evidence: {},
  job: { by: 'training', name: `job-${minute}` },
  timeline: [{ at: at(minute + 5), what: 'It ended.' }],
  ...change,
});
const failed = (minute: number) => decision(minute, { status: 'failed' });
const none = (minute: number) => decision(minute, { action: 'none', job: undefined });
const runAt = (minute: number): LabRun =>
  ({
    lab: 'monitoring',
    learner: 'me',
    target: 'local',
    clock: { now: () => new Date(at(minute)) },
  }) as unknown as LabRun;

describe('the retraining that counts', () => {
  const stands = new Set([arn(2), arn(3)]);

  test.each([
    ['the only one', [decision(1, { registered: arn(2) })], 1],
    [
      'the one whose version stands, though a later one was no better',
      [decision(30), decision(1, { registered: arn(2) })],
      1,
    ],
    ['the one whose version stands, though a later one failed', [failed(30), decision(1, { registered: arn(2) })], 1],
    [
      'the one whose version stands, though another is on its way',
      [decision(30, { status: 'training' }), decision(1, { registered: arn(2) })],
      1,
    ],
    [
      'the newest of two whose versions stand',
      [decision(30, { registered: arn(3) }), decision(1, { registered: arn(2) })],
      30,
    ],
    [
      'the newest where no version stands any more',
      [decision(30, { status: 'training' }), decision(1, { registered: arn(9) })],
      30,
    ],
    [
      'the one that a falling AUC began, where drift came later and found it done',
      [none(30), decision(1, { registered: arn(2) }, 'auc')],
      1,
    ],
  ] as const)('is %s', (_which, decisions, minute) => {
    expect(retrainingOf(decisions, stands)?.cause.at).toBe(at(minute));
  });

  test('is none where the responder did nothing, or could not begin', () => {
    expect(retrainingOf([none(1)], stands)).toBeUndefined();
    expect(retrainingOf([decision(1, { status: 'failed', job: undefined })], stands)).toBeUndefined();
    expect(retrainingOf([], stands)).toBeUndefined();
  });
});

describe('the way to another retraining', () => {
  test('says until when the responder cools down: before, it would do nothing', () => {
    expect(retrainAgainAdvice(runAt(20), [none(15), failed(1)])).toBe(
      'after 04:06 UTC (until then it cools down): ./lab step monitoring drift --target local',
    );
    expect(retrainAgainAdvice(runAt(67), [failed(1)])).toBe('./lab step monitoring drift --target local');
    expect(retrainAgainAdvice(runAt(20), [])).toBe('./lab step monitoring drift --target local');
  });

  test('takes the version away first that would be its answer', () => {
    expect(retrainAgainAdvice(runAt(67), [decision(1, { registered: arn(2) })], arn(2))).toBe(
      `aws sagemaker delete-model-package --model-package-name ${arn(2)}; then ./lab step monitoring drift --target local`,
    );
  });
});

describe('before flights are sent that shall let an alarm ring', () => {
  const place = { alarms: { drift: 'd' } } as LabResources;
  const runOf = (states: string[]) => {
    const said: string[] = [];
    const send = async () => ({
      MetricAlarms: [{ AlarmName: 'd', StateValue: states.length > 1 ? states.shift() : states[0] }],
    });
    const clients = { cloudwatch: { send }, pollMs: 1 };
    const clock = { now: () => new Date(at(0)), sleep: async () => undefined };
    return {
      said,
      run: { ...runAt(0), clients, clock, progress: (line: string) => said.push(line) } as unknown as LabRun,
    };
  };

  test.each([
    ['nobody has answered it', []],
    ['its retraining failed', [failed(1)]],
    ['nothing was done about it', [none(1)]],
  ])('it is waited until it is quiet where %s: one that is on tells nobody again', async (_why, decisions) => {
    const { run, said } = runOf(['ALARM', 'ALARM', 'OK']);
    await waitUntilAlarmCanFire(run, place.alarms.drift, decisions, 'drift');
    expect(said.join()).toContain('it tells nobody again while it is on');
  });

  test.each([
    ['it is quiet', ['OK'], []],
    ['it has been answered', ['ALARM'], [decision(1, { registered: arn(2) })]],
    ['the answer is on its way', ['ALARM'], [decision(1, { status: 'training' })]],
  ])('it is not waited where %s', async (_why, states, decisions) => {
    const { run, said } = runOf([...states]);
    await waitUntilAlarmCanFire(run, place.alarms.drift, decisions as Decision[], 'drift');
    expect(said).toEqual([]);
  });
});

describe('after a rollback', () => {
  const bad = { ModelPackageArn: arn(3) } as Version;
  const serving = (version: string, status = 'InService') => ({ status, version, config: 'c' });
  const way = (now: Parameters<typeof rollbackAdvice>[1]) =>
    rollbackAdvice({ endpoint: 'e' }, now, bad, 'of-the-stack');

  test('a version that was released since serves rightly; the bad one never does', () => {
    expect(expectedOf(serving(arn(1)), bad, arn(1))).toBe(arn(1));
    expect(expectedOf(serving(arn(2)), bad, arn(1))).toBe(arn(2));
    expect(expectedOf(serving(arn(3)), bad, arn(1))).toBe(arn(1));
    expect(expectedOf(undefined, bad, arn(1))).toBe(arn(1));
  });

  test('the way on is a command that changes what serves', () => {
    expect(way(serving(arn(1)))).toBe(
      'aws sagemaker update-endpoint --endpoint-name e --endpoint-config-name of-the-stack',
    );
    expect(way(serving(arn(1), 'Updating'))).toBe('aws sagemaker wait endpoint-in-service --endpoint-name e');
    // Callers have to meet it: the step lets them come.
    expect(way(serving(arn(3)))).toBeUndefined();
  });
});
