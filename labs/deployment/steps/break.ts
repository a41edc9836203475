import { decide, numberOf } from '../../../lib/aws/versions';
import type { Exercise, Step, Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, notDone } from '../../../lib/course/say';
import { readWork } from '../../../lib/course/work';
import { answerFault, BREAK_FLAWS, REASONS, readAnswers, type Answers, type BreakFlaw } from '../answers/break';
import { releaseFailureOf, type ReleaseFailure } from '../failure/release-failure';
import { showReleaseCommand } from '../failure/advice';
import { explainBreak as explain } from './break-commands';
import { versionInProduction, measuredVersions, releaseFlawed, type MeasuredVersion } from '../flawed-models/release';
import { resourcesOf, type LabResources } from '../resources';
import { hasEnded, stagePassed, releasesOfVersion, type Release } from '../release/releases';
import { smokeTestFlights } from '../approval/smoke-test';
import { waitForStage } from '../release/wait';

const exercise: Exercise = {
  file: 'break.json',
  template: 'exercises/break.json',
  solution: 'solutions/break.json',
  answeredAfter: true,
  ask: 'Two bad models are released: one broken, one worse. For each, name the stage and the action that stopped it, and the reason in your words. The step does the releases first.',
  teaches:
    'Cheap tests come first and stop what does not load; only asking the deployed model tells that it answers badly. A gate is worth what it measures.',
  alternative:
    'The console shows the same: the failed stage in red, the action’s link to its build, and the smoke test’s figures in evidence/ of the bucket.',
};

/** Release a broken model, then a worse one. */
export const breakIt: Step = {
  id: 'break',
  title: 'Release a broken model, then a worse one',
  predict:
    'One model’s file is cut off half-way. The other loads and answers, and calls late what is in time. Which stage stops the first, and which the second?',
  awsMinutes: 16,
  hints: [
    'aws codepipeline list-action-executions with --filter pipelineExecutionId=… shows each action of a release, its status and what it says.',
    'A build tells the pipeline only that it failed. Why is in evidence/<execution>/verify.json, and in the build’s log.',
    'A model that does not load is found before anything is deployed, at Verify. One that answers has to be asked: that is the smoke test’s work, and its reason is a figure.',
  ],
  exercise,
  act,
  check,
  explain,
};

/** Where a release of a bad model ended. */
interface Outcome {
  readonly judged: MeasuredVersion;
  readonly release: Release;
  readonly stop?: ReleaseFailure;
}

/** The newest release of a flawed model that has begun; undefined when there is none. */
async function outcomeOf(
  run: LabRun,
  resources: LabResources,
  versions: readonly MeasuredVersion[],
  bad: BreakFlaw,
): Promise<Outcome | undefined> {
  for (const judged of versions.filter(({ flaw }) => flaw === bad)) {
    const [release] = await releasesOfVersion(run, resources, judged.arn);
    if (release) return { judged, release, stop: await releaseFailureOf(run, resources, release) };
  }
  return undefined;
}

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const flights = await smokeTestFlights(run, resources);
  const versions = await measuredVersions(run, resources, flights);
  const good = await versionInProduction(run, resources, versions);
  if (good.flaw !== undefined) {
    throw new LabError(`Production serves version ${good.number}, which is ${good.flaw}.`, {
      why: 'Both bad models are made from the good one, and production has to serve it meanwhile.',
      next: labCommand(run, 'step', 'rollback'),
    });
  }
  for (const bad of BREAK_FLAWS) {
    const known = await outcomeOf(run, resources, versions, bad);
    if (known?.stop) {
      run.progress(
        `the ${bad} model was released and stopped already: ${showReleaseCommand(resources, known.release.id)}`,
      );
      await reject(run, known.judged.version, bad);
      continue;
    }
    const { version, release } = await releaseFlawed(run, resources, good, bad, 'break');
    const seen = await waitForStage(run, resources, release, 'SmokeTest', 'break');
    if (stagePassed(seen.actions, 'SmokeTest')) {
      throw new LabError(`The release ${release.id} of a ${bad} model passed the smoke test.`, {
        why: 'The source that the pipeline runs does not test what it should. Production is as it was.',
        next: labCommand(run, 'step', 'source'),
      });
    }
    await reject(run, version, bad);
    run.progress(`look at it: ${showReleaseCommand(resources, release.id)}`);
  }
}

