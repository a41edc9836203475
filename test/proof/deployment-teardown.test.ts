/** A lab with all that can go on in it goes: by plain stack deletion, by `down`, by its lease. A neighbour's lab stays. */
import {
  BatchGetProjectsCommand,
  CreateProjectCommand,
  type CreateProjectCommandInput,
  ListBuildsForProjectCommand,
} from '@aws-sdk/client-codebuild';
import { CreatePipelineCommand, GetPipelineCommand } from '@aws-sdk/client-codepipeline';
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { CreateModelPackageGroupCommand } from '@aws-sdk/client-sagemaker';
import { sagemakerTags } from '../../lib/aws/sagemaker';
import { versionsOf } from '../../lib/aws/versions';
import { tagsOf } from '../../lib/course/names';
import type { LabRun } from '../../lib/course/run';
import type { LabResources } from '../../labs/deployment/resources';
import { sendEvents, serve, watch } from './by-hand';
import { GOOD, Releasing, scripted } from './releasing';
import { sourceFiles, sourceZip } from '../../labs/deployment/source-package/zip';
import { Lease } from './lease';
import { Stage } from './stage';
import { until } from './until';

let stage: Stage;
let neighbour: Releasing;
let theirs: string;
let before: readonly string[];
beforeAll(async () => {
  stage = await Stage.open('deployment');
  // Whose lab's names begin like ours, with a pipeline and buckets of its own.
  await stage.up('me-production', { build: 'lambda' });
  neighbour = await Releasing.of(stage, 'me-production');
  theirs = await neighbour.register(GOOD, 'Theirs.');
  await neighbour.promote(theirs);
  before = await inventory();
});
afterAll(() => stage?.close());

/** Logs of the neighbour's functions come when they come. */
async function inventory(): Promise<string[]> {
  return (await stage.target.inventory()).filter((one) => !/me-production/.test(one) || !/log/i.test(one));
}

async function changed(): Promise<{ more: string[]; fewer: string[] }> {
  const now = await inventory();
  return { more: now.filter((one) => !before.includes(one)), fewer: before.filter((one) => !now.includes(one)) };
}

/** Production serves, a release waits for approval, a build goes on, and a learner has made what the console offers. */
async function goingOn(): Promise<void> {
  await stage.up();
  const lab = await Releasing.of(stage);
  await lab.promote(await lab.register(GOOD, 'The first.'));
  const waits = await lab.release(await lab.register(scripted('# waits'), 'Waits.'));
  await lab.until(waits, 'Approval', 'InProgress');
  const buildspec = 'version: 0.2\nphases:\n  build:\n    commands: ["sleep 3600"]\n';
  const build = await lab.upload(sourceZip({ ...sourceFiles(), 'buildspec.yml': Buffer.from(buildspec) }));
  await lab.until(build, 'Verify', 'InProgress');
  const { ids } = await stage.target.clients.codebuild.send(
    new ListBuildsForProjectCommand({ projectName: lab.place.buildProject }),
  );
  expect(ids!.length).toBeGreaterThan(3);
  await byHand(await stage.run(), lab.place);
  const { more } = await changed();
  for (const sort of ['endpoint', 'build', 'alarm', 'stack']) {
    expect(more.some((one) => one.toLowerCase().includes(sort))).toBe(true);
  }
}

async function byHand(run: LabRun, place: LabResources): Promise<void> {
  const name = 'made-in-the-console';
  const [version] = await versionsOf(run, place.group);
  await serve(run, name, place.endpointRole, version!.ModelPackageArn!);
  await watch(run, name, name, 'v', `/aws/sagemaker/Endpoints/${place.production.endpoint}`);
  const pipeline = `arn:aws:codepipeline:${run.region}:${run.account}:${place.pipeline}`;
  await sendEvents(run, name, pipeline, place.deployRole);
  const Tags = sagemakerTags(tagsOf('deployment', 'me'));
  const group = { ModelPackageGroupName: 'my-own-versions', Tags };
  await run.clients.sagemaker.send(new CreateModelPackageGroupCommand(group));
  const { codepipeline, codebuild } = run.clients;
  const { pipeline: theLabs } = await codepipeline.send(new GetPipelineCommand({ name: place.pipeline }));
  await codepipeline.send(new CreatePipelineCommand({ pipeline: { ...theLabs!, name, version: undefined } }));
  const { projects } = await codebuild.send(new BatchGetProjectsCommand({ names: [place.buildProject!] }));
  const [{ source, artifacts, environment, serviceRole } = {}] = projects!;
  await codebuild.send(
    new CreateProjectCommand({ name, source, artifacts, environment, serviceRole } as CreateProjectCommandInput),
  );
  const upload = { Bucket: place.bucket, Key: 'data/never-completed.csv' };
  await run.clients.s3.send(new CreateMultipartUploadCommand(upload));
}

async function nothingButTheNeighbour(): Promise<void> {
  expect(await changed()).toEqual({ more: [], fewer: [] });
  expect(await neighbour.serving()).toBe(theirs);
}

test('what the neighbour’s own pipeline says names commands of the neighbour', async () => {
  const [first] = (await neighbour.all()).slice(-1);
  expect(await neighbour.told(first!.id)).toContain('(./lab step deployment release --learner me-production)');
});

test('plain stack deletion, with production serving, a release waiting and a build running: nothing survives it', async () => {
  await goingOn();
  await stage.destroy();
  await nothingButTheNeighbour();
});

test('`down` in the same state: nothing survives it', async () => {
  await goingOn();
  await stage.down();
  await nothingButTheNeighbour();
});

test('a lease that is over in the same state: nothing survives it', async () => {
  await goingOn();
  const lease = await Lease.of(stage);
  await lease.end();
  await lease.act();
  await until(() => stage.stackIsGone());
  await nothingButTheNeighbour();
});
