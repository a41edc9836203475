import { respond } from '../../../../labs/monitoring/runtime/responder/respond';
import { servedBy } from '../../../../lib/flights/serving';
import { sliceOf } from '../../../../labs/monitoring/runtime/responder/training-data';
import { FakeCloud, FLIGHTS, model, SETTINGS } from './responder-world';

/** What wakes the responder besides alarms. */
const WAKE = { source: 'aws.sagemaker' } as object;
const arn = (number: number): string =>
  `arn:aws:sagemaker:us-east-1:123456789012:model-package/mla-labs-monitoring-me/${number}`;

let cloud: FakeCloud;
beforeEach(() => (cloud = new FakeCloud()));

const tell = (event: object, run = 'run-1', settings = SETTINGS) => respond(event, cloud.world(run), settings);

describe('drift', () => {
  test('retrains with the newer months, and registers the better model for approval with where it came from', async () => {
    cloud.put('models/first/model.tar.gz', model(1, 0));
    await tell(cloud.alarm('drift'));
    expect(cloud.decisions).toMatchObject([
      { action: 'retrain', status: 'training', from: arn(1), job: { by: 'training' } },
    ]);
    cloud.finish();
    await tell(WAKE, 'run-2');
    const [decision] = cloud.decisions;
    expect(decision).toMatchObject({ status: 'done', registered: arn(2), measured: { month: '2013-07' } });
    expect(decision!.measured!.candidate).toBeGreaterThan(decision!.measured!.serving);
    expect(cloud.group[1]).toMatchObject({
      status: 'PendingManualApproval',
      metadata: {
        decision: decision!.id,
        job: decision!.job!.name,
        months: '2013-06 2013-07',
        newestMonth: '2013-07',
        servingVersion: '1',
      },
    });
    // As the versions of all labs are.
    const [{ InferenceSpecification: serves } = {}] = cloud.asked;
    expect(serves).toEqual(servedBy('image', serves!.Containers![0]!.ModelDataUrl!, 'us-east-1'));
    expect(cloud.dead).toEqual([]);
  });

  test('writes down what the analysis found that let the alarm go off', async () => {
    cloud.put('monitor/a/summary.json', JSON.stringify({ drifted: [] }));
    cloud.put('monitor/b/summary.json', JSON.stringify({ drifted: ['temp', 'dewp'] }));
    await tell(cloud.alarm('drift'));
    expect(cloud.decisions[0]!.evidence).toMatchObject({
      analysis: { key: 'monitor/b/summary.json', drifted: ['temp', 'dewp'] },
      data: { months: ['2013-06', '2013-07'] },
    });
  });

  test('compares on flights of the newest month that no training saw', async () => {
    await tell(cloud.alarm('drift'));
    const { id } = cloud.decisions[0]!;
    const lines = (part: string) => cloud.objects.get(`retraining/${id}/${part}`)!.toString().trim().split('\n');
    const seen = [...lines('train/train.csv'), ...lines('validation/validation.csv')];
    const heldOut = lines('held-out/2013-07.csv');
    expect(heldOut.length).toBeGreaterThan(50);
    expect(heldOut.filter((line) => seen.includes(line))).toEqual([]);
    expect(heldOut.every((line) => FLIGHTS.includes(line) && sliceOf(line) === 'heldOut')).toBe(true);
  });

  test('a model that is no better is not registered, and the decision says so', async () => {
    await tell(cloud.alarm('drift'));
    cloud.finish('Completed', model(1, 0));
    await tell(WAKE, 'run-2');
    expect(cloud.decisions[0]).toMatchObject({
      status: 'done',
      reason: expect.stringContaining('not better') as string,
    });
    expect(cloud.group).toHaveLength(1);
  });

  test('a job’s end that comes while another run looks is not lost: that run may have looked before', async () => {
    cloud.put('models/first/model.tar.gz', model(1, 0));
    await tell(cloud.alarm('drift'));
    const world = cloud.world('run-2');
    let ending: Promise<unknown> | undefined;
    const job: typeof world.job = async (by, name) => {
      const before = await world.job(by, name);
      cloud.finish();
      ending = tell(WAKE, 'run-3');
      return before;
    };
    await respond(WAKE, { ...world, job }, SETTINGS);
    await ending;
    expect(cloud.decisions[0]).toMatchObject({ status: 'done', registered: arn(2) });
  });

  test('the same alarm five times gives one response', async () => {
    const event = cloud.alarm('drift');
    for (let run = 1; run <= 5; run += 1) await tell(event, `run-${run}`);
    cloud.put('models/first/model.tar.gz', model(1, 0));
    cloud.finish();
    await Promise.all([tell(WAKE, 'a'), tell(WAKE, 'b'), tell(event, 'c')]);
    await tell(event, 'd');
    expect(cloud.decisions).toHaveLength(1);
    expect(cloud.started).toHaveLength(1);
    expect(cloud.group).toHaveLength(2);
  });

  test('where the training quota is 0, the same script runs in a Processing job', async () => {
    cloud.trainingQuota = 0;
    await tell(cloud.alarm('drift'));
    const [decision] = cloud.decisions;
    expect(decision!.job).toMatchObject({ by: 'processing' });
    expect(decision!.timeline.map(({ what }) => what).join()).toContain('service limit is 0');
    cloud.put('models/first/model.tar.gz', model(1, 0));
    cloud.finish();
    await tell(WAKE, 'run-2');
    expect(cloud.decisions[0]).toMatchObject({ status: 'done', registered: arn(2) });
  });

  test('with --compute processing it does not ask for a training job', async () => {
    await tell(cloud.alarm('drift'), 'run-1', { ...SETTINGS, compute: 'processing' });
    expect([...cloud.jobs.keys()]).toEqual([expect.stringMatching(/^processing mla-retrain-me--/)]);
  });

  test('a job that fails is told in the dead-letter queue, with its reason, and lets the lock go', async () => {
    await tell(cloud.alarm('drift'));
    cloud.finish('Failed', model(0, 1), 'AlgorithmError: ExecuteUserScriptError:\nCommand "python"');
    await tell(WAKE, 'run-2');
    const reason = expect.stringMatching(
      /Failed: AlgorithmError: ExecuteUserScriptError: Command "python"\. Its log: aws logs .*TrainingJobs .*-prefix mla-retrain-me--/,
    ) as string;
    expect(cloud.decisions[0]).toMatchObject({ status: 'failed', reason });
    expect(cloud.dead).toMatchObject([{ decision: cloud.decisions[0]!.id, reason }]);
    cloud.pass(61);
    await tell(cloud.alarm('drift'), 'run-3');
    expect(cloud.started).toHaveLength(2);
  });

  test('a failure that cannot be told is not over: the next look tells it', async () => {
    await tell(cloud.alarm('drift'));
    cloud.finish('Failed', model(0, 1), 'AlgorithmError: no data');
    cloud.failAt = 'deadLetter';
    await expect(tell(WAKE, 'run-2')).rejects.toThrow('failed');
    expect(cloud.decisions[0]).toMatchObject({ status: 'training' });
    await tell(WAKE, 'run-3');
    expect(cloud.decisions[0]).toMatchObject({ status: 'failed' });
    expect(cloud.dead).toHaveLength(1);
  });

  test('without newer months there is nothing to learn from, and that is a failure that is told', async () => {
    for (const key of [...cloud.objects.keys()]) if (key.startsWith('data/months/')) cloud.objects.delete(key);
    await tell(cloud.alarm('drift'));
    expect(cloud.decisions[0]).toMatchObject({ status: 'failed' });
    expect(cloud.dead).toMatchObject([{ reason: expect.stringContaining('data/months/') as string }]);
  });
});

