import type { CreateHyperParameterTuningJobRequest, ParameterRanges } from '@aws-sdk/client-sagemaker';
import { Caller, FakeCloud, SCRIPT, SKLEARN, trainingDefinition, until } from './fakeCloud';

/** Its AUC is best at x = 0.5; it prints as many rounds as it is told. */
const TRAIN = `
import argparse, os, time
parser = argparse.ArgumentParser()
parser.add_argument("-x", type=float, default=0)
parser.add_argument("--depth", type=int, default=1)
parser.add_argument("--kind", default="a")
parser.add_argument("--mode", default="train")
parser.add_argument("--rounds", type=int, default=1)
given = parser.parse_args()
if given.mode == "fail":
    raise ValueError("no")
if given.mode == "meet":
    # Comes to its end only while another training runs.
    folder = os.environ["MEETING"]
    open(os.path.join(folder, str(os.getpid())), "w").close()
    while len(os.listdir(folder)) < 2:
        time.sleep(0.01)
for step in range(given.rounds):
    print(f"[{step}]\\tvalidation-auc:{1 - abs(given.x - 0.5)}", flush=True)
if given.mode == "linger" and given.x != 0.5:
    time.sleep(60)
open(os.environ["SM_MODEL_DIR"] + "/m", "w").write("m")
`;

const X: ParameterRanges = { ContinuousParameterRanges: [{ Name: 'x', MinValue: '0', MaxValue: '1' }] };

let cloud: FakeCloud;
let caller: Caller;

beforeAll(() => {
  cloud = new FakeCloud();
  caller = new Caller(cloud);
  cloud.putSource('data/code/source.tar.gz', TRAIN);
  cloud.put('data/split/train/train.csv', 'y\n');
});

afterEach(() => cloud.faces.clear());

afterAll(async () => {
  await caller.service.stop();
  cloud.dispose();
});

interface Options {
  readonly ranges?: ParameterRanges;
  readonly strategy?: 'Bayesian' | 'Random' | 'Grid';
  readonly most?: number;
  readonly parallel?: number;
  readonly seed?: number;
  readonly fixed?: Record<string, string>;
  readonly early?: 'Auto' | 'Off';
  readonly environment?: Record<string, string>;
}

function request(name: string, options: Options = {}): CreateHyperParameterTuningJobRequest {
  return {
    HyperParameterTuningJobName: name,
    HyperParameterTuningJobConfig: {
      Strategy: options.strategy ?? 'Random',
      HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'validation:auc' },
      ResourceLimits: { MaxNumberOfTrainingJobs: options.most ?? 3, MaxParallelTrainingJobs: options.parallel ?? 1 },
      ParameterRanges: options.ranges ?? X,
      TrainingJobEarlyStoppingType: options.early ?? 'Off',
      RandomSeed: options.seed ?? 1,
    },
    TrainingJobDefinition: {
      StaticHyperParameters: { ...SCRIPT, ...options.fixed },
      ...trainingDefinition(),
      Environment: options.environment,
    },
    Tags: [{ Key: 'mla-labs:lab', Value: 'training' }],
  };
}

async function tune(name: string, options: Options = {}) {
  await caller.call('CreateHyperParameterTuningJob', request(name, options));
  return caller.ended('HyperParameterTuningJob', name);
}

async function children(name: string, input: object = {}) {
  const answer = await caller.call('ListTrainingJobsForHyperParameterTuningJob', {
    HyperParameterTuningJobName: name,
    MaxResults: 100,
    ...input,
  });
  return answer.TrainingJobSummaries as {
    TrainingJobName: string;
    TrainingJobArn: string;
    TrainingJobStatus: string;
    TunedHyperParameters: Record<string, string>;
    FinalHyperParameterTuningJobObjectiveMetric?: { Value: number };
  }[];
}

it('trains as often as it may, and names the training with the best objective', async () => {
  const job = await tune('best', { most: 3 });
  expect(job).toMatchObject({
    HyperParameterTuningJobStatus: 'Completed',
    TrainingJobStatusCounters: { Completed: 3, InProgress: 0, Stopped: 0, NonRetryableError: 0, RetryableError: 0 },
    ObjectiveStatusCounters: { Succeeded: 3, Pending: 0, Failed: 0 },
  });
  const all = await children('best', { SortBy: 'FinalObjectiveMetricValue', SortOrder: 'Descending' });
  const nearest = [...all].sort(
    (a, b) => Math.abs(+a.TunedHyperParameters.x! - 0.5) - Math.abs(+b.TunedHyperParameters.x! - 0.5),
  );
  expect(all).toEqual(nearest);
  expect(job.BestTrainingJob.TrainingJobName).toBe(nearest[0]!.TrainingJobName);
});

