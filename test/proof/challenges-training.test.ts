/** Challenges of lab training: nothing at first, all points for the reference solution and for odd right answers, and each fault costs its own criterion. */
import { runProcessing, runTraining } from '../../lib/aws/sagemaker';
import { putObject } from '../../lib/aws/s3';
import { numberOf, versionsOf } from '../../lib/aws/versions';
import { uploadCode } from '../../labs/training/jobs/code';
import { scriptProcessingRequest, trainingRequest } from '../../labs/training/jobs/requests';
import { CHALLENGE_MODELS, DATA, jobName, resourcesOf, s3Uri } from '../../labs/training/resources';
import { DECISION } from '../../labs/training/challenges/warn-crews';
import { grade, solve } from './grading';
import { Stage } from './stage';

let stage: Stage;
let before: readonly string[];
beforeAll(async () => {
  stage = await Stage.open('training');
  before = await stage.target.inventory();
  await stage.up();
  await stage.act('data', 'train', 'tune', 'evaluate', 'register');
});
afterAll(() => stage?.close());

const waiting = { minutes: 60, next: '' };

/** Trains with other hyperparameters. @param channels slices that are read beside train and validation */
async function train(parameters: Readonly<Record<string, string>>, ...channels: string[]): Promise<void> {
  const run = await stage.run();
  const resources = resourcesOf(run);
  const request = trainingRequest(run, resources, await uploadCode(run, resources), jobName(run, 'train'));
  const more = channels.map((ChannelName) => ({
    ...request.InputDataConfig![0]!,
    ChannelName,
    DataSource: {
      S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: s3Uri(resources, `${DATA}${ChannelName}/`) },
    },
  }));
  await runTraining(
    run,
    {
      ...request,
      HyperParameters: { ...request.HyperParameters, ...parameters },
      InputDataConfig: [...request.InputDataConfig!, ...more],
      OutputDataConfig: { S3OutputPath: s3Uri(resources, CHALLENGE_MODELS) },
    },
    waiting,
  );
}

describe('pocket-model', () => {
  test('at the start there is nothing to grade, though models of the steps stand', async () => {
    const { code, points, of, told } = await grade(stage, 'pocket-model');
    expect({ code, points, of }).toEqual({ code: 1, points: 0, of: 10 });
    expect(told.small).toContain('No job of this lab has left a model below models/challenges/');
  });

  test('half of the first model is still too large', async () => {
    await train({ num_round: '30' });
    const { points, told } = await grade(stage, 'pocket-model');
    expect(points).toBe(0);
    expect(told.small).toMatch(/has 400 leaves or fewer; the smallest, of \S+, has 4\d\d/);
  });

  test('a small model that is not good enough lacks that alone', async () => {
    await train({ num_round: '4' });
    const { met, told } = await grade(stage, 'pocket-model');
    expect(met).toEqual(['small', 'honest']);
    expect(told.good).toMatch(/has AUC 0\.\d{4}, and 0\.745 is asked/);
  });

  test('one that read the held-out flights lacks that alone', async () => {
    await train({ max_depth: '3', eta: '0.5', num_round: '49' }, 'test');
    const { met, told } = await grade(stage, 'pocket-model');
    expect(met).toEqual(['small', 'good']);
    expect(told.honest).toMatch(/read s3:\/\/\S+\/data\/test\/ as well/);
  });

  test('as well: a few deep trees, by a Processing job', async () => {
    const run = await stage.run();
    const resources = resourcesOf(run);
    const name = jobName(run, 'train');
    const request = scriptProcessingRequest(run, resources, await uploadCode(run, resources), name, 'train');
    const [output] = request.ProcessingOutputConfig!.Outputs!;
    const words = ['--max_depth', '5', '--eta', '0.5', '--num_round', '12'];
    const S3Output = { ...output!.S3Output!, S3Uri: s3Uri(resources, `${CHALLENGE_MODELS}${name}/output/`) };
    await runProcessing(
      run,
      {
        ...request,
        AppSpecification: {
          ...request.AppSpecification!,
          ContainerArguments: [...request.AppSpecification!.ContainerArguments!, ...words],
        },
        ProcessingOutputConfig: { Outputs: [{ ...output!, S3Output }] },
      },
      waiting,
    );
    expect(await grade(stage, 'pocket-model')).toMatchObject({ code: 0, points: 10, told: {} });
  });

  test('the reference solution has all points', async () => {
    await solve(stage, 'pocket-model');
    expect(await grade(stage, 'pocket-model')).toMatchObject({ code: 0, points: 10, told: {} });
  });

  test.each(['train', 'evaluate', 'register'])('the step %s is as it was', async (step) => {
    expect(await stage.check(step)).toMatchObject({ done: true });
  });
});

describe('warn-crews', () => {
  async function decide(decision: unknown): Promise<void> {
    const run = await stage.run();
    const text = typeof decision === 'string' ? decision : JSON.stringify(decision);
    await putObject(run, resourcesOf(run).bucket, DECISION, Buffer.from(text), 'application/json');
  }
  /** Versions as the step made them: the first model, and the best of the search. */
  async function versions(): Promise<{ first: number; best: number }> {
    const run = await stage.run();
    const all = (await versionsOf(run, resourcesOf(run).group)).map(numberOf);
    return { first: Math.min(...all), best: Math.max(...all) };
  }

  test('at the start there is nothing to grade', async () => {
    const { code, points, of, told } = await grade(stage, 'warn-crews');
    expect({ code, points, of }).toEqual({ code: 1, points: 0, of: 10 });
    expect(told.decided).toContain('There is no s3://');
  });

  test.each([
    ['no JSON', 'half', /it is no JSON/],
    ['a version that there is not', { version: 99, threshold: 0.3 }, /there is no version 99; there is 2 and 1/],
    ['a threshold in percent', { version: 1, threshold: 23 }, /no probability from 0 to 1/],
  ])('%s decides nothing', async (_what, decision, says) => {
    await decide(decision);
    const { points, told } = await grade(stage, 'warn-crews');
    expect(points).toBe(0);
    expect(told.decided).toMatch(says);
  });

  test('half, as nobody asked what an error costs: too many are missed', async () => {
    await decide({ version: (await versions()).best, threshold: 0.5 });
    const { met, told } = await grade(stage, 'warn-crews');
    expect(met).toEqual(['decided', 'desk']);
    expect(told.cost).toMatch(/costs 0\.8\d{3}, and at most 0\.58 is asked/);
  });

  test('what would be cheapest without a desk fits no desk', async () => {
    await decide({ version: (await versions()).best, threshold: 1 / 6 });
    const { met, told } = await grade(stage, 'warn-crews');
    expect(met).toEqual(['decided', 'cost']);
    expect(told.desk).toMatch(/[45]\d\.\d % of the held-out flights/);
  });

  test('the first model costs too much whatever its threshold', async () => {
    const { first } = await versions();
    for (const threshold of [0.22, 0.23, 0.24, 0.26]) {
      await decide({ version: first, threshold });
      expect((await grade(stage, 'warn-crews')).points).toBeLessThan(10);
    }
  });

  test('the reference solution has all points', async () => {
    await solve(stage, 'warn-crews');
    expect(await grade(stage, 'warn-crews')).toMatchObject({ code: 0, points: 10, told: {} });
  });
});

test('what challenges made goes with the lab', async () => {
  const { code, out, err } = await stage.cli('down training --target local --yes');
  expect(code === 0 ? '' : `${out}${err}`).toBe('');
  expect(await stage.target.inventory()).toEqual(before);
});
