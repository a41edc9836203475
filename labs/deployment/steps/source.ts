import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { numberOf, versionsOf } from '../../../lib/aws/versions';
import type { Step, Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { SERVING } from '../../../lib/flights/serving';
import { done, labCommand, list, notDone } from '../../../lib/course/say';
import { SOURCE_KEY } from '../names';
import { stopOf, type Stop } from '../failure/stop';
import { stopped } from '../failure/advice';
import { boosterAt } from '../model/archive';
import { originOf } from '../model/first-model';
import { placeOf, s3Uri, type LabPlace } from '../resources';
import { actionsOf, ended, passed, releasesOf, type Release } from '../release/releases';
import { sourceZip } from '../source-package/zip';
import { releaseSource } from '../source-package/upload';
import { artifactOf, flawOf, registerModel, type Version } from '../model/versions';
import { standOf, watch } from '../release/wait';
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
  const place = placeOf(run);
  const { archive, ...model } = await originOf(run);
  await registerModel(run, place, archive, model);
  const begun = await releaseSource(run, place, sourceZip(), 'source');
  const seen = await watch(run, place, begun, 'Verify', 'source');
  if (passed(seen.actions, 'Verify')) {
    run.progress('a version is approved already: this release goes on');
    return;
  }
  const stop = await stopOf(run, place, seen.release, seen.actions);
  if (stop === undefined || !isRightStop(stop)) throw stopped(run, place, seen.release, stop);
  run.progress(`the release stopped at ${stop.stage}, as it should: ${stop.reason}`);
}

const isRightStop = ({ stage, reason }: Stop): boolean => stage === 'Verify' && NONE_APPROVED.test(reason);

async function check(run: LabRun): Promise<Verdict> {
  const place = placeOf(run);
  const again = labCommand(run, 'step', 'source');
  const versions = (await versionsOf(run, place.group)).filter((version) => flawOf(version) === undefined);
  const brought = await broughtVersion(run, place, versions);
  if (typeof brought === 'string') return notDone(brought, `Bring the model, and the source: ${again}`);
  const zip = await zipFault(run, place);
  if (zip) return notDone(zip, `Upload the source: ${again}`);
  const from = brought.CustomerMetadataProperties!.copiedFrom!;
  const model = `Version ${numberOf(brought)} is in the lab's own group and bucket (${from === 'prepared' ? 'the model of the project' : `copied from ${from}`}).`;
  return (await releaseVerdict(run, place, model, again)) ?? notDone(model, again);
}

/** The newest version that can be released from here; a string says what is wrong with the newest of all. */
async function broughtVersion(run: LabRun, place: LabPlace, versions: readonly Version[]): Promise<Version | string> {
  let first: string | undefined;
  for (const version of versions) {
    const fault = await versionFault(run, place, version);
    if (fault === undefined) return version;
    first ??= `Version ${numberOf(version)} ${fault}.`;
  }
  return first ?? `The group ${place.group} has no version of a model.`;
}

/** What is wrong with a version; undefined when nothing is. */
async function versionFault(run: LabRun, place: LabPlace, version: Version): Promise<string | undefined> {
  const uri = artifactOf(version) ?? '';
  if (!uri.startsWith(s3Uri(place, ''))) {
    return `names ${uri || 'no model'}: not in this lab's own bucket, and gone when that lab is`;
  }
  const container = version.InferenceSpecification!.Containers![0]!;
  if (container.Image !== place.image) return `has the image ${container.Image ?? 'none'}, expected ${place.image}`;
  for (const key of ['SAGEMAKER_PROGRAM', 'SAGEMAKER_SUBMIT_DIRECTORY'] as const) {
    if (container.Environment?.[key] !== SERVING[key]) {
      return `lacks ${key}=${SERVING[key]} in its environment: the container would ignore code/inference.py`;
    }
  }
  const properties = version.CustomerMetadataProperties ?? {};
  const silent = ['copiedFrom', 'testAuc', 'testCalibrationError'].filter((key) => !properties[key]);
  if (silent.length > 0) return `does not say its ${list(silent)}`;
  const booster = await boosterAt(run, uri);
  return typeof booster === 'string' ? `cannot be used: of its model.tar.gz, ${booster}` : undefined;
}

/** About the release that the upload started. */
async function releaseVerdict(
  run: LabRun,
  place: LabPlace,
  model: string,
  again: string,
): Promise<Verdict | undefined> {
  const { VersionId: current } = await run.clients.s3.send(
    new HeadObjectCommand({ Bucket: place.sourceBucket, Key: SOURCE_KEY }),
  );
  const release = (await releasesOf(run, place)).findLast((one) => one.source === current);
  if (release === undefined) {
    return notDone(
      `${model} No release has taken ${SOURCE_KEY} as it is now (version ${current}).`,
      `Wait a minute and check again; or upload it again: ${again}`,
    );
  }
  const actions = await actionsOf(run, place, release.id);
  const next = labCommand(run, 'step', 'release');
  if (passed(actions, 'Verify')) {
    return done(`${model} The upload started the release ${release.id}, which has passed Verify.`, next);
  }
  if (!ended(release)) {
    return notDone(
      `${model} The release of the source is at ${standOf(release, actions)}.`,
      `Wait, then: ${labCommand(run, 'check', 'source')}`,
    );
  }
  const stop = await stopOf(run, place, release, actions);
  return stop && isRightStop(stop)
    ? done(saidOf(model, release, stop), next)
    : wrongStop(run, place, model, release, stop);
}

const saidOf = (model: string, { id }: Release, { stage, reason }: Stop): string =>
  `${model} The upload started the release ${id}, which stopped at ${stage}, as it should: ${reason}`;

function wrongStop(run: LabRun, place: LabPlace, model: string, release: Release, stop: Stop | undefined): Verdict {
  const { message, why, next } = stopped(run, place, release, stop);
  return notDone(`${model} ${message} ${why}`, next);
}
