import type { CreateProcessingJobRequest } from '@aws-sdk/client-sagemaker';
import { Caller, FakeCloud, ROLE, SKLEARN, until } from './fakeCloud';

const RUN = `
import json, os, signal, sys
prefix = os.environ.get("SM_PREFIX", "")
mode, data = os.environ.get("MODE"), sys.argv[sys.argv.index("--data") + 1]
rows = open(os.path.join(data, "test.csv")).read().splitlines()
print("rows", len(rows), data)
if mode == "hang":
    signal.pause()
if mode == "fail":
    open(prefix + "/opt/ml/output/message", "w").write("two columns are missing")
    sys.exit(3)
out = prefix + "/opt/ml/processing/evaluation/deep"
os.makedirs(out)
json.dump({"rows": len(rows), "job": json.load(open(prefix + "/opt/ml/config/processingjobconfig.json"))["ProcessingJobName"]}, open(out + "/evaluation.json", "w"))
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
  cloud.put('data/code/run.py', RUN);
  cloud.put('data/split/test/test.csv', '1\n2\n3\n');
});

afterAll(async () => {
  await caller.service.stop();
  cloud.dispose();
});

function input(InputName: string, S3Uri: string) {
  return {
    InputName,
    S3Input: {
      S3Uri,
      LocalPath: `/opt/ml/processing/input/${InputName}`,
      S3DataType: 'S3Prefix' as const,
      S3InputMode: 'File' as const,
    },
  };
}

function request(name: string, change: Partial<CreateProcessingJobRequest> = {}): CreateProcessingJobRequest {
  return {
    ProcessingJobName: name,
    RoleArn: ROLE,
    AppSpecification: {
      ImageUri: SKLEARN,
      ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/run.py'],
      ContainerArguments: ['--data', '/opt/ml/processing/input/data'],
    },
    ProcessingResources: { ClusterConfig: { InstanceType: 'ml.t3.medium', InstanceCount: 1, VolumeSizeInGB: 5 } },
    ProcessingInputs: [input('code', 's3://data/code/run.py'), input('data', 's3://data/split/test')],
    ProcessingOutputConfig: {
      Outputs: [
        {
          OutputName: 'evaluation',
          S3Output: {
            S3Uri: `s3://data/eval/${name}`,
            LocalPath: '/opt/ml/processing/evaluation',
            S3UploadMode: 'EndOfJob',
          },
        },
      ],
    },
    StoppingCondition: { MaxRuntimeInSeconds: 604_800 },
    ...change,
  };
}

async function run(name: string, change: Partial<CreateProcessingJobRequest> = {}) {
  await caller.call('CreateProcessingJob', request(name, change));
  return caller.ended('ProcessingJob', name);
}

it('runs the script on its inputs, and uploads what it wrote', async () => {
  expect((await run('good')).ProcessingJobStatus).toBe('Completed');
  expect(JSON.parse(cloud.objects.get('data/eval/good/deep/evaluation.json')!.toString())).toEqual({
    rows: 3,
    job: 'good',
  });
  expect(cloud.lines('good')).toEqual(['rows 3 /opt/ml/processing/input/data']);
  expect([...cloud.logs.keys()].some((name) => name.startsWith('/aws/sagemaker/ProcessingJobs:good/algo-1-'))).toBe(
    true,
  );
});

it('gives another result for other data', async () => {
  cloud.put('data/split/test/test.csv', '1\n');
  await run('other');
  expect(cloud.objects.get('data/eval/other/deep/evaluation.json')!.toString()).toContain('"rows": 1');
});

it('runs a shell command as entry point', async () => {
  const app = {
    ImageUri: SKLEARN,
    ContainerEntrypoint: ['bash', '-c'],
    ContainerArguments: ['wc -l < /opt/ml/processing/input/data/test.csv'],
  };
  expect((await run('shell', { AppSpecification: app })).ProcessingJobStatus).toBe('Completed');
  expect(cloud.lines('shell').map((line) => line.trim())).toEqual(['3']);
});

it('fails with the exit code and the message of its script, and uploads nothing', async () => {
  expect(await run('fails', { Environment: { MODE: 'fail' } })).toMatchObject({
    ProcessingJobStatus: 'Failed',
    FailureReason: 'AlgorithmError: See job logs for more information, exit code: 3',
    ExitMessage: 'two columns are missing',
  });
  expect([...cloud.objects.keys()].filter((key) => key.startsWith('data/eval/fails'))).toEqual([]);
});

it('fails for an input without objects', async () => {
  const job = await run('empty', { ProcessingInputs: [input('data', 's3://data/none/')] });
  expect(job.FailureReason).toMatch(/^ClientError: .*No S3 objects found under S3 URL "s3:\/\/data\/none\/"/);
});

it('fails where the role may not read, or may not write', async () => {
  cloud.denied.add('s3:GetObject');
  expect((await run('no-get')).FailureReason).toContain('not authorized to perform: s3:GetObject');
  cloud.denied.clear();
  cloud.denied.add('s3:PutObject');
  expect((await run('no-put')).FailureReason).toContain(
    's3:PutObject on resource: "arn:aws:s3:::data/eval/no-put/deep/evaluation.json"',
  );
});

it('fails for a program that the image does not have', async () => {
  const app = { ImageUri: SKLEARN, ContainerEntrypoint: ['java', '-version'] };
  expect((await run('java', { AppSpecification: app })).FailureReason).toContain(
    'exec: "java": executable file not found',
  );
});

it('is ended when it is stopped, and after MaxRuntimeInSeconds', async () => {
  const Environment = { MODE: 'hang' };
  expect(await run('late', { Environment, StoppingCondition: { MaxRuntimeInSeconds: 50 } })).toMatchObject({
    ProcessingJobStatus: 'Stopped',
    FailureReason: expect.stringContaining('MaxRuntimeInSeconds'),
  });
  await caller.call('CreateProcessingJob', request('stopped', { Environment }));
  await until(
    async () => (await caller.call('DescribeProcessingJob', { ProcessingJobName: 'stopped' })).ProcessingStartTime,
  );
  await caller.call('StopProcessingJob', { ProcessingJobName: 'stopped' });
  const stopped = await caller.ended('ProcessingJob', 'stopped');
  expect(stopped.ProcessingJobStatus).toBe('Stopped');
  expect(stopped.FailureReason).toBeUndefined();
});

it('refuses paths outside of /opt/ml/processing, and more instances than a new account has', async () => {
  const outside = {
    ...input('data', 's3://data/split/test'),
    S3Input: { ...input('data', 's3://data/split/test').S3Input, LocalPath: '/opt/ml/processing/../../../etc' },
  };
  await expect(
    caller.call('CreateProcessingJob', request('outside', { ProcessingInputs: [outside] })),
  ).rejects.toMatchObject({ code: 'ValidationException' });
  cloud.faces.add('training-quota-0');
  const large = { ClusterConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 5 } };
  await expect(
    caller.call('CreateProcessingJob', request('large', { ProcessingResources: large })),
  ).rejects.toMatchObject({ code: 'ResourceLimitExceeded' });
  expect((await run('medium')).ProcessingJobStatus).toBe('Completed');
});

it('is found in lists, and gone after it is deleted', async () => {
  await run('listed');
  const names = async () =>
    (await caller.call('ListProcessingJobs', { NameContains: 'LISTED' })).ProcessingJobSummaries.map(
      (job: { ProcessingJobName: string }) => job.ProcessingJobName,
    );
  expect(await names()).toEqual(['listed']);
  await caller.call('DeleteProcessingJob', { ProcessingJobName: 'listed' });
  expect(await names()).toEqual([]);
});