describe('bounds', () => {
  test('two alarms at once give one retraining; the other decision says who is on its way', async () => {
    const [drift, auc] = [cloud.alarm('drift'), cloud.alarm('auc')];
    await Promise.all([tell(drift, 'a'), tell(auc, 'b')]);
    expect(cloud.started).toHaveLength(1);
    expect(cloud.decisions.map(({ action }) => action).sort()).toEqual(['none', 'retrain']);
    const no = cloud.decisions.find(({ action }) => action === 'none')!;
    expect(no.reason).toContain('only one retrain at a time');
    expect(no.evidence).toMatchObject({ lock: { name: 'retrain', holder: expect.any(String) as string } });
  });

  test('after a retraining the next waits for the cool-down', async () => {
    await tell(cloud.alarm('drift'));
    cloud.finish();
    await tell(WAKE, 'run-2');
    cloud.pass(30);
    await tell(cloud.alarm('auc'), 'run-3');
    expect(cloud.decisions[1]).toMatchObject({
      action: 'none',
      reason: expect.stringContaining('cool-down') as string,
      evidence: { lock: { name: 'retrain', last: { id: expect.any(String) as string } } },
    });
    // Of the same data there is nothing more to learn.
    cloud.put('data/months/2013-08/a.csv', FLIGHTS.join('\n'));
    cloud.pass(31);
    await tell(cloud.alarm('auc'), 'run-4');
    expect(cloud.started).toHaveLength(2);
  });

  test('a retraining that never ends is given up when its lock expires, and the next may begin', async () => {
    await tell(cloud.alarm('drift'));
    cloud.pass(61);
    await tell(WAKE, 'run-2');
    expect(cloud.decisions[0]).toMatchObject({ status: 'failed', reason: expect.stringContaining('longer') as string });
    expect(cloud.stopped).toHaveLength(1);
    cloud.pass(61);
    await tell(cloud.alarm('drift'), 'run-3');
    expect(cloud.started).toHaveLength(2);
  });

  test('a decision that fails at each look keeps no other waiting', async () => {
    await tell(cloud.alarm('drift'));
    cloud.pass(1);
    cloud.endpoint = { ...cloud.endpoint, version: cloud.version('Approved'), status: 'UPDATE_IN_PROGRESS' };
    cloud.patience = 25_000;
    await tell(cloud.alarm('errors'), 'run-2');
    cloud.patience = 900_000;
    cloud.endpoint = { ...cloud.endpoint, status: 'UPDATE_COMPLETE', changed: cloud.time };
    jest.spyOn(cloud.jobs, 'get').mockImplementationOnce(() => {
      throw new Error('throttled');
    });
    await expect(tell(WAKE, 'run-3')).rejects.toThrow('throttled');
    expect(cloud.decisions.map(({ status }) => status)).toEqual(['training', 'done']);
  });

  test('a retraining does not keep a rollback waiting', async () => {
    cloud.endpoint = { ...cloud.endpoint, version: cloud.version('Approved') };
    await tell(cloud.alarm('drift'), 'a');
    await tell(cloud.alarm('errors'), 'b');
    expect(cloud.decisions.map(({ status }) => status)).toEqual(['training', 'done']);
  });
});

