/** A learner who works with the stock AWS CLI and answers wrongly on the way: each check must see it and say so. */
import { ListHyperParameterTuningJobsCommand, UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { versionsOf } from '../../lib/aws/versions';
import { resourcesOf } from '../../labs/training/resources';
import { candidatesOf, trainedModels } from '../../labs/training/models/trained';
import { Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open('training');
  await stage.up();
});
afterAll(() => stage?.close());

/** Does a step with the commands that --explain prints, each in a shell of its own; its check was not done and is done. */
async function byHand(id: string): Promise<void> {
  expect((await stage.check(id)).done).toBe(false);
  const lines = stage.step(id).explain(await stage.run());
  expect(lines.join('\n')).not.toMatch(/\b[A-Z]{3,}-(JOB|NUMBER|VERSION)\b|\bITS-BUCKET\b/);
  for (const line of lines) expect({ line, ...stage.shell(line) }).toMatchObject({ status: 0 });
  expect(await stage.check(id)).toMatchObject({ done: true });
}

async function told(id: string): Promise<string> {
  const { done, saw, next } = await stage.check(id);
  return `${done ? 'done' : 'not done'}: ${saw} ${next}`;
}

test('train before data: refused before it costs anything, with the command that comes first', async () => {
  expect(await stage.failure('train')).toMatch(/has no training data.*\.\/lab step training data/);
});

test('data, with the AWS CLI', () => byHand('data'));
test('train, with the AWS CLI', () => byHand('train'));

describe('tune', () => {
  const wrong: [string, string, RegExp][] = [
    [
      'bounds the wrong way round',
      '{"eta":{"type":"continuous","min":0.4,"max":0.1,"scale":"logarithmic"},"max_depth":{"type":"integer","min":8,"max":4,"scale":"linear"}}',
      /eta: min 0\.4 is not below max 0\.1; .*max_depth: min 8/,
    ],
    [
      'the template as it is',
      '{"eta":{"type":"continuous","min":0,"max":0,"scale":"logarithmic"},"max_depth":{"type":"integer","min":0,"max":0,"scale":"linear"}}',
      /eta: min 0 is not below max 0/,
    ],
    ['no JSON', 'eta from 0.1 to 0.4', /JSON/],
  ];
  test.each(wrong)('%s: every fault is named, and no job is started', async (_what, text, says) => {
    stage.write('space.json', text);
    expect(await stage.failure('tune')).toMatch(says);
    const { sagemaker } = stage.target.clients;
    const { HyperParameterTuningJobSummaries } = await sagemaker.send(new ListHyperParameterTuningJobsCommand({}));
    expect(HyperParameterTuningJobSummaries).toEqual([]);
  });

  test('a space without the good models: it searches, and the check says that nothing was gained', async () => {
    stage.write(
      'space.json',
      '{"eta":{"type":"continuous","min":0.01,"max":0.02,"scale":"logarithmic"},"max_depth":{"type":"integer","min":2,"max":3,"scale":"linear"}}',
    );
    await stage.act('tune');
    expect(await told('tune')).toMatch(/^not done: .*found nothing better.*Change the space/);
  });

  test('with a good space and the AWS CLI', async () => {
    stage.writeSolution('tune');
    await byHand('tune');
  });
});

describe('evaluate', () => {
  test('a job that is none of the search: refused, naming those that are', async () => {
    stage.write('choice.json', '{"job":"mla-hpo-somebody"}');
    expect(await stage.failure('evaluate')).toMatch(/"mla-hpo-somebody" is none of the search's jobs: mla-hpo-me--/);
  });

  test('the worse model: evaluated, and the check shows why it is the wrong one', async () => {
    const run = await stage.run();
    const worst = candidatesOf(await trainedModels(run, resourcesOf(run))).at(-1)!;
    stage.write('choice.json', JSON.stringify({ job: worst.name }));
    await stage.act('evaluate');
    expect(await told('evaluate')).toMatch(
      new RegExp(`^not done: You chose ${worst.name}: train:auc 0\\.\\d{4}, validation:auc`),
    );
  });

  test('by the right metric, with the AWS CLI', async () => {
    stage.writeSolution('evaluate');
    await byHand('evaluate');
  });
});

test('register, with the AWS CLI: figures and lineage are those that the step writes', async () => {
  await byHand('register');
  const run = await stage.run();
  const byCommand = await versionsOf(run, resourcesOf(run).group);
  const plain = (versions: typeof byCommand): unknown[] =>
    versions.map(({ CustomerMetadataProperties, ModelMetrics, InferenceSpecification, ModelPackageDescription }) => ({
      CustomerMetadataProperties,
      ModelMetrics,
      InferenceSpecification,
      ModelPackageDescription,
    }));
  for (const { ModelPackageArn } of byCommand) {
    expect(stage.shell(`aws sagemaker delete-model-package --model-package-name ${ModelPackageArn}`)).toMatchObject({
      status: 0,
    });
  }
  await stage.act('register');
  expect(plain(await versionsOf(run, resourcesOf(run).group))).toEqual(plain(byCommand));
});

describe('approve', () => {
  const decide = async (right: boolean): Promise<string> => {
    const run = await stage.run();
    const [newer, older] = (await versionsOf(run, resourcesOf(run).group)).map((one) => one.ModelPackageVersion!);
    const reason = 'AUC on the test slice 0.77 or so, calibration error below 0.02.';
    const [yes, no] = right ? [newer, older] : [older, newer];
    return JSON.stringify({ approve: { version: yes, reason }, reject: { version: no, reason } });
  };

  test('a version that does not exist, or a reason without a figure: nothing is decided', async () => {
    stage.write(
      'decision.json',
      '{"approve":{"version":9,"reason":"0.77 is best"},"reject":{"version":1,"reason":"0.75 is worse"}}',
    );
    expect(await stage.failure('approve')).toMatch(/there is no version 9/);
    stage.write('decision.json', (await decide(true)).replaceAll(/\d\.\d+/g, 'some'));
    expect(await stage.failure('approve')).toMatch(/names no figure/);
    expect(await told('approve')).toMatch(/^not done: 2 of 2 versions wait/);
  });

  test('the wrong version: approved as asked, and the check holds it to the rule', async () => {
    stage.write('decision.json', await decide(false));
    await stage.act('approve');
    expect(await told('approve')).toMatch(
      /^not done: Approved: version \d.* By the rule of the guide it should be another one/,
    );
  });

  test('the right one, with the AWS CLI', async () => {
    stage.write('decision.json', await decide(true));
    await byHand('approve');
  });
});

describe('rollback', () => {
  test('only half of it: the older version approved again, and a consumer still takes the newer', async () => {
    const run = await stage.run();
    const older = (await versionsOf(run, resourcesOf(run).group)).at(-1)!;
    const ModelPackageArn = older.ModelPackageArn!;
    await stage.target.clients.sagemaker.send(
      new UpdateModelPackageCommand({
        ModelPackageArn,
        ModelApprovalStatus: 'Approved',
        ApprovalDescription: 'In use again, 0.759.',
      }),
    );
    expect(await told('rollback')).toMatch(
      /^not done: Version \d+ is approved again, but so is \d+, and a consumer takes the newest/,
    );
  });

  test('with the AWS CLI', () => byHand('rollback'));

  test('again: nothing is rolled back twice', async () => {
    await stage.act('rollback');
    expect(await stage.check('rollback')).toMatchObject({ done: true });
  });
});
