/** Jobs that go wrong, as a learner's own script makes them: each step says what failed, why, and what to do. */
import { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { makeTarGz } from '../../lib/aws/archive';
import { listObjects, putObject } from '../../lib/aws/s3';
import type { LabRun } from '../../lib/course/run';
import type { CodeVersion } from '../../labs/training/jobs/code';
import { resourcesOf, type LabResources } from '../../labs/training/resources';
import { Stage } from './stage';

/** The learner's own train.py, and limit; undefined where both are the lab's. */
let mockScript: string | undefined;
let mockLimit: number | undefined;

jest.mock('../../labs/training/jobs/code', () => {
  const real = jest.requireActual<typeof import('../../labs/training/jobs/code')>('../../labs/training/jobs/code');
  return {
    ...real,
    uploadCode: (run: LabRun, place: LabResources) =>
      mockScript === undefined ? real.uploadCode(run, place) : uploadScript(run, place, mockScript),
  };
});
jest.mock('../../labs/training/jobs/requests', () => {
  const real = jest.requireActual<typeof import('../../labs/training/jobs/requests')>(
    '../../labs/training/jobs/requests',
  );
  return {
    ...real,
    trainingRequest: (...given: Parameters<typeof real.trainingRequest>) => ({
      ...real.trainingRequest(...given),
      ...(mockLimit !== undefined && { StoppingCondition: { MaxRuntimeInSeconds: mockLimit } }),
    }),
  };
});

async function uploadScript(run: LabRun, place: LabResources, script: string): Promise<CodeVersion> {
  const version = { sha256: '0'.repeat(64), archive: 'code/mine/source.tar.gz', files: 'code/mine/files/' };
  await putObject(
    run,
    place.bucket,
    version.archive,
    makeTarGz([{ name: 'train.py', content: Buffer.from(script) }]),
    'application/gzip',
  );
  return version;
}

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open('training');
  await stage.up();
  await stage.act('data');
});
afterAll(() => stage?.close());

async function told(id: string): Promise<string> {
  const { done, saw, next } = await stage.check(id);
  return `${done ? 'done' : 'not done'}: ${saw} ${next}`;
}

describe('a script of the learner’s', () => {
  afterEach(() => {
    mockScript = undefined;
    mockLimit = undefined;
  });

  test('that fails: the step gives its last words and the command that shows the log', async () => {
    mockScript = 'import sys\nprint("reading")\nraise ValueError("the column distance is a text")\n';
    const said = await stage.failure('train');
    expect(said).toMatch(/ended as Failed.*ValueError: the column distance is a text.*aws logs/s);
    // SageMaker itself names the command alone, as on AWS.
    expect(said).toMatch(/says no more than: AlgorithmError: ExecuteUserScriptError: Command/);
    expect(stage.shell(/aws logs .*/.exec(said)![0]).output).toContain('ValueError: the column distance is a text');
    expect(await told('train')).toMatch(/^not done: .*the column distance is a text/s);
  });

  test('that hangs past MaxRuntime: stopped, and the step says that it was the limit', async () => {
    mockScript = 'import time\nprint("waiting", flush=True)\ntime.sleep(3600)\n';
    mockLimit = 1;
    expect(await stage.failure('train')).toMatch(/ended as Stopped.*ran past its limit of 1 seconds/);
    expect(await told('train')).toMatch(/^not done: .*ended as Stopped: It ran past its limit of 1 seconds/);
  });

  test('that writes no model: the job completes, the step does not', async () => {
    mockScript = 'print("[0]\\ttrain-auc:0.99000\\tvalidation-auc:0.99000")\n';
    expect(await stage.failure('train')).toMatch(/completed and left no model: .*SM_MODEL_DIR/);
    expect(await told('train')).toMatch(/^not done: The model of .* cannot be used/);
  });

  test('that trained nothing and says that it did: the check believes no metric', async () => {
    mockScript = [
      'import os',
      'print("[0]\\ttrain-auc:0.99000\\tvalidation-auc:0.99000")',
      'os.makedirs(os.path.join(os.environ["SM_MODEL_DIR"], "code"))',
      'open(os.path.join(os.environ["SM_MODEL_DIR"], "code", "inference.py"), "w").write("pass")',
      'open(os.path.join(os.environ["SM_MODEL_DIR"], "model.json"), "w").write("{}")',
    ].join('\n');
    await stage.act('train');
    expect(await told('train')).toMatch(/^not done: The model of .* cannot be used: .*objective is missing/);
  });
});

