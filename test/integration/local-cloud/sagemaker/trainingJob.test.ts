import { Caller, FakeCloud, groupIsGone, trainingRequest, until, XGBOOST } from './fakeCloud';

/** Behaves as its hyperparameter `mode` says. */
const TRAIN = `
import argparse, json, os, signal, sys
parser = argparse.ArgumentParser()
parser.add_argument("--mode", default="train")
parser.add_argument("--eta", type=float, default=0.0)
mode = parser.parse_args().mode
rows = open(os.path.join(os.environ["SM_CHANNEL_TRAIN"], "a", "train.csv")).read()
if mode == "hang":
    print("ready", flush=True)
    signal.pause()
if mode == "fail":
    raise ValueError("column dep_delay is not numeric")
if mode == "exit":
    sys.exit(7)
if mode == "crash":
    os.kill(os.getpid(), signal.SIGSEGV)
if mode == "own":
    open(os.environ["SM_OUTPUT_DIR"] + "/failure", "w").write("my own words about " + os.environ["SM_MODEL_DIR"])
    sys.exit(1)
for step in range(3):
    print(f"[{step}]\\ttrain-auc:0.9{step}\\tvalidation-auc:0.7{step}")
print(os.environ["SM_MODEL_DIR"])
if mode != "no-model":
    os.makedirs(os.environ["SM_MODEL_DIR"] + "/code")
    open(os.environ["SM_MODEL_DIR"] + "/code/inference.py", "w").write("")
    open(os.environ["SM_MODEL_DIR"] + "/xgboost-model", "w").write(rows)
    seen = {k: v for k, v in os.environ.items() if k.startswith(("SM_HP", "SM_NUM", "SM_CHANNELS", "TRAINING", "MINE"))}
    seen["literal"] = os.path.exists(os.environ["SM_PREFIX"] + "/opt/ml/input/config/hyperparameters.json")
    open(os.environ["SM_OUTPUT_DATA_DIR"] + "/seen.json", "w").write(json.dumps(seen))
`;

let cloud: FakeCloud;
let caller: Caller;

beforeAll(() => {
  cloud = new FakeCloud();
  caller = new Caller(cloud, { secondMs: 1 });
});

beforeEach(() => {
  cloud.denied.clear();
  cloud.faces.clear();
  cloud.trusted = true;
  cloud.putSource('data/code/source.tar.gz', TRAIN);
  cloud.put('data/split/train/a/train.csv', 'y,x\n1,2\n');
});

afterAll(async () => {
  await caller.service.stop();
  cloud.dispose();
});

const long = { StoppingCondition: { MaxRuntimeInSeconds: 3_000_000 } };

async function train(name: string, mode = 'train', change = {}) {
  await caller.call('CreateTrainingJob', trainingRequest(name, { ...long, HyperParameters: { mode }, ...change }));
  return caller.ended('TrainingJob', name);
}