it('makes training jobs like any other, named, tagged and linked as AWS does', async () => {
  await tune('child', { most: 1, fixed: { rounds: '2' } });
  const [child] = await children('child');
  expect(child!.TrainingJobName).toMatch(/^child-001-[0-9a-f]{8}$/);
  const job = await caller.call('DescribeTrainingJob', { TrainingJobName: child!.TrainingJobName });
  expect(job.TuningJobArn).toBe('arn:aws:sagemaker:us-east-1:000000000000:hyper-parameter-tuning-job/child');
  expect(job.HyperParameters).toEqual({
    ...SCRIPT,
    rounds: '2',
    _tuning_objective_metric: 'validation:auc',
    ...child!.TunedHyperParameters,
  });
  expect((await caller.call('ListTags', { ResourceArn: child!.TrainingJobArn })).Tags).toEqual([
    { Key: 'mla-labs:lab', Value: 'training' },
  ]);
});

it('runs as many trainings at a time as it may', async () => {
  const MEETING = `${cloud.folder}/meeting`;
  (await import('node:fs')).mkdirSync(MEETING);
  const job = await tune('parallel', { most: 2, parallel: 2, fixed: { mode: 'meet' }, environment: { MEETING } });
  expect(job.TrainingJobStatusCounters.Completed).toBe(2);
});

it('chooses the same again with the same seed, and something else with another', async () => {
  const values = async (name: string) =>
    (await children(name)).map(({ TunedHyperParameters }) => TunedHyperParameters.x);
  await tune('seed-a', { seed: 5 });
  await tune('seed-b', { seed: 5 });
  await tune('seed-c', { seed: 6 });
  expect(await values('seed-a')).toEqual(await values('seed-b'));
  expect(await values('seed-a')).not.toEqual(await values('seed-c'));
});

it('Bayesian search learns from what it has seen', async () => {
  const job = await tune('bayes', { strategy: 'Bayesian', most: 16 });
  const all = (await children('bayes')).map(({ TunedHyperParameters }) => Math.abs(+TunedHyperParameters.x! - 0.5));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(job.HyperParameterTuningJobStatus).toBe('Completed');
  expect(mean(all.slice(-6))).toBeLessThan(mean(all.slice(0, 6)));
});

it('tries every combination of a grid once', async () => {
  await tune('grid', {
    strategy: 'Grid',
    most: 4,
    ranges: {
      CategoricalParameterRanges: [
        { Name: 'kind', Values: ['a', 'b'] },
        { Name: 'depth', Values: ['1', '2'] },
      ],
    },
  });
  const tried = (await children('grid')).map(({ TunedHyperParameters: { kind, depth } }) => `${kind}${depth}`);
  expect(tried.sort()).toEqual(['a1', 'a2', 'b1', 'b2']);
});

it('stops a training that is clearly worse than those before it', async () => {
  // x = 0.5 ends by itself; any other is slow, and worse.
  const job = await tune('early', {
    most: 3,
    early: 'Auto',
    strategy: 'Grid',
    fixed: { mode: 'linger', rounds: '20' },
    ranges: { CategoricalParameterRanges: [{ Name: 'x', Values: ['0.5', '0.50', '0.1'] }] },
  });
  expect(job.TrainingJobStatusCounters).toMatchObject({ Completed: 2, Stopped: 1 });
  const stopped = (await children('early', { StatusEquals: 'Stopped' }))[0]!;
  expect(stopped.TunedHyperParameters.x).toBe('0.1');
  expect(stopped.FinalHyperParameterTuningJobObjectiveMetric!.Value).toBeCloseTo(0.6);
});

it('gives up when no training succeeds', async () => {
  const job = await tune('hopeless', { most: 9, fixed: { mode: 'fail' } });
  expect(job.HyperParameterTuningJobStatus).toBe('Failed');
  expect(job.FailureReason).toMatch(/^No training job succeeded after 5 attempts/);
  expect(job.TrainingJobStatusCounters.NonRetryableError).toBe(5);
  expect(job.BestTrainingJob).toBeUndefined();
});