describe('killed in the middle', () => {
  test.each(['create decisions', 'create locks', 'gather', 'started'])(
    'at %s, the retry goes on',
    async (operation) => {
      cloud.killAt = operation;
      const event = cloud.alarm('drift');
      await expect(tell(event)).rejects.toThrow('killed');
      await tell(event);
      expect(cloud.decisions).toMatchObject([{ status: 'training' }]);
      expect(cloud.started).toHaveLength(1);
    },
  );

  test('at the registration, and without a retry, the next look goes on; nothing is registered twice', async () => {
    cloud.put('models/first/model.tar.gz', model(1, 0));
    await tell(cloud.alarm('drift'));
    cloud.finish();
    cloud.killAt = 'register';
    await expect(tell(WAKE, 'run-2')).rejects.toThrow('killed');
    expect(await tell(WAKE, 'run-3')).toEqual([{ ignored: expect.stringContaining('another run') as string }]);
    cloud.pass(16);
    await tell(WAKE, 'run-4');
    await tell(WAKE, 'run-5');
    expect(cloud.decisions[0]).toMatchObject({ status: 'done', registered: arn(2) });
    expect(cloud.group).toHaveLength(2);
  });

  test('a run that fails, and is not killed, keeps nobody waiting: the next event goes on at once', async () => {
    cloud.failAt = 'started';
    await expect(tell(cloud.alarm('drift'))).rejects.toThrow('failed');
    expect(cloud.decisions).toMatchObject([{ status: 'begun' }]);
    await tell(WAKE, 'run-2');
    expect(cloud.decisions).toMatchObject([{ status: 'training' }]);
    expect(cloud.started).toHaveLength(1);
  });

  test('so long that its lock expired, the next look begins again with the whole time', async () => {
    cloud.put('models/first/model.tar.gz', model(1, 0));
    cloud.killAt = 'gather';
    await expect(tell(cloud.alarm('drift'))).rejects.toThrow('killed');
    cloud.pass(61);
    await tell(WAKE, 'run-2');
    cloud.pass(10);
    cloud.finish();
    await tell(WAKE, 'run-3');
    expect(cloud.decisions).toMatchObject([{ status: 'done', registered: arn(2) }]);
    expect(cloud.started).toHaveLength(1);
  });

  test('after a Processing job was begun, the retry asks for no training job, though there is quota by then', async () => {
    cloud.trainingQuota = 0;
    cloud.failAt = 'started';
    await expect(tell(cloud.alarm('drift'))).rejects.toThrow('failed');
    cloud.trainingQuota = 1;
    await tell(WAKE, 'run-2');
    expect([...cloud.jobs.keys()]).toEqual([expect.stringMatching(/^processing /)]);
    expect(cloud.decisions).toMatchObject([{ status: 'training', job: { by: 'processing' } }]);
  });

  test('after the update of a rollback, the retry does not take it for SageMaker’s own', async () => {
    cloud.endpoint = { ...cloud.endpoint, version: cloud.version('Approved') };
    const event = cloud.alarm('errors');
    const world = cloud.world();
    const { update } = world;
    const failing = async (version: string, token: string): Promise<void> => {
      await update(version, token);
      throw new Error('failed after the update');
    };
    await expect(respond(event, { ...world, update: failing }, SETTINGS)).rejects.toThrow('after the update');
    await tell(WAKE, 'run-2');
    expect(cloud.updates).toHaveLength(1);
    expect(cloud.decisions[0]).toMatchObject({ status: 'done', from: arn(2), to: arn(1) });
    expect(cloud.decisions[0]!.timeline.map(({ what }) => what).join()).not.toContain('SageMaker took');
  });

  test('at the update of a rollback, the retry updates once', async () => {
    cloud.endpoint = { ...cloud.endpoint, version: cloud.version('Approved') };
    cloud.killAt = 'update';
    const event = cloud.alarm('errors');
    await expect(tell(event)).rejects.toThrow('killed');
    await tell(event);
    expect(cloud.updates).toHaveLength(1);
    expect(cloud.decisions[0]).toMatchObject({ status: 'done', from: arn(2), to: arn(1) });
  });
});

