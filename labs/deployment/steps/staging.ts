import { requestErrorText } from '../../../lib/aws/invoke-endpoint';
import { endpointLogCommand } from '../../../lib/aws/job-log';
import { isInconclusive } from '../../../lib/aws/inconclusive-errors';
import type { Step, Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, notDone } from '../../../lib/course/say';
import { expectedAnswers } from '../model/flights';
import { answerDifference, predictFlights } from '../endpoint/invoke';
import { newestVersionCommand, releaseIdCommand, untilActionEnded } from '../aws-cli';
import { evidenceKey } from '../release/evidence';
import { releaseFailureOf } from '../failure/release-failure';
import { rejectAdvice, releaseFailedVerdict } from '../failure/advice';
import {
  isVerdict,
  releasedVersionOrVerdict,
  requireReleased,
  withFlawedVersionNote,
  type ReleasedVersion,
} from '../release/approved-version';
import { resourcesOf, s3Uri, type LabResources } from '../resources';
import { stageAction, actionsOf, hasEnded, stagePassed } from '../release/releases';
import { servingFault } from '../endpoint/serving';
import {
  computeAuc,
  boosterOfVersion,
  smokeTestResultOf,
  smokeTestFlights,
  describeSmokeTest,
} from '../approval/smoke-test';
import { startReleaseCommand } from '../release/start';
import { requireStagePassed, releaseProgress, waitForStage } from '../release/wait';

/** See the release in staging, and what the smoke test measured there. */
export const staging: Step = {
  id: 'staging',
  title: 'Staging, and the smoke test’s numbers',
  predict:
    'Staging is serverless, unless you chose an instance: nothing runs while nobody asks. Which request will take longest, and what would a test conclude that does not know it?',
  awsMinutes: 8,
  begunBy: 'release',
  hints: [
    'The pipeline does this stage by itself: wait, and read. aws codepipeline get-pipeline-state shows each stage.',
    'The smoke test’s numbers are output variables of its action, and in full in evidence/<execution>/smoke.json of the data bucket.',
    'A stage that failed on something that is mended now can be tried again: aws codepipeline retry-stage-execution. A new release does as well.',
  ],
  act,
  check,
  explain,
};

/** Flights of one request to staging, for the check. */
const SOME = 25;
/** The smoke test tells four places. */
const SAME = 0.00006;

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const { release } = await requireReleased(run, resources);
  const seen = await waitForStage(run, resources, release, 'SmokeTest', 'staging');
  await requireStagePassed(run, resources, seen, 'SmokeTest');
  run.progress(`the smoke test: ${describeSmokeTest(smokeTestResultOf(stageAction(seen.actions, 'SmokeTest')!))}`);
  run.progress(`in full: aws s3 cp ${s3Uri(resources, evidenceKey(release.id, 'smoke'))} -`);
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const picked = await releasedVersionOrVerdict(run, resources);
  return isVerdict(picked) ? picked : withFlawedVersionNote(run, picked, await staged(run, resources, picked));
}

async function staged(run: LabRun, resources: LabResources, picked: ReleasedVersion): Promise<Verdict> {
  const again = labCommand(run, 'step', 'staging');
  const { release, number, arn } = picked;
  const actions = await actionsOf(run, resources, release.id);
  const smoke = stageAction(actions, 'SmokeTest');
  if (!stagePassed(actions, 'SmokeTest')) {
    if (!hasEnded(release)) {
      return notDone(`The release ${release.id} is at ${releaseProgress(release, actions)}.`, `Wait for it: ${again}`);
    }
    const stop = await releaseFailureOf(run, resources, release, actions);
    return releaseFailedVerdict(run, resources, release, stop);
  }
  const numbers = smokeTestResultOf(smoke!);
  const booster = await boosterOfVersion(run, resources, arn);
  if (typeof booster === 'string')
    return notDone(
      `The model of version ${number} cannot be read: ${booster}.`,
      rejectAdvice(run, arn, 'Its model cannot be read.'),
    );
  const flights = await smokeTestFlights(run, resources);
  const own = computeAuc(booster, flights);
  if (!(Math.abs(own - numbers.auc) <= SAME)) {
    return notDone(
      `The smoke test says AUC ${numbers.auc}; the model of version ${number}, run here on the same flights, has ${own.toFixed(4)}. Staging did not answer with that model.`,
      `Release it again: ${startReleaseCommand(resources, arn)}; then: ${again}`,
    );
  }
  const told = `Version ${number} passed the smoke test: ${describeSmokeTest(numbers)}; run here on the same ${flights.bodies.length} flights, the model has ${own.toFixed(4)}.`;
  // Later releases bring other versions to staging: what it serves now is of interest while this one is the newest.
  const fault = await servingFault(run, resources.staging, arn);
  if (fault) {
    return fault.includes(' serves version ')
      ? done(`${told} Since then, ${fault}.`, labCommand(run, 'step', 'promote'))
      : notDone(`${told} But ${fault}.`, `Release it again: ${startReleaseCommand(resources, arn)}; then: ${again}`);
  }
  try {
    const answers = await predictFlights(run, resources.staging.endpoint, flights.bodies.slice(0, SOME).join('\n'));
    const wrong = answerDifference(answers, expectedAnswers(booster, flights).slice(0, SOME));
    if (wrong) return notDone(`${told} Asked now, staging says something else: ${wrong}.`, `Wait for it: ${again}`);
  } catch (error) {
    if (isInconclusive(error)) throw error;
    return notDone(
      `${told} Asked now, staging refuses: ${requestErrorText(error)}`,
      `What it says: ${endpointLogCommand(resources.staging.endpoint)}. Release it again: ${startReleaseCommand(resources, arn)}; then: ${again}`,
    );
  }
  return done(`${told} Staging answers ${SOME} of them now as it should.`, labCommand(run, 'step', 'promote'));
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  return [
    [
      `version=$(${newestVersionCommand(resources, 'Approved')})`,
      `release=$(${releaseIdCommand(resources, 'version')})`,
      untilActionEnded(resources, 'SmokeTest'),
    ].join('\n'),
    [
      `version=$(${newestVersionCommand(resources, 'Approved')})`,
      `release=$(${releaseIdCommand(resources, 'version')})`,
      `aws s3 cp "${s3Uri(resources, 'evidence/$release/smoke.json')}" -`,
    ].join('\n'),
  ];
}
