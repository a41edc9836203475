/** The hourly schedule has looked at the same flights, among others: what a step found holds, and nobody retrains again. */
import {
  analysisOfReplay,
  laterScheduledResult,
  type AnalysisResult,
  type AnalysisSummary,
} from '../../../../labs/monitoring/analysis/analyses';
import type { Replay } from '../../../../labs/monitoring/capture/captured-requests';
import { respond } from '../../../../labs/monitoring/runtime/responder/respond';
import { FakeCloud, model, SETTINGS } from './responder-world';

const time = (minute: number, second = 0): string => new Date(Date.UTC(2026, 10, 24, 7, minute, second)).toISOString();
/** An analysis of minutes of seven o'clock, finished at another. */
const analysis = (
  execution: string,
  from: string,
  to: string,
  finished: number,
  requests = 1000,
): AnalysisResult<AnalysisSummary> => ({
  summary: { execution, window: { start: from, end: to }, requests, skipped: {}, violations: [], missing: [] },
  folder: `monitor/${execution}/`,
  at: new Date(time(finished)),
});
const sent = { batch: 'held-out', window: { start: time(31, 2), end: time(31, 40) } } as Replay;
const chosen = (...found: readonly AnalysisResult<AnalysisSummary>[]) =>
  analysisOfReplay(found, sent)?.summary.execution;

describe('the analysis of some flights', () => {
  const own = analysis('own', time(31, 2), time(31, 40), 33);
  const hour = analysis('hour', time(0), time(60), 81, 3500);

  test('is the one that looked at them and at little else, though the schedule’s is newer', () => {
    expect(chosen(hour, own)).toBe('own');
    expect(chosen(own, hour, analysis('two-hours', time(-60), time(60), 140, 4000))).toBe('own');
  });

  test('is the newest of those that looked at the same window: the step was done again', () => {
    expect(chosen(own, analysis('again', time(31, 2), time(31, 40), 50), hour)).toBe('again');
    expect(chosen(analysis('again', time(31, 2), time(31, 40), 50), hour, own)).toBe('again');
  });

  test('is the schedule’s, where nobody asked for one', () => {
    expect(chosen(hour)).toBe('hour');
  });

  test('is none of another window', () => {
    expect(
      chosen(analysis('before', time(0), time(31, 10), 33), analysis('after', time(32), time(60), 81)),
    ).toBeUndefined();
  });

  test('of runs that look at an hour each, as Model Monitor’s do, is the one that ended first', () => {
    const asked = analysis('asked', time(-25), time(35), 36);
    expect(chosen(hour, asked)).toBe('asked');
    expect(chosen(asked, hour, analysis('later', time(-10), time(50), 52, 3500))).toBe('asked');
  });

  test('is not one that came before the capture did, once there is a better one', () => {
    const early = analysis('early', time(31, 2), time(31, 40), 32, 12);
    expect(chosen(early)).toBe('early');
    expect(chosen(early, hour)).toBe('hour');
  });

  test('is told of together with what the schedule saw since', () => {
    expect(laterScheduledResult([own], own, sent)).toBe('');
    expect(laterScheduledResult([hour, own], own, sent)).toContain('monitor/hour/');
    expect(laterScheduledResult([hour, own], hour, sent)).toBe('');
    expect(laterScheduledResult([own, analysis('elsewhere', time(40), time(41), 45)], own, sent)).toBe('');
  });
});

describe('drift that was answered already', () => {
  const WAKE = { source: 'aws.sagemaker' } as object;
  let cloud: FakeCloud;
  const tell = (event: object, run: string) => respond(event, cloud.world(run), SETTINGS);
  /** The alarm goes off, and the retraining ends with a better model. */
  async function answered(): Promise<void> {
    await tell(cloud.alarm('drift'), 'run-1');
    cloud.finish();
    await tell(WAKE, 'run-2');
  }
  beforeEach(() => {
    cloud = new FakeCloud();
    cloud.put('models/first/model.tar.gz', model(1, 0));
  });
  const newest = () => cloud.decisions.at(-1)!;

  test.each([
    ['an hour and twenty minutes later, by the schedule', 'drift', 80],
    ['the next day', 'drift', 24 * 60 + 1],
    ['by a falling AUC on the same flights', 'auc', 80],
  ])('starts no second training: %s', async (_when, alarm, minutes) => {
    await answered();
    const before = [...cloud.objects.keys()].filter((key) => key.startsWith('retraining/'));
    cloud.pass(minutes);
    await tell(cloud.alarm(alarm), 'run-3');
    expect(cloud.decisions).toHaveLength(2);
    expect(newest()).toMatchObject({ action: 'none', status: 'done' });
    expect(newest().reason).toMatch(/^Nothing is done: .*-drift has retrained on this very data.*data\/months\//);
    expect(newest().evidence).toMatchObject({ answeredBy: cloud.decisions[0]!.id });
    expect(cloud.started).toHaveLength(1);
    expect(cloud.group).toHaveLength(2);
    expect([...cloud.objects.keys()].filter((key) => key.startsWith('retraining/'))).toEqual(before);
    expect(cloud.dead).toEqual([]);
  });

  test('starts none either where the model was no better: it would be no better again', async () => {
    cloud.put('models/first/model.tar.gz', model(0, 1));
    await tell(cloud.alarm('drift'), 'run-1');
    cloud.finish('Completed', model(1, 0));
    await tell(WAKE, 'run-2');
    cloud.pass(80);
    await tell(cloud.alarm('drift'), 'run-3');
    expect(newest()).toMatchObject({ action: 'none' });
    expect(cloud.started).toHaveLength(1);
  });

  test.each([
    [
      'a newer month has come',
      () =>
        cloud.put(
          'data/months/2013-08/a.csv',
          '0,0.5\n1,1.5\n0,0.25\n1,1.75\n0,0\n1,1\n1,1.1\n0,0.1\n1,1.2\n0,0.2\n1,1.3\n0,0.3\n',
        ),
    ],
    ['the training data was corrected', () => cloud.put('data/train/train.csv', '0,0\n1,1\n1,2\n')],
    ['the version that it became is gone', () => void cloud.group.pop()],
  ])('is answered once more when %s', async (_why, change) => {
    await answered();
    change();
    cloud.pass(80);
    await tell(cloud.alarm('drift'), 'run-3');
    expect(newest()).toMatchObject({ action: 'retrain', status: 'training' });
    expect(cloud.started).toHaveLength(2);
  });

  test('is answered once more when the training failed: that was no answer', async () => {
    await tell(cloud.alarm('drift'), 'run-1');
    cloud.finish('Failed', model(0, 1), 'a machine broke');
    await tell(WAKE, 'run-2');
    cloud.pass(80);
    await tell(cloud.alarm('drift'), 'run-3');
    expect(newest()).toMatchObject({ action: 'retrain', status: 'training' });
  });

  test('a run that is killed between is no earlier answer to itself', async () => {
    cloud.killAt = 'started';
    const event = cloud.alarm('drift');
    await expect(tell(event, 'run-1')).rejects.toThrow('killed');
    await tell(event, 'run-1');
    expect(newest()).toMatchObject({ action: 'retrain', status: 'training' });
    expect(cloud.started).toHaveLength(1);
  });
});