describe('a command in place of the image’s entry point', () => {
  const { TrainingImage, TrainingInputMode } = trainingRequest('any').AlgorithmSpecification!;
  let count = 0;
  const command = (line: string, more = {}) =>
    train(`command-${(count += 1)}`, '', {
      HyperParameters: {},
      AlgorithmSpecification: {
        TrainingImage,
        TrainingInputMode,
        ContainerEntrypoint: ['/bin/bash'],
        ContainerArguments: ['-c', line],
      },
      ...more,
    });

  it('trains without script mode’s hyperparameters, and leaves its model', async () => {
    const job = await command('cp /opt/ml/input/data/train/a/train.csv /opt/ml/model/rows; echo "$TRAINING_JOB_NAME"');
    expect(job.TrainingJobStatus).toBe('Completed');
    expect(cloud.namesIn(job.ModelArtifacts.S3ModelArtifacts.replace('s3://', ''))).toEqual(['rows']);
    expect(cloud.lines(job.TrainingJobName)).toEqual([job.TrainingJobName]);
  });

  it('fails with its own exit code', async () => {
    const job = await command('echo "no label" > /opt/ml/output/failure; exit 7');
    expect(job.FailureReason).toBe('AlgorithmError: no label, exit code: 7');
  });

  it('tells a failed command with the path of the image’s Python', async () => {
    const job = await command(
      "python3 -c \"import sys; open('/opt/ml/output/failure', 'w').write(sys.executable)\"; exit 7",
    );
    expect(job.FailureReason).toBe('AlgorithmError: /opt/venv/bin/python3, exit code: 7');
  });

  it('has the engine’s libraries, and a pip that installs none', async () => {
    const job = await command('python3 -c "import xgboost" && pip install -q xgboost-cpu mla-labs-none');
    expect(job.FailureReason).toMatch(/exit code: 1$/);
    expect(cloud.lines(job.TrainingJobName).join()).toContain('No matching distribution found for mla-labs-none');
  });

  it('finds its paths in scripts that the SDK for Python brings along', async () => {
    cloud.put('data/drivers/run.sh', 'cat "/opt/ml/input/config/resourceconfig.json" > /opt/ml/model/seen');
    const S3DataSource = { S3Uri: 's3://data/drivers/', S3DataType: 'S3Prefix' };
    const job = await command('. /opt/ml/input/data/sm_drivers/run.sh', {
      InputDataConfig: [{ ChannelName: 'sm_drivers', DataSource: { S3DataSource } }],
    });
    expect(job.TrainingJobStatus).toBe('Completed');
  });

  it('cannot be arguments alone', async () => {
    const AlgorithmSpecification = { TrainingImage, TrainingInputMode, ContainerArguments: ['-c'] };
    await expect(
      caller.call('CreateTrainingJob', trainingRequest('arguments', { AlgorithmSpecification })),
    ).rejects.toThrow('ContainerArguments of CreateTrainingJob without ContainerEntrypoint');
  });
});

describe('a script that trains', () => {
  it('goes through the states, and leaves its model, its output and its log', async () => {
    const job = await train('good', 'train', {
      HyperParameters: { mode: '"train"', eta: '0.1' },
      Environment: { MINE: '1' },
    });
    expect(job.TrainingJobStatus).toBe('Completed');
    expect(job.SecondaryStatusTransitions.map(({ Status }: { Status: string }) => Status)).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ]);
    expect(job.ModelArtifacts.S3ModelArtifacts).toBe('s3://data/models/good/output/model.tar.gz');
    expect(cloud.namesIn('data/models/good/output/model.tar.gz')).toEqual([
      'code/',
      'code/inference.py',
      'xgboost-model',
    ]);
    expect(cloud.namesIn('data/models/good/output/output.tar.gz')).toEqual(['seen.json']);
    expect(job.BillableTimeInSeconds).toBe(job.TrainingTimeInSeconds);
    expect(cloud.lines('good')).toContain('[2]\ttrain-auc:0.92\tvalidation-auc:0.72');
    // Paths are those of the container.
    expect(cloud.lines('good')).toContain('/opt/ml/model');
  });

  it('reports the last value of each metric that XGBoost prints', async () => {
    const job = await train('metrics');
    expect(job.FinalMetricDataList).toMatchObject([
      { MetricName: 'train:auc', Value: 0.92 },
      { MetricName: 'validation:auc', Value: 0.72 },
    ]);
  });

  it('tells its states on the event bus, with times in milliseconds', async () => {
    await train('events');
    const mine = cloud.events.filter(({ detail }) => detail.TrainingJobName === 'events');
    expect(mine.map(({ detail }) => detail.SecondaryStatus).at(-1)).toBe('Completed');
    expect(mine[0]).toMatchObject({
      detailType: 'SageMaker Training Job State Change',
      resources: ['arn:aws:sagemaker:us-east-1:000000000000:training-job/events'],
    });
    expect(typeof mine[0]!.detail.CreationTime).toBe('number');
  });

  it('uploads nothing for a folder that is empty', async () => {
    expect((await train('nothing', 'no-model')).TrainingJobStatus).toBe('Completed');
    expect(cloud.objects.has('data/models/nothing/output/model.tar.gz')).toBe(false);
  });
});