/** Nobody shall pick it: a release of the newest approved version would. */
async function reject(run: LabRun, version: MeasuredVersion['version'], bad: BreakFlaw): Promise<void> {
  if (version.ModelApprovalStatus === 'Rejected') return;
  await decide(run, version, 'Rejected', REASONS[bad]);
  run.progress(`version ${numberOf(version)} rejected, so that nobody picks it`);
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'break');
  const versions = await measuredVersions(run, resources, await smokeTestFlights(run, resources));
  const told: string[] = [];
  const stops = new Map<BreakFlaw, ReleaseFailure>();
  for (const bad of BREAK_FLAWS) {
    const outcome = await outcomeOf(run, resources, versions, bad);
    if (outcome === undefined) return notDone(`No ${bad} model was released.`, `Release one: ${again}`);
    const { judged, release, stop } = outcome;
    if (!hasEnded(release)) {
      return notDone(
        `The release of version ${judged.number}, which is ${bad}, is ${release.status}.`,
        `Wait, then: ${labCommand(run, 'check', 'break')}`,
      );
    }
    if (stop === undefined) {
      return notDone(
        `The release of version ${judged.number}, which is ${bad}, ended as ${release.status}: no stage refused it.`,
        `Release it again: ${again}`,
      );
    }
    if (judged.version.ModelApprovalStatus === 'Approved') {
      return notDone(
        `Version ${judged.number} is ${bad} and approved: the next release of the newest approved version takes it.`,
        `Reject it, with a reason: ${again}`,
      );
    }
    stops.set(bad, stop);
    told.push(`the ${bad} one (version ${judged.number}) at ${stop.stage}: ${stop.reason}`);
  }
  return (await servedVerdict(run, resources, versions)) ?? answersVerdict(run, stops, told, again);
}

/** Whether production was kept from both; undefined when it was. */
async function servedVerdict(
  run: LabRun,
  resources: LabResources,
  versions: readonly MeasuredVersion[],
): Promise<Verdict | undefined> {
  try {
    const { flaw, number } = await versionInProduction(run, resources, versions);
    return flaw === 'broken' || flaw === 'worse'
      ? notDone(`Production serves version ${number}, which is ${flaw}.`, labCommand(run, 'step', 'rollback'))
      : undefined;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return notDone(error.message, error.next);
  }
}

function answersVerdict(
  run: LabRun,
  stops: ReadonlyMap<BreakFlaw, ReleaseFailure>,
  told: readonly string[],
  again: string,
): Verdict {
  const file = `work/${run.lab}/${exercise.file}`;
  let answers: Answers | string;
  try {
    answers = readAnswers(readWork(run, 'break', exercise));
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return notDone(`Both releases were stopped. ${error.message}`, error.next);
  }
  if (typeof answers === 'string') {
    return notDone(`Both releases were stopped. ${file} is not an answer yet: ${answers}.`, `Write it, then: ${again}`);
  }
  for (const [bad, stop] of stops) {
    const fault = answerFault(bad, answers[bad], stop);
    if (fault) {
      return notDone(
        `Both releases were stopped. In ${file}, ${fault}.`,
        `Look at the releases, change it, then: ${labCommand(run, 'check', 'break')}. A hint: ${labCommand(run, 'hint', 'break')}`,
      );
    }
  }
  return done(
    `Both were stopped where you say, and production serves as before – ${told.join(' – ')}`,
    labCommand(run, 'step', 'rollback'),
  );
}