describe('data that is not what it should be', () => {
  const KEY = 'data/train/train.csv';
  const read = async (key: string): Promise<string> => {
    const Bucket = resourcesOf(await stage.run()).bucket;
    return (await stage.target.clients.s3.send(new GetObjectCommand({ Bucket, Key: key }))).Body!.transformToString();
  };
  const write = async (key: string, text: string): Promise<void> => {
    const Bucket = resourcesOf(await stage.run()).bucket;
    await stage.target.clients.s3.send(new PutObjectCommand({ Bucket, Key: key, Body: text, ContentType: 'text/csv' }));
  };
  afterEach(() => stage.act('data'));

  test.each<[string, (lines: string[]) => string[], RegExp]>([
    [
      'a text in a column of numbers',
      (lines) => lines.with(7, lines[7]!.replace(/^([^,]*,[^,]*),[^,]*/, '$1,morning')),
      /line 8.*morning|morning.*line 8/,
    ],
    ['a missing column', (lines) => lines.map((line) => line.slice(0, line.lastIndexOf(','))), /columns/],
    ['only flights in time', (lines) => lines.filter((line) => line.startsWith('0')), /class|only|label/i],
  ])('%s: the job fails, and step and checks say what it is', async (_what, change, says) => {
    const lines = (await read(KEY)).trimEnd().split('\n').slice(0, 5000);
    await write(KEY, `${change(lines).join('\n')}\n`);
    expect(await stage.failure('train')).toMatch(says);
    expect((await stage.check('train')).done).toBe(false);
    expect(await told('data')).toMatch(/^not done: data\/train\/ is not right/);
  });

  test('an empty channel: SageMaker’s reason, or ours before it', async () => {
    const run = await stage.run();
    const place = resourcesOf(run);
    const there = await listObjects(run, place.bucket, 'data/validation/');
    const Delete = { Objects: there.map(({ key }) => ({ Key: key })) };
    await stage.target.clients.s3.send(new DeleteObjectsCommand({ Bucket: place.bucket, Delete }));
    expect(await stage.failure('train')).toMatch(/has no training data.*step training data/);
  });

  test('labels of other flights: AUC falls to a half, and the check of train refuses', async () => {
    for (const slice of ['train', 'validation']) {
      const key = `data/${slice}/${slice}.csv`;
      const lines = (await read(key)).trimEnd().split('\n');
      const labels = lines.map((line) => line[0]!);
      let state = 2013;
      for (let i = labels.length - 1; i > 0; i -= 1) {
        state = (state * 48271) % 2147483647;
        const j = state % (i + 1);
        [labels[i], labels[j]] = [labels[j]!, labels[i]!];
      }
      await write(key, `${lines.map((line, i) => labels[i]! + line.slice(1)).join('\n')}\n`);
    }
    // Rows and shares are those of the plan: what the late flights have in common tells, and a model.
    expect(await told('data')).toMatch(/^not done: .*labels and flights do not belong together/);
    await stage.act('train');
    const said = await told('train');
    expect(said).toMatch(/^not done: .*hardly better than chance/);
    const auc = Number(/the model of \S+ has AUC (0\.\d+)/.exec(said)![1]);
    expect(Math.abs(auc - 0.5)).toBeLessThan(0.02);
  });
});

describe('a permission missing from the role of the jobs', () => {
  const without = async (action: string, step: string): Promise<string> => {
    const giveBack = await stage.revoke(await stage.physical('AWS::IAM::Role', 'TrainRole'), action);
    try {
      return await stage.failure(step);
    } finally {
      await giveBack();
    }
  };

  test.each(['s3:GetObject', 's3:PutObject'])('%s: the training fails there, naming it', async (action) => {
    expect(await without(action, 'train')).toContain(action);
    expect((await stage.check('train')).done).toBe(false);
    const denied = await stage.target.denied();
    expect(denied.some((one) => one.action === action && one.principal.includes('TrainRole'))).toBe(true);
  });

  test('with its permissions back, train succeeds', async () => {
    await stage.act('train');
    expect(await stage.check('train')).toMatchObject({ done: true });
  });

  test('s3:GetObject: the tuning job fails, and the step names it', async () => {
    expect(await without('s3:GetObject', 'tune')).toContain('s3:GetObject');
    expect((await stage.check('tune')).done).toBe(false);
  });
});
