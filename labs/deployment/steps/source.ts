import { currentVersion } from '../../../lib/aws/object-versions';
import { numberOf, versionsOf } from '../../../lib/aws/versions';
import type { Step, Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { SERVING } from '../../../lib/flights/serving';
import { done, labCommand, list, notDone } from '../../../lib/course/say';
import { SOURCE_KEY } from '../names';
import { releaseFailureOf, type ReleaseFailure } from '../failure/release-failure';
import { releaseFailedError, releaseFailedVerdict } from '../failure/advice';
import { loadBooster } from '../model/archive';
import { findFirstModel } from '../model/first-model';
import { resourcesOf, s3Uri, type LabResources } from '../resources';
import { actionsOf, hasEnded, stagePassed, releasesOf, type Release } from '../release/releases';
import { sourceZip } from '../source-package/zip';
import { uploadSource } from '../source-package/upload';
import { artifactOf, flawOf, registerModel, type Version } from '../model/versions';
import { releaseProgress, waitForStage } from '../release/wait';
import { zipFault } from '../source-package/zip-fault';
import { explainSource as explain } from './source-commands';

/** Bring a model and the source of the pipeline. */
export const source: Step = {
  id: 'source',
  title: 'Bring a model, and the pipeline’s source',
  predict:
    'You upload the source, and the pipeline starts by itself. No version of the model is approved yet. At which stage will it stop?',
  awsMinutes: 4,
  hints: [
    'The model belongs into the lab’s own bucket and group. What another lab has may be gone tomorrow.',
    `The source is one object, ${SOURCE_KEY}, in the source bucket: the template of the endpoints and what Verify runs.`,
    'The run that follows is red, and that is right. Read what its stage Verify says.',
  ],
  act,
  check,
  explain,
};

/** What Verify says where there is nothing to release. */
const NONE_APPROVED = /no version of .* is approved/i;

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const { archive, ...model } = await findFirstModel(run);
  await registerModel(run, resources, archive, model);
  const begun = await uploadSource(run, resources, sourceZip(), 'source');
  const seen = await waitForStage(run, resources, begun, 'Verify', 'source');
  if (stagePassed(seen.actions, 'Verify')) {
    run.progress('a version is approved already: this release goes on');
    return;
  }
  const stop = await releaseFailureOf(run, resources, seen.release, seen.actions);
  if (stop === undefined || !isRightStop(stop)) throw releaseFailedError(run, resources, seen.release, stop);
  run.progress(`the release stopped at ${stop.stage}, as it should: ${stop.reason}`);
}

const isRightStop = ({ stage, reason }: ReleaseFailure): boolean => stage === 'Verify' && NONE_APPROVED.test(reason);

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'source');
  const versions = (await versionsOf(run, resources.group)).filter((version) => flawOf(version) === undefined);
  const brought = await broughtVersion(run, resources, versions);
  if (typeof brought === 'string') return notDone(brought, `Bring the model, and the source: ${again}`);
  const zip = await zipFault(run, resources);
  if (zip) return notDone(zip, `Upload the source: ${again}`);
  const from = brought.CustomerMetadataProperties!.copiedFrom!;
  const model = `Version ${numberOf(brought)} is in the lab's own group and bucket (${from === 'prepared' ? 'the model of the project' : `copied from ${from}`}).`;
  return (await releaseVerdict(run, resources, model, again)) ?? notDone(model, again);
}

/** The newest version that can be released from here; a string says what is wrong with the newest of all. */
async function broughtVersion(
  run: LabRun,
  resources: LabResources,
  versions: readonly Version[],
): Promise<Version | string> {
  let first: string | undefined;
  for (const version of versions) {
    const fault = await versionFault(run, resources, version);
    if (fault === undefined) return version;
    first ??= `Version ${numberOf(version)} ${fault}.`;
  }
  return first ?? `The group ${resources.group} has no version of a model.`;
}

/** What is wrong with a version; undefined when nothing is. */
async function versionFault(run: LabRun, resources: LabResources, version: Version): Promise<string | undefined> {
  const uri = artifactOf(version) ?? '';
  if (!uri.startsWith(s3Uri(resources, ''))) {
    return `names ${uri || 'no model'}: not in this lab's own bucket, and gone when that lab is`;
  }
  const container = version.InferenceSpecification!.Containers![0]!;
  if (container.Image !== resources.image)
    return `has the image ${container.Image ?? 'none'}, expected ${resources.image}`;
  for (const key of ['SAGEMAKER_PROGRAM', 'SAGEMAKER_SUBMIT_DIRECTORY'] as const) {
    if (container.Environment?.[key] !== SERVING[key]) {
      return `lacks ${key}=${SERVING[key]} in its environment: the container would ignore code/inference.py`;
    }
  }
  const properties = version.CustomerMetadataProperties ?? {};
  const silent = ['copiedFrom', 'testAuc', 'testCalibrationError'].filter((key) => !properties[key]);
  if (silent.length > 0) return `does not say its ${list(silent)}`;
  const booster = await loadBooster(run, uri);
  return typeof booster === 'string' ? `cannot be used: of its model.tar.gz, ${booster}` : undefined;
}

/** About the release that the upload started. */
async function releaseVerdict(
  run: LabRun,
  resources: LabResources,
  model: string,
  again: string,
): Promise<Verdict | undefined> {
  const current = await currentVersion(run, resources.sourceBucket, SOURCE_KEY);
  const release = (await releasesOf(run, resources)).findLast((one) => one.source === current);
  if (release === undefined) {
    return notDone(
      `${model} No release has taken ${SOURCE_KEY} as it is now (version ${current}).`,
      `Wait a minute and check again; or upload it again: ${again}`,
    );
  }
  const actions = await actionsOf(run, resources, release.id);
  const next = labCommand(run, 'step', 'release');
  if (stagePassed(actions, 'Verify')) {
    return done(`${model} The upload started the release ${release.id}, which has passed Verify.`, next);
  }
  if (!hasEnded(release)) {
    return notDone(
      `${model} The release of the source is at ${releaseProgress(release, actions)}.`,
      `Wait, then: ${labCommand(run, 'check', 'source')}`,
    );
  }
  const stop = await releaseFailureOf(run, resources, release, actions);
  return stop && isRightStop(stop)
    ? done(saidOf(model, release, stop), next)
    : releaseFailedVerdict(run, resources, release, stop, model);
}

const saidOf = (model: string, { id }: Release, { stage, reason }: ReleaseFailure): string =>
  `${model} The upload started the release ${id}, which stopped at ${stage}, as it should: ${reason}`;
