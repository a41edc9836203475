import { decide, numberOf } from '../../../lib/aws/versions';
import type { Step } from '../../../lib/course/model';
import { Exit, LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand, list } from '../../../lib/course/say';
import { readWork } from '../../../lib/course/work';
import { VERSION_VARIABLE } from '../names';
import { approveRelease } from '../approval/approve';
import { readDecision, type Decision } from '../answers/rollback';
import { figureFault, measuredFigures } from '../answers/figures';
import { juneFlights } from '../model/flights';
import { versionInProduction, measuredVersions, releaseFlawed, type MeasuredVersion } from '../flawed-models/release';
import { resourcesOf, s3Uri, type LabResources } from '../resources';
import { actionsOf, stagePassed, releasesOfVersion } from '../release/releases';
import { endpointStackOf } from '../endpoint/serving';
import { smokeTestFlights } from '../approval/smoke-test';
import { saveTrafficLog, TrafficGenerator } from '../endpoint/traffic-generator';
import { unfinishedRelease } from '../release/start';
import { waitForStack, updateStackToVersion } from '../endpoint/stack-update';
import { requireStagePassed, waitForStage } from '../release/wait';
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
  const resources = resourcesOf(run);
  // A step that was broken off leaves a stack that still changes.
  await waitForStack(run, resources.production);
  const flights = await smokeTestFlights(run, resources);
  const known = await measuredVersions(run, resources, flights);
  const thin = await thinRelease(run, resources, known);
  if (thin === 'over') {
    run.progress('rolled back already: a thin version was in production, and a sound one serves again');
    return;
  }
  const versions = await measuredVersions(run, resources, flights);
  const bad = await versionInProduction(run, resources, versions);
  const decision = readDecision(readWork(run, 'rollback', exercise));
  if (typeof decision === 'string') throw wrong(run, `${told(bad)} is in production, and ${decision}`);
  const good = await chosen(run, resources, versions, bad, decision);
  await changeOver(run, resources, good);
  // The registry last: first the callers are helped, then the next release is kept from bringing it back.
  await decide(run, bad.version, 'Rejected', `Rolled back: ${decision.reason}`);
  run.progress(`version ${bad.number} rejected: a consumer takes version ${good.number} again`);
}

const told = ({ number, auc }: MeasuredVersion): string => `version ${number} (AUC ${auc?.toFixed(4) ?? 'none'})`;

/**
 * Sees to it that a thin version serves in production, unless one did and was rolled back.
 *
 * @throws LabError when the pipeline stops it
 */
async function thinRelease(
  run: LabRun,
  resources: LabResources,
  versions: readonly MeasuredVersion[],
): Promise<'serves' | 'over'> {
  const serving = await versionInProduction(run, resources, versions);
  if (serving.flaw === 'thin') return 'serves';
  const earlier = versions.find(({ flaw, version }) => flaw === 'thin' && version.ModelApprovalStatus === 'Rejected');
  const released = earlier && (await releasesOfVersion(run, resources, earlier.arn))[0];
  if (released && stagePassed(await actionsOf(run, resources, released.id), 'Watch')) return 'over';
  if (serving.flaw !== undefined)
    throw new Error(`Production serves version ${serving.number}, which is ${serving.flaw}.`);
  run.progress('first, a version that passes every test and is worse goes to production');
  const { version, release: first } = await releaseFlawed(run, resources, serving, 'thin', 'rollback');
  // A rollback that was broken off has no log of what callers got, and its version is still approved: it begins anew.
  const release = await unfinishedRelease(run, resources, version.ModelPackageArn!, first, 'rollback');
  const before = await waitForStage(run, resources, release, 'Approval', 'rollback');
  if (!stagePassed(before.actions, 'Approval')) {
    if (!stagePassed(before.actions, 'SmokeTest')) await requireStagePassed(run, resources, before, 'SmokeTest');
    await approveRelease(run, resources, before, 'rollback');
  }
  await requireStagePassed(run, resources, await waitForStage(run, resources, release, 'Watch', 'rollback'), 'Watch');
  run.progress('it serves now, and nothing has complained');
  return 'serves';
}

/** The version that the learner names, if it may come back. */
async function chosen(
  run: LabRun,
  resources: LabResources,
  versions: readonly MeasuredVersion[],
  bad: MeasuredVersion,
  { version, parameter, reason }: Decision,
): Promise<MeasuredVersion> {
  const parameters = Object.keys((await endpointStackOf(run, resources.production))?.parameters ?? {});
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
  const fault = figureFault(reason, measuredFigures(found, bad));
  if (fault) throw wrong(run, fault);
  return found;
}

async function changeOver(run: LabRun, resources: LabResources, good: MeasuredVersion): Promise<void> {
  run.progress(
    `updating ${resources.production.stack} to version ${numberOf(good.version)}, while callers go on asking`,
  );
  const traffic = new TrafficGenerator(run, resources.production.endpoint, juneFlights());
  try {
    await traffic.first;
    await updateStackToVersion(run, resources.production, good.arn, 'rollback');
  } finally {
    const asked = await traffic.stop();
    const key = await saveTrafficLog(run, resources, asked);
    run.progress(`${asked.length} requests meanwhile, ${traffic.failures} without an answer: ${s3Uri(resources, key)}`);
  }
}