it('stops with its trainings, and leaves them when it is deleted', async () => {
  await caller.call('CreateHyperParameterTuningJob', request('stop', { parallel: 2, fixed: { mode: 'linger' } }));
  await until(async () => ((await children('stop')).length === 2 ? true : undefined));
  await expect(
    caller.call('DeleteHyperParameterTuningJob', { HyperParameterTuningJobName: 'stop' }),
  ).rejects.toMatchObject({ code: 'ValidationException' });
  await caller.call('StopHyperParameterTuningJob', { HyperParameterTuningJobName: 'stop' });
  const job = await caller.ended('HyperParameterTuningJob', 'stop');
  expect(job).toMatchObject({
    HyperParameterTuningJobStatus: 'Stopped',
    TrainingJobStatusCounters: { Stopped: 2, InProgress: 0 },
  });
  const names = (await children('stop')).map(({ TrainingJobName }) => TrainingJobName);
  await caller.call('DeleteHyperParameterTuningJob', { HyperParameterTuningJobName: 'stop' });
  await expect(
    caller.call('DescribeHyperParameterTuningJob', { HyperParameterTuningJobName: 'stop' }),
  ).rejects.toMatchObject({ code: 'ResourceNotFound' });
  expect((await caller.call('DescribeTrainingJob', { TrainingJobName: names[0] })).TrainingJobStatus).toBe('Stopped');
});

describe('a request', () => {
  it.each<[string, Partial<Options>, string]>([
    [
      'a minimum above the maximum',
      { ranges: { ContinuousParameterRanges: [{ Name: 'x', MinValue: '0.5', MaxValue: '0.1' }] } },
      'hyperparameter x, [0.5], must be less than or equal to its MaxValue, [0.1]',
    ],
    [
      'too few combinations',
      { ranges: { IntegerParameterRanges: [{ Name: 'depth', MinValue: '1', MaxValue: '2' }] } },
      "You don't have enough combinations of hyperparameter ranges.",
    ],
    [
      'a logarithmic scale from 0',
      {
        ranges: {
          ContinuousParameterRanges: [{ Name: 'x', MinValue: '0', MaxValue: '1', ScalingType: 'Logarithmic' }],
        },
      },
      'Logarithmic scaling',
    ],
    ['a range for what is fixed', { fixed: { x: '1' } }, 'both as a static hyperparameter and as a range'],
    ['no ranges', { ranges: {} }, 'at least one parameter range'],
    [
      'a bound that is no number',
      { ranges: { IntegerParameterRanges: [{ Name: 'depth', MinValue: 'one', MaxValue: '9' }] } },
      'is not a number',
    ],
    ['more at a time than in all', { most: 1, parallel: 2 }, 'MaxParallelTrainingJobs [2] cannot be greater'],
  ])('with %s is refused before anything is trained', async (_what, options, message) => {
    const before = caller.service.inventory();
    await expect(caller.call('CreateHyperParameterTuningJob', request('refused', options))).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(message),
    });
    expect(caller.service.inventory()).toEqual(before);
  });

  it('for an objective that the image does not report is refused', async () => {
    const input = request('metric');
    input.HyperParameterTuningJobConfig!.HyperParameterTuningJobObjective!.MetricName = 'validation:beauty';
    await expect(caller.call('CreateHyperParameterTuningJob', input)).rejects.toMatchObject({
      message: expect.stringContaining('validation:beauty'),
    });
    input.TrainingJobDefinition!.AlgorithmSpecification = {
      TrainingImage: SKLEARN,
      TrainingInputMode: 'File',
      MetricDefinitions: [{ Name: 'validation:beauty', Regex: 'validation-auc:([0-9.]+)' }],
    };
    await caller.call('CreateHyperParameterTuningJob', input);
    expect((await caller.ended('HyperParameterTuningJob', 'metric')).ObjectiveStatusCounters.Succeeded).toBe(3);
  });

  it('in an account with a quota of 0 is refused', async () => {
    cloud.faces.add('training-quota-0');
    await expect(caller.call('CreateHyperParameterTuningJob', request('quota', { parallel: 2 }))).rejects.toMatchObject(
      {
        code: 'ResourceLimitExceeded',
        message: expect.stringContaining('a request delta of 2 Instances'),
      },
    );
  });
});
