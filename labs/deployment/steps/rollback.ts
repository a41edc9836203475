import { decide, numberOf } from '../../../lib/aws/versions';
import type { Step } from '../../../lib/course/model';
import { Exit, LabError, type LabRun } from '../../../lib/course/run';
import { labCommand, list } from '../../../lib/course/say';
import { readWork } from '../../../lib/course/work';
import { VERSION_VARIABLE } from '../names';
import { approve } from '../approval/approve';
import { readDecision, type Decision } from '../answers/rollback';
import { figureFault, measuredOf } from '../answers/figures';
import { juneFlights } from '../model/flights';
import { inProduction, judgedVersions, releaseFlawed, type Judged } from '../flawed-models/release';
import { placeOf, s3Uri, type LabPlace } from '../resources';
import { actionsOf, passed, releasesOfVersion } from '../release/releases';
import { stackOf } from '../endpoint/serving';
import { smokeFlights } from '../approval/smoke-test';
import { keepTraffic, Traffic } from '../endpoint/traffic';
import { releaseToCome } from '../release/start';
import { settled, updateVersion } from '../endpoint/stack-update';
import { requirePassed, watch } from '../release/wait';
import { checkRollback } from './rollback-check';
import { explainRollback } from './rollback-commands';
import { rollbackExercise as exercise } from './rollback-exercise';

/** Bring the last good version back through the stack, while requests go on. */
export const rollback: Step = {
  id: 'rollback',
  title: 'Roll production back through its stack',
  predict:
    'You could point the endpoint at its old configuration with one call, UpdateEndpoint. What would CloudFormation have done to that configuration, and what will the next release do?',
  awsMinutes: 35,
  hints: [
    'The thin model claims little and keeps it, so the smoke test lets it pass: it compares a release with its own claim. Compare two versions by their CustomerMetadataProperties.',
    'Production is a stack of its own. One parameter names the version: update-stack with --use-previous-template, and everything else as it was. While alarms ring, Unguarded has to name the same version, or they take it back.',
    'The registry has to agree with production, or the next release of the newest approved version brings the thin one back: reject it, with the reason.',
  ],
  exercise,
  act,
  check: checkRollback,
  explain: explainRollback,
};

const wrong = (run: LabRun, fault: string): LabError =>
  new LabError(`work/${run.lab}/${exercise.file} rolls nothing back: ${fault}.`, {
    why: 'Production is as it was. Compare the versions: aws sagemaker describe-model-package shows CustomerMetadataProperties.',
    next: `Write it, then ${labCommand(run, 'step', 'rollback')}; a hint: ${labCommand(run, 'hint', 'rollback')}`,
    exit: Exit.CheckFailed,
  });

async function act(run: LabRun): Promise<void> {
  const place = placeOf(run);
  // A step that was broken off leaves a stack that still changes.
  await settled(run, place.production);
  const flights = await smokeFlights(run, place);
  const known = await judgedVersions(run, place, flights);
  const thin = await thinRelease(run, place, known);
  if (thin === 'over') {
    run.progress('rolled back already: a thin version was in production, and a sound one serves again');
    return;
  }
  const versions = await judgedVersions(run, place, flights);
  const bad = await inProduction(run, place, versions);
  const decision = readDecision(readWork(run, 'rollback', exercise));
  if (typeof decision === 'string') throw wrong(run, `${told(bad)} is in production, and ${decision}`);
  const good = await chosen(run, place, versions, bad, decision);
  await changeOver(run, place, good);
  // The registry last: first the callers are helped, then the next release is kept from bringing it back.
  await decide(run, bad.version, 'Rejected', `Rolled back: ${decision.reason}`);
  run.progress(`version ${bad.number} rejected: a consumer takes version ${good.number} again`);
}

const told = ({ number, auc }: Judged): string => `version ${number} (AUC ${auc?.toFixed(4) ?? 'none'})`;

/**
 * Sees to it that a thin version serves in production, unless one did and was rolled back.
 *
 * @throws LabError when the pipeline stops it
 */
async function thinRelease(run: LabRun, place: LabPlace, versions: readonly Judged[]): Promise<'serves' | 'over'> {
  const serving = await inProduction(run, place, versions);
  if (serving.flaw === 'thin') return 'serves';
  const earlier = versions.find(({ flaw, version }) => flaw === 'thin' && version.ModelApprovalStatus === 'Rejected');
  const released = earlier && (await releasesOfVersion(run, place, earlier.arn))[0];
  if (released && passed(await actionsOf(run, place, released.id), 'Watch')) return 'over';
  if (serving.flaw !== undefined)
    throw new Error(`Production serves version ${serving.number}, which is ${serving.flaw}.`);
  run.progress('first, a version that passes every test and is worse goes to production');
  const { version, release: first } = await releaseFlawed(run, place, serving, 'thin', 'rollback');
  // A rollback that was broken off has no log of what callers got, and its version is still approved: it begins anew.
  const release = await releaseToCome(run, place, version.ModelPackageArn!, first, 'rollback');
  const before = await watch(run, place, release, 'Approval', 'rollback');
  if (!passed(before.actions, 'Approval')) {
    if (!passed(before.actions, 'SmokeTest')) await requirePassed(run, place, before, 'SmokeTest');
    await approve(run, place, before, 'rollback');
  }
  await requirePassed(run, place, await watch(run, place, release, 'Watch', 'rollback'), 'Watch');
  run.progress('it serves now, and nothing has complained');
  return 'serves';
}

/** The version that the learner names, if it may come back. */
async function chosen(
  run: LabRun,
  place: LabPlace,
  versions: readonly Judged[],
  bad: Judged,
  { version, parameter, reason }: Decision,
): Promise<Judged> {
  const parameters = Object.keys((await stackOf(run, place.production))?.parameters ?? {});
  if (!parameters.includes(parameter)) {
    throw wrong(run, `the stack has no parameter ${JSON.stringify(parameter)}; it has ${list(parameters, 9)}`);
  }
  if (parameter !== VERSION_VARIABLE) {
    throw wrong(run, `the parameter ${parameter} does not say which version serves`);
  }
  const found = versions.find(({ number }) => number === version);
  if (found === undefined) {
    throw wrong(
      run,
      `there is no version ${version}; there is ${list(versions.map(({ number }) => String(number)).reverse(), 9)}`,
    );
  }
  if (found.arn === bad.arn) throw wrong(run, `${told(found)} is what serves now, and is to go`);
  if (found.version.ModelApprovalStatus !== 'Approved') {
    const { ModelApprovalStatus: status, ApprovalDescription: why } = found.version;
    throw wrong(run, `version ${version} is ${status}${why ? ` ("${why}")` : ''}, and must not serve`);
  }
  if (found.flaw !== undefined) throw wrong(run, `${told(found)} is ${found.flaw} itself`);
  const fault = figureFault(reason, measuredOf(found, bad));
  if (fault) throw wrong(run, fault);
  return found;
}

async function changeOver(run: LabRun, place: LabPlace, good: Judged): Promise<void> {
  run.progress(`updating ${place.production.stack} to version ${numberOf(good.version)}, while callers go on asking`);
  const traffic = new Traffic(run, place.production.endpoint, juneFlights());
  try {
    await traffic.first;
    await updateVersion(run, place.production, good.arn, 'rollback');
  } finally {
    const asked = await traffic.stop();
    const key = await keepTraffic(run, place, asked);
    run.progress(`${asked.length} requests meanwhile, ${traffic.failures} without an answer: ${s3Uri(place, key)}`);
  }
}