describe('errors and latency after a release', () => {
  test.each(['errors', 'latency'])('%s: the version before serves again, and the bad one is rejected', async (what) => {
    cloud.endpoint = { ...cloud.endpoint, version: cloud.version('Approved') };
    await tell(cloud.alarm(what));
    expect(cloud.updates).toMatchObject([{ version: arn(1) }]);
    expect(cloud.decisions).toMatchObject([{ action: 'rollback', status: 'done', from: arn(2), to: arn(1) }]);
    expect(cloud.rejected).toMatchObject([{ arn: arn(2), why: expect.stringMatching(/^Rolled back:/) as string }]);
    expect(cloud.endpoint.version).toBe(arn(1));
  });

  test('versions that were rejected or never approved are passed over', async () => {
    cloud.version('Rejected');
    cloud.version('PendingManualApproval');
    cloud.endpoint = { ...cloud.endpoint, version: cloud.version('Approved') };
    await tell(cloud.alarm('errors'));
    expect(cloud.decisions[0]).toMatchObject({ from: arn(4), to: arn(1) });
  });

  test('without an earlier good version it says no, and leaves the endpoint as it is', async () => {
    await tell(cloud.alarm('errors'));
    expect(cloud.decisions[0]).toMatchObject({
      action: 'none',
      status: 'done',
      reason: expect.stringContaining('no approved version before version 1') as string,
    });
    expect(cloud.updates).toEqual([]);
    expect(cloud.rejected).toEqual([]);
  });

  test('a no is no rollback: when there is a good version, the next alarm needs no cool-down', async () => {
    cloud.endpoint = { ...cloud.endpoint, version: cloud.version('Approved') };
    cloud.group[0] = { ...cloud.group[0]!, status: 'Rejected' };
    await tell(cloud.alarm('errors'));
    cloud.group[0] = { ...cloud.group[0], status: 'Approved' };
    cloud.pass(1);
    await tell(cloud.alarm('errors'), 'run-2');
    expect(cloud.decisions.map(({ action, status }) => `${action} ${status}`)).toEqual(['none done', 'rollback done']);
  });

  test('long after the release it is hardly its fault: nothing is rolled back', async () => {
    cloud.endpoint = { ...cloud.endpoint, version: cloud.version('Approved') };
    cloud.pass(26 * 60);
    await tell(cloud.alarm('errors'));
    expect(cloud.decisions[0]).toMatchObject({
      action: 'none',
      reason: expect.stringContaining('hours before') as string,
    });
  });

  test('while the endpoint updates it waits; a release that SageMaker took back is rejected, not rolled back twice', async () => {
    const bad = cloud.version('Approved');
    const updating = { ...cloud.endpoint, version: bad, status: 'UPDATE_IN_PROGRESS' };
    const back = { ...cloud.endpoint, status: 'UPDATE_ROLLBACK_COMPLETE' };
    cloud.looks.push(updating, updating, { ...back, status: 'UPDATE_ROLLBACK_IN_PROGRESS' }, back);
    await tell(cloud.alarm('errors'));
    expect(cloud.updates).toEqual([]);
    expect(cloud.decisions[0]).toMatchObject({ status: 'done', from: bad, to: arn(1) });
    expect(cloud.rejected).toMatchObject([{ arn: bad }]);
  });

  test('an update that outlives the run is waited for by the next look', async () => {
    const bad = cloud.version('Approved');
    cloud.patience = 25_000;
    const updating = { ...cloud.endpoint, version: bad, status: 'UPDATE_IN_PROGRESS' };
    cloud.looks.push(...Array.from({ length: 20 }, () => updating));
    await tell(cloud.alarm('errors'));
    expect(cloud.decisions[0]).toMatchObject({ status: 'begun', from: bad });
    cloud.looks.splice(0, 20, { ...updating, status: 'UPDATE_COMPLETE', changed: cloud.time });
    cloud.patience = 900_000;
    await tell(WAKE, 'run-2');
    expect(cloud.decisions[0]).toMatchObject({ status: 'done', to: arn(1) });
  });

  test('a rollback whose update fails is told in the dead-letter queue', async () => {
    cloud.endpoint = { ...cloud.endpoint, version: cloud.version('Approved') };
    const failed = { ...cloud.endpoint, status: 'UPDATE_ROLLBACK_COMPLETE' };
    cloud.looks.push(cloud.endpoint, cloud.endpoint, failed);
    await tell(cloud.alarm('errors'));
    expect(cloud.decisions[0]).toMatchObject({ status: 'failed' });
    expect(cloud.dead).toHaveLength(1);
  });

  test('errors and latency at once give one rollback', async () => {
    cloud.version('Approved');
    cloud.endpoint = { ...cloud.endpoint, version: cloud.version('Approved') };
    const events = [cloud.alarm('errors'), cloud.alarm('latency')];
    await Promise.all(events.map((event, at) => tell(event, `run-${at}`)));
    expect(cloud.updates).toHaveLength(1);
    expect(cloud.endpoint.version).toBe(arn(2));
  });
});

describe('what is believed', () => {
  test.each([
    ['an alarm of another lab', () => cloud.alarm('of-something-else'), 'not an alarm of this lab'],
    [
      'an alarm that CloudWatch does not know of',
      () => cloud.message('mla-labs-monitoring-me--drift', cloud.time),
      'the message is not from it',
    ],
    ['an alarm that is over', () => cloud.message('mla-labs-monitoring-me--drift', cloud.time, 'OK'), 'reports OK'],
    ['text that is no alarm', () => ({ Records: [{ Sns: { Message: 'rm -rf' } }] }), 'not from an alarm'],
    ['a record of another service', () => ({ Records: [{ s3: {} }] }), 'not from an alarm'],
  ])('%s changes nothing', async (_name, event, why) => {
    expect(await tell(event())).toEqual([{ ignored: expect.stringContaining(why) as string }]);
    expect(cloud.decisions).toEqual([]);
    expect(cloud.started).toEqual([]);
    expect(cloud.updates).toEqual([]);
  });

  test('the reason is CloudWatch’s own, not the message’s', async () => {
    await tell(cloud.alarm('drift'));
    expect(cloud.decisions[0]!.cause.stateReason).toBe('Threshold crossed: drift');
  });
});
