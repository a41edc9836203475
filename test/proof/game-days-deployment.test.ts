/** Game days of lab deployment: each fault shows as its symptom says, is mended in another way than ours, and by `mend`. */
import { faults } from '../../labs/deployment/faults';
import { sourceZip } from '../../labs/deployment/source-package/zip';
import { GameDays } from './game-day';
import { GOOD, Releasing } from './releasing';
import { ROOT, type Stage } from './stage';
import { until } from './until';

let lab: Releasing;
let stage: Stage;
let days: GameDays;
let version: string;
beforeAll(async () => {
  lab = await Releasing.open({ build: 'lambda' });
  stage = lab.stage;
  days = new GameDays(stage, faults);
  await stage.act('source', 'release');
  version = await lab.register(GOOD);
});
afterAll(async () => lab?.close());

/** Runs a line in a learner's shell. */
const type = (line: string): string => {
  const { status, output } = stage.shell(line);
  expect([status, output]).toEqual([0, expect.anything()]);
  return output.trim();
};

/** Begins a game day once the releases before it have come as far as they need. */
async function begin(id: string): Promise<string> {
  await until(async () => (await stage.check('source')).done && (await stage.check('release')).done);
  return days.begin(id);
}

/** The release that a symptom names. */
const releaseIn = (symptom: string): string => /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(symptom)![0];

test('a model that was deleted: uploading the same again mends it, and so does the version behind the marker', async () => {
  expect(await begin('deleted-model')).toContain(version);
  expect((await lab.end(await lab.start(version))).stop).toMatch(/^Verify: .*does not exist/);
  await days.stillIn('deleted-model');
  const uri = type(
    `aws sagemaker describe-model-package --model-package-name ${version} --query 'InferenceSpecification.Containers[0].ModelDataUrl' --output text`,
  );
  type(`aws s3 cp ${ROOT}/data/prepared/model/model.tar.gz ${uri}`);
  await days.mended('deleted-model');
  await lab.until(await lab.start(version), 'Verify', 'Succeeded');

  await begin('deleted-model');
  expect(await days.mend()).toContain('was deleted');
  await lab.until(await lab.start(version), 'Verify', 'Succeeded');
});

test('a transition that is shut: a release waits, and goes on when somebody opens it', async () => {
  const symptom = await begin('disabled-transition');
  const id = releaseIn(symptom);
  expect((await lab.all()).find((one) => one.id === id)).toMatchObject({ status: 'InProgress' });
  await days.stillIn('disabled-transition');
  type(
    `aws codepipeline enable-stage-transition --pipeline-name ${lab.place.pipeline} --stage-name Verify --transition-type Inbound && echo open`,
  );
  await lab.until(id, 'Verify', 'Succeeded');
  await days.mended('disabled-transition');

  const again = releaseIn(await begin('disabled-transition'));
  await days.mend();
  await lab.until(again, 'Verify', 'Succeeded');
});

test('a rule that is disabled: uploads start nothing, until a rule does again', async () => {
  const before = (await lab.all()).length;
  expect(await begin('disabled-rule')).toContain(lab.place.sourceBucket);
  await days.stillIn('disabled-rule');
  expect((await stage.check('source')).saw).toContain('No release has taken source.zip');
  expect(await lab.all()).toHaveLength(before);
  const rule = await stage.physical('AWS::Events::Rule', 'SourceRule');
  const name = rule.replace(/.*[/|]/, '');
  const pattern = type(`aws events describe-rule --name ${name} --query EventPattern --output text`);
  type(`aws events put-rule --name ${name} --state ENABLED --event-pattern '${pattern}'`);
  await days.mended('disabled-rule');
  await lab.until(await lab.upload(sourceZip()), 'Verify', 'Succeeded');

  await begin('disabled-rule');
  await days.mend();
  await lab.until(await lab.upload(sourceZip()), 'Verify', 'Succeeded');
});

test('a template that fits no more: uploading a right source mends it, and so does its earlier version', async () => {
  const symptom = await begin('renamed-parameter');
  const { status, stop } = await lab.end(releaseIn(symptom));
  expect([status, stop]).toEqual(['Failed', expect.stringMatching(/^Verify: .*CaptureS3Uri/)]);
  expect(symptom).toContain('is Failed');
  await days.stillIn('renamed-parameter');
  await stage.act('source');
  await days.mended('renamed-parameter');

  await begin('renamed-parameter');
  await days.mend();
  await lab.until(await lab.start(version), 'Verify', 'Succeeded');
});

test('down takes a lab away with all of its faults in it', async () => {
  const run = await stage.run();
  await until(async () => (await stage.check('source')).done);
  // Uploads start no release once the rule is off, and no release enters Verify once its transition is disabled.
  for (const id of ['renamed-parameter', 'deleted-model', 'disabled-rule', 'disabled-transition']) {
    const fault = days.fault(id);
    await fault.inject(run, await fault.prepare(run));
  }
  await stage.down();
  expect(await stage.stackIsGone()).toBe(true);
});
