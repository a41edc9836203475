/** Whether production was rolled back through its stack, and whether anybody noticed. */
import { requestErrorText } from '../../../lib/aws/invoke-endpoint';
import { endpointLogCommand } from '../../../lib/aws/job-log';
import { isInconclusive } from '../../../lib/aws/inconclusive-errors';
import type { Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, notDone } from '../../../lib/course/say';
import type { Booster } from '../../../lib/flights/booster';
import { answerDifference, predictFlights } from '../endpoint/invoke';
import { setApprovalCommand } from '../aws-cli';
import { figureFault, measuredFigures } from '../answers/figures';
import { expectedAnswers, juneFlights } from '../model/flights';
import { resourcesOf, s3Uri, type LabResources } from '../resources';
import { versionInProduction, measuredVersions, type MeasuredVersion } from '../flawed-models/release';
import { actionsOf, stagePassed, releasesOfVersion, type Release } from '../release/releases';
import { servingFault } from '../endpoint/serving';
import { boosterOfVersion, smokeTestFlights } from '../approval/smoke-test';
import { isProbability, readTrafficLog } from '../endpoint/traffic-generator';
import { lastStackUpdate, type StackUpdate } from '../endpoint/stack-update';

/** Flights that the check asks about itself. */
const SOME = 20;
/** As exactly as a log's clock is known: it tells whole seconds, and may be some seconds off before one knows of it. */
const CLOCK_MS = 5000;

export async function checkRollback(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'rollback');
  const versions = await measuredVersions(run, resources, await smokeTestFlights(run, resources));
  let serving: MeasuredVersion;
  try {
    serving = await versionInProduction(run, resources, versions);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return notDone(error.message, error.next);
  }
  const thin = await thinInProduction(run, resources, versions);
  if (thin === undefined) {
    return notDone(
      `Production serves version ${serving.number}. No version that is worse and passed every test was there yet.`,
      `Put one there: ${again}`,
    );
  }
  if (serving.flaw !== undefined) {
    const others = versions.filter(({ flaw, auc }) => flaw === undefined && auc !== undefined);
    return notDone(
      `Production serves version ${serving.number}, with an AUC of ${serving.auc?.toFixed(4)} on the smoke test's flights; ${others.map(({ number, auc }) => `version ${number} has ${auc!.toFixed(4)}`).join(', ') || 'no sound version is left'}.`,
      `Decide in work/${run.lab}/rollback.json, then: ${again}`,
    );
  }
  const redo = redoCommands(run, thin.judged);
  const fault = await servingFault(run, resources.production, serving.arn);
  if (fault)
    return notDone(`Production answers with version ${serving.number}, but ${fault}.`, `Through the stack: ${redo}`);
  const update = await lastStackUpdate(run, resources.production);
  if (update === undefined || update.begun < thin.release.started) {
    return notDone(
      `The stack ${resources.production.stack} was not updated since the thin version came.`,
      `Through the stack: ${redo}`,
    );
  }
  return (
    registryVerdict(run, versions, serving, thin.judged) ??
    (await requestsVerdict(run, resources, serving, thin.judged, update)) ??
    notDone('The requests cannot be judged.', again)
  );
}

/**
 * Brings the thin version back and rolls it back once more: the step does no rollback that is over, and a thin version that
 * is rejected is one.
 */
function redoCommands(run: LabRun, { arn, version }: MeasuredVersion): string {
  const again = labCommand(run, 'step', 'rollback');
  return version.ModelApprovalStatus === 'Rejected'
    ? `${setApprovalCommand(arn, 'Approved', 'To be rolled back once more.')}, then ${again}: it brings the thin version back first`
    : again;
}

/** The thin version that was released to production, newest first; undefined when none was. */
async function thinInProduction(
  run: LabRun,
  resources: LabResources,
  versions: readonly MeasuredVersion[],
): Promise<{ readonly judged: MeasuredVersion; readonly release: Release } | undefined> {
  for (const judged of versions.filter(({ flaw }) => flaw === 'thin')) {
    for (const release of await releasesOfVersion(run, resources, judged.arn)) {
      if (stagePassed(await actionsOf(run, resources, release.id), 'Watch')) return { judged, release };
    }
  }
  return undefined;
}

