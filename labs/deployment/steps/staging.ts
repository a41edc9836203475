import { endpointLogCommand } from '../../../lib/aws/job-log';
import { saysNothing } from '../../../lib/aws/unasked';
import type { Step, Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, notDone } from '../../../lib/course/say';
import { answersOf } from '../model/flights';
import { ask, difference, refusalOf } from '../endpoint/invoke';
import { newestVersion, releaseOf, untilPassed } from '../aws-cli';
import { evidenceKey } from '../release/evidence';
import { stopOf } from '../failure/stop';
import { rejectFirst, stopped } from '../failure/advice';
import { isVerdict, releasedOr, requireReleased, withPractice, type Released } from '../release/picked';
import { placeOf, s3Uri, type LabPlace } from '../resources';
import { actionIn, actionsOf, ended, passed } from '../release/releases';
import { servingFault } from '../endpoint/serving';
import { aucHere, boosterOf, numbersOf, smokeFlights, tell } from '../approval/smoke-test';
import { startCommand } from '../release/start';
import { requirePassed, standOf, watch } from '../release/wait';

/** See the release in staging, and what the smoke test measured there. */
export const staging: Step = {
  id: 'staging',
  title: 'Staging, and the smoke test’s numbers',
  predict:
    'Staging is serverless, unless you chose an instance: nothing runs while nobody asks. Which request will take longest, and what would a test conclude that does not know it?',
  awsMinutes: 8,
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
  const place = placeOf(run);
  const { release } = await requireReleased(run, place);
  const seen = await watch(run, place, release, 'SmokeTest', 'staging');
  await requirePassed(run, place, seen, 'SmokeTest');
  run.progress(`the smoke test: ${tell(numbersOf(actionIn(seen.actions, 'SmokeTest')!))}`);
  run.progress(`in full: aws s3 cp ${s3Uri(place, evidenceKey(release.id, 'smoke'))} -`);
}

async function check(run: LabRun): Promise<Verdict> {
  const place = placeOf(run);
  const picked = await releasedOr(run, place);
  return isVerdict(picked) ? picked : withPractice(run, picked, await staged(run, place, picked));
}

async function staged(run: LabRun, place: LabPlace, picked: Released): Promise<Verdict> {
  const again = labCommand(run, 'step', 'staging');
  const { release, number, arn } = picked;
  const actions = await actionsOf(run, place, release.id);
  const smoke = actionIn(actions, 'SmokeTest');
  if (!passed(actions, 'SmokeTest')) {
    if (!ended(release)) {
      return notDone(`The release ${release.id} is at ${standOf(release, actions)}.`, `Wait for it: ${again}`);
    }
    const { message, why, next } = stopped(run, place, release, await stopOf(run, place, release, actions));
    return notDone(`${message} ${why}`, next);
  }
  const numbers = numbersOf(smoke!);
  const booster = await boosterOf(run, place, arn);
  if (typeof booster === 'string')
    return notDone(
      `The model of version ${number} cannot be read: ${booster}.`,
      rejectFirst(run, arn, 'Its model cannot be read.'),
    );
  const flights = await smokeFlights(run, place);
  const own = aucHere(booster, flights);
  if (!(Math.abs(own - numbers.auc) <= SAME)) {
    return notDone(
      `The smoke test says AUC ${numbers.auc}; the model of version ${number}, run here on the same flights, has ${own.toFixed(4)}. Staging did not answer with that model.`,
      `Release it again: ${startCommand(place, arn)}; then: ${again}`,
    );
  }
  const told = `Version ${number} passed the smoke test: ${tell(numbers)}; run here on the same ${flights.bodies.length} flights, the model has ${own.toFixed(4)}.`;
  // Later releases bring other versions to staging: what it serves now is of interest while this one is the newest.
  const fault = await servingFault(run, place.staging, arn);
  if (fault) {
    return fault.includes(' serves version ')
      ? done(`${told} Since then, ${fault}.`, labCommand(run, 'step', 'promote'))
      : notDone(`${told} But ${fault}.`, `Release it again: ${startCommand(place, arn)}; then: ${again}`);
  }
  try {
    const answers = await ask(run, place.staging.endpoint, flights.bodies.slice(0, SOME).join('\n'));
    const wrong = difference(answers, answersOf(booster, flights).slice(0, SOME));
    if (wrong) return notDone(`${told} Asked now, staging says something else: ${wrong}.`, `Wait for it: ${again}`);
  } catch (error) {
    if (saysNothing(error)) throw error;
    return notDone(
      `${told} Asked now, staging refuses: ${refusalOf(error)}`,
      `What it says: ${endpointLogCommand(place.staging.endpoint)}. Release it again: ${startCommand(place, arn)}; then: ${again}`,
    );
  }
  return done(`${told} Staging answers ${SOME} of them now as it should.`, labCommand(run, 'step', 'promote'));
}

function explain(run: LabRun): readonly string[] {
  const place = placeOf(run);
  return [
    [
      `version=$(${newestVersion(place, 'Approved')})`,
      `release=$(${releaseOf(place, 'version')})`,
      untilPassed(place, 'SmokeTest'),
    ].join('\n'),
    [
      `version=$(${newestVersion(place, 'Approved')})`,
      `release=$(${releaseOf(place, 'version')})`,
      `aws s3 cp "${s3Uri(place, 'evidence/$release/smoke.json')}" -`,
    ].join('\n'),
  ];
}