describe('a script that does not train', () => {
  it('fails with its command, and only its log has its words', async () => {
    const job = await train('fails', 'fail');
    expect(job).toMatchObject({ TrainingJobStatus: 'Failed', SecondaryStatus: 'Failed' });
    expect(job.FailureReason).toBe(
      'AlgorithmError: ExecuteUserScriptError:\nCommand "/opt/venv/bin/python3 -m train --mode fail", exit code: 1',
    );
    expect(cloud.lines('fails')).toContain('ValueError: column dep_delay is not numeric');
    expect(cloud.lines('fails').join('\n')).toContain('File "/opt/ml/code/train.py"');
    expect(cloud.objects.has('data/models/fails/output/model.tar.gz')).toBe(false);
  });

  it.each(['exit', 'crash', 'own'])('fails with its command when it does %s', async (mode) => {
    expect((await train(`x-${mode}`, mode)).FailureReason).toBe(
      `AlgorithmError: ExecuteUserScriptError:\nCommand "/opt/venv/bin/python3 -m train --mode ${mode}", exit code: 1`,
    );
  });

  it('is ended after MaxRuntimeInSeconds', async () => {
    const job = await train('late', 'hang', { StoppingCondition: { MaxRuntimeInSeconds: 50 } });
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded' });
    expect(job.FailureReason).toBeUndefined();
  });

  it('is ended when it is stopped, with all its processes', async () => {
    await caller.call('CreateTrainingJob', trainingRequest('stopped', { ...long, HyperParameters: { mode: 'hang' } }));
    await until(async () =>
      (await caller.call('DescribeTrainingJob', { TrainingJobName: 'stopped' })).SecondaryStatus === 'Training'
        ? true
        : undefined,
    );
    await caller.call('StopTrainingJob', { TrainingJobName: 'stopped' });
    const job = await caller.ended('TrainingJob', 'stopped');
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' });
    expect(groupIsGone(cloud.tracked.at(-1)!)).toBe(true);
    await expect(caller.call('StopTrainingJob', { TrainingJobName: 'stopped' })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });
});

describe('what the role may not do', () => {
  it('fails the job, naming action, resource and role', async () => {
    cloud.denied.add('s3:GetObject');
    const { FailureReason } = await train('denied');
    expect(FailureReason).toMatch(
      /^ClientError: .*role\/training is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::data\//,
    );
    expect(cloud.lines('denied')).toEqual([]);
  });

  it('fails the job when it comes to the model', async () => {
    cloud.denied.add('s3:PutObject');
    expect((await train('no-put')).FailureReason).toContain(
      's3:PutObject on resource: "arn:aws:s3:::data/models/no-put/output/model.tar.gz"',
    );
  });

  it('loses the log, and nothing else, without permission to write it', async () => {
    cloud.denied.add('logs:CreateLogStream');
    expect((await train('no-logs')).TrainingJobStatus).toBe('Completed');
    expect(cloud.lines('no-logs')).toEqual([]);
  });
});

describe('an image', () => {
  it.each([
    ['mine:1', /Cannot find repository: mine/],
    ['sagemaker-xgboost:latest', /Cannot find image/],
  ])('that cannot be pulled (%s) fails the job', async (name, reason) => {
    const TrainingImage = XGBOOST.replace(/sagemaker-xgboost.*/, name);
    const job = await train(`i-${name.replace(/\W/g, '-')}`, 'train', {
      AlgorithmSpecification: { TrainingImage, TrainingInputMode: 'File' },
    });
    expect(job.FailureReason).toMatch(reason);
  });
});

describe('a request', () => {
  it.each([
    [
      'metric definitions for XGBoost',
      {
        AlgorithmSpecification: {
          TrainingImage: XGBOOST,
          TrainingInputMode: 'File',
          MetricDefinitions: [{ Name: 'a', Regex: 'b' }],
        },
      },
      "You can't override the metric definitions for Amazon SageMaker algorithms",
    ],
    ['spot without a waiting time', { EnableManagedSpotTraining: true }, 'Invalid MaxWaitTimeInSeconds'],
    [
      'two instances',
      { ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 5 } },
      'more than one instance',
    ],
    [
      'a channel that leaves its folder',
      { InputDataConfig: [{ ChannelName: '..', DataSource: {} }] },
      'The channel name .. would leave the folder of the input data',
    ],
  ])('with %s is refused', async (_what, change, message) => {
    const request = trainingRequest('refused', change as object);
    await expect(caller.call('CreateTrainingJob', request)).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(message),
    });
    await expect(caller.call('DescribeTrainingJob', { TrainingJobName: 'refused' })).rejects.toMatchObject({
      message: 'Requested resource not found.',
    });
  });

  it('for a channel without objects is refused', async () => {
    cloud.objects.delete('data/split/train/a/train.csv');
    await expect(caller.call('CreateTrainingJob', trainingRequest('empty'))).rejects.toMatchObject({
      message: expect.stringContaining('No S3 objects found under S3 URL "s3://data/split/train/"'),
    });
  });

  it('with a role that SageMaker may not assume is refused', async () => {
    cloud.trusted = false;
    await expect(caller.call('CreateTrainingJob', trainingRequest('untrusted'))).rejects.toMatchObject({
      message: expect.stringContaining("allows principal 'sagemaker.amazonaws.com' to assume the role"),
    });
  });

  it('in an account with a quota of 0 is refused in the words of AWS', async () => {
    cloud.faces.add('training-quota-0');
    await expect(caller.call('CreateTrainingJob', trainingRequest('quota'))).rejects.toMatchObject({
      code: 'ResourceLimitExceeded',
      message: expect.stringMatching(
        /^The account-level service limit 'ml.m5.large for training job usage' is 0 Instances/,
      ),
    });
  });

  it('for a name in use is refused, until the job is deleted', async () => {
    await train('again');
    await expect(caller.call('CreateTrainingJob', trainingRequest('again'))).rejects.toMatchObject({
      code: 'ResourceInUse',
      message: expect.stringMatching(
        /^Training job names must be unique within an AWS account and region, .* \(arn:aws:.*training-job\/again\)$/,
      ),
    });
    await caller.call('DeleteTrainingJob', { TrainingJobName: 'again' });
    expect(caller.service.inventory()).not.toContain('sagemaker/training-job/again');
    expect((await train('again')).TrainingJobStatus).toBe('Completed');
  });
});

it('a job that runs cannot be deleted', async () => {
  await caller.call('CreateTrainingJob', trainingRequest('busy', { ...long, HyperParameters: { mode: 'hang' } }));
  await expect(caller.call('DeleteTrainingJob', { TrainingJobName: 'busy' })).rejects.toMatchObject({
    code: 'ResourceInUse',
  });
  await caller.call('StopTrainingJob', { TrainingJobName: 'busy' });
  await caller.ended('TrainingJob', 'busy');
});

it('stopping the cloud ends what runs', async () => {
  const other = new FakeCloud();
  other.putSource('data/code/source.tar.gz', TRAIN);
  other.put('data/split/train/a/train.csv', 'y\n');
  const second = new Caller(other);
  await second.call('CreateTrainingJob', trainingRequest('endless', { HyperParameters: { mode: 'hang' } }));
  await until(() => (other.tracked.length > 1 ? true : undefined));
  await second.service.stop();
  // The system may still have to collect them.
  await until(() => (other.tracked.every(groupIsGone) ? true : undefined));
  await expect(second.call('DescribeTrainingJob', { TrainingJobName: 'endless' })).resolves.toMatchObject({
    TrainingJobStatus: 'Stopped',
  });
  other.dispose();
});