/** Whether a consumer would pick what serves; undefined when it would. */
function registryVerdict(
  run: LabRun,
  versions: readonly MeasuredVersion[],
  serving: MeasuredVersion,
  thin: MeasuredVersion,
): Verdict | undefined {
  const pick = versions.find(({ version }) => version.ModelApprovalStatus === 'Approved');
  const why = thin.version.ApprovalDescription ?? '';
  const reason = `Rolled back: AUC ${thin.auc!.toFixed(4)} instead of ${serving.auc!.toFixed(4)} on the smoke test's flights.`;
  if (pick?.arn !== serving.arn) {
    return notDone(
      `Production serves version ${serving.number} again, but a consumer that asks for the newest approved version takes ${pick?.number ?? 'none'}: the next release would bring that.`,
      pick === undefined
        ? `Approve what serves: ${setApprovalCommand(serving.arn, 'Approved', `AUC ${serving.auc!.toFixed(4)} on the smoke test's flights.`)}`
        : `Reject version ${pick.number}, with a reason: ${setApprovalCommand(pick.arn, 'Rejected', pick.arn === thin.arn ? reason : `Version ${serving.number} serves.`)}`,
    );
  }
  const fault = figureFault(why, measuredFigures(serving, thin));
  return thin.version.ModelApprovalStatus === 'Rejected' && fault === undefined
    ? undefined
    : notDone(
        `Version ${thin.number} is ${thin.version.ModelApprovalStatus} (${JSON.stringify(why)})${fault ? `; ${fault}` : ''}.`,
        `Say why it went: ${setApprovalCommand(thin.arn, 'Rejected', reason)}`,
      );
}

/** About the requests that went on meanwhile. */
async function requestsVerdict(
  run: LabRun,
  resources: LabResources,
  good: MeasuredVersion,
  thin: MeasuredVersion,
  update: StackUpdate,
): Promise<Verdict> {
  const redo = redoCommands(run, thin);
  const log = await readTrafficLog(run, resources);
  if (log === undefined) {
    return notDone(
      `Production was rolled back, and nobody kept what callers got meanwhile: there is no log below ${s3Uri(resources, 'results/rollback/')}.`,
      `Roll back once more, with callers: ${redo}`,
    );
  }
  const { asked, key } = log;
  const failed = asked.filter(({ answer }) => !isProbability(answer));
  if (failed.length > 0) {
    return notDone(
      `${count(failed.length, 'request')} of ${asked.length} got no answer, the first at ${failed[0]!.at.toISOString()}: ${failed[0]!.answer.slice(0, 200)}`,
      `Look at ${s3Uri(resources, key)}, and at what the model said: ${endpointLogCommand(resources.production.endpoint, 2)}. Then roll back once more: ${redo}`,
    );
  }
  const during = asked.filter(({ at }) => at >= update.begun && at <= update.ended).length;
  const times = asked.map(({ at }) => at.getTime());
  const around =
    Math.min(...times) <= update.begun.getTime() + CLOCK_MS && Math.max(...times) >= update.ended.getTime() - CLOCK_MS;
  if (during === 0 || !around) {
    return notDone(
      `The ${asked.length} requests of ${s3Uri(resources, key)} do not span the update of the stack (${update.begun.toISOString()} to ${update.ended.toISOString()}): they prove nothing about it.`,
      `Ask before, during and after it: ${redo}`,
    );
  }
  const models = await Promise.all([
    boosterOfVersion(run, resources, good.arn),
    boosterOfVersion(run, resources, thin.arn),
  ]);
  const flights = juneFlights();
  const [after, before] = models.map((model) => expectedAnswers(model as Booster, flights)) as [string[], string[]];
  const strange = asked.filter(({ flight, answer }) => answer !== after[flight] && answer !== before[flight]);
  if (strange.length > 0) {
    return notDone(
      `${count(strange.length, 'answer')} of ${asked.length} are of neither version, the first to flight ${strange[0]!.flight + 1}: ${strange[0]!.answer}.`,
      `Ask about the flights of the guide, counted from 0: ${redo}`,
    );
  }
  try {
    const now = await predictFlights(run, resources.production.endpoint, flights.bodies.slice(0, SOME).join('\n'));
    const wrong = answerDifference(now, after.slice(0, SOME));
    if (wrong) return notDone(`Asked now, production does not answer as version ${good.number}: ${wrong}.`, redo);
  } catch (error) {
    if (isInconclusive(error)) throw error;
    return notDone(`Asked now, production refuses: ${requestErrorText(error)}`, labCommand(run, 'check', 'promote'));
  }
  const by = (expected: readonly string[]): number =>
    asked.filter(({ flight, answer }) => answer === expected[flight]).length;
  return done(
    `Production serves version ${good.number} (AUC ${good.auc!.toFixed(4)}) again, through its stack, and a consumer picks it; version ${thin.number} (${thin.auc!.toFixed(4)}) is rejected. ${asked.length} requests, ${during} of them during the update, each answered: ${by(before)} by the thin model, ${by(after)} by the good one.`,
    `That was the last step: ${labCommand(run, 'down')}`,
  );
}
