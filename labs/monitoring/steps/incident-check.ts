/** Whether a release that errored was taken back through the stack, and what callers saw of it. */
import { invokeEndpoint, requestErrorText } from '../../../lib/aws/invoke-endpoint';
import { endpointLogCommand } from '../../../lib/aws/job-log';
import { isInconclusive } from '../../../lib/aws/inconclusive-errors';
import { numberOf, versionsOf } from '../../../lib/aws/versions';
import type { Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, notDone } from '../../../lib/course/say';
import { isFinished } from '../runtime/responder/decision';
import { alarmTransitions } from '../alarms/state';
import { decisionsOf, type Decision } from '../response/decisions';
import { flightsOf, JULY } from '../traffic/flights';
import { callsAfterLastFailure, isProbability, readCallLog, logCoverage } from '../incident/call-log';
import { isCareless } from '../incident/careless-model';
import { expectedAnswers, boosterOf, versionName, versionOf, type Version } from '../endpoint/models';
import { resourcesOf, s3Uri, type LabResources } from '../resources';
import { servingAt, servingFault, endpointStackOf, type Serving } from '../endpoint/serving';
import { recreateLabCommand } from './traffic';

/** Flights that the check asks about itself. */
const SOME = 20;
/** CloudWatch's history tells whole seconds. */
const SECOND = 1000;

export async function checkIncident(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'incident');
  const versions = await versionsOf(run, resources.group);
  const bad = versions.find(isCareless);
  if (bad === undefined) return notDone('No version that errors was released.', `Release one: ${again}`);
  const [decision] = (await decisionsOf(run, resources, 'errors')).filter(({ from }) => from === bad.ModelPackageArn);
  if (decision === undefined) {
    return notDone(
      `Version ${numberOf(bad)} errors, and the responder has decided nothing about it.`,
      `Let callers come: ${again}`,
    );
  }
  if (!isFinished(decision)) {
    return notDone(
      `The responder is at it: ${decision.timeline.at(-1)?.what ?? decision.status}`,
      `Wait for it: ${again}`,
    );
  }
  if (decision.action !== 'rollback' || decision.status === 'failed' || decision.to === undefined) {
    return notDone(`The responder did not roll back: ${decision.reason}`, `It says what to do: ${again}`);
  }
  const off = (await alarmTransitions(run, resources.alarms.errors, new Date(Date.parse(decision.cause.at) - SECOND)))
    .length;
  if (off === 0) {
    return notDone(`CloudWatch knows of no alarm ${resources.alarms.errors} at ${decision.cause.at}.`, again);
  }
  const serving = await servingAt(run, resources);
  const version = expectedOf(serving, bad, decision.to);
  const fault = await servingFault(run, resources, version);
  if (fault)
    return notDone(
      `The responder rolled back to ${versionName(decision.to)}, but ${fault}.`,
      rollbackAdvice(resources, serving, bad, (await endpointStackOf(run, resources))?.config) ?? again,
    );
  if (bad.ModelApprovalStatus !== 'Rejected') {
    return notDone(
      `${versionName(decision.to)} serves again, and version ${numberOf(bad)} is ${bad.ModelApprovalStatus}: the next release would bring it back.`,
      `aws sagemaker update-model-package --model-package-arn ${bad.ModelPackageArn} --model-approval-status Rejected --approval-description 'Errors after its release.'`,
    );
  }
  return callsVerdict(run, resources, decision, bad, version);
}

/** The version that should serve: the one rolled back to, or one that somebody released since. Never the bad one. */
export const expectedOf = (serving: Serving | undefined, bad: Version, to: string): string =>
  serving?.version === undefined || serving.version === bad.ModelPackageArn ? to : serving.version;

/** The way to an endpoint that serves what its stack says; undefined where the bad version serves, which callers must meet. */
export function rollbackAdvice(
  { endpoint }: Pick<LabResources, 'endpoint'>,
  serving: Serving | undefined,
  bad: Version,
  config: string | undefined,
): string | undefined {
  if (serving?.status !== 'InService') return `aws sagemaker wait endpoint-in-service --endpoint-name ${endpoint}`;
  if (serving.version === bad.ModelPackageArn || config === undefined) return undefined;
  return `aws sagemaker update-endpoint --endpoint-name ${endpoint} --endpoint-config-name ${config}`;
}

/** About the requests that met it. */
async function callsVerdict(
  run: LabRun,
  resources: LabResources,
  decision: Decision,
  bad: Version,
  serving: string,
): Promise<Verdict> {
  const again = labCommand(run, 'step', 'incident');
  const kept = await readCallLog(run, resources);
  if (kept === undefined) {
    return notDone(
      `${versionName(decision.to)} serves again. Nobody kept what callers saw: there is no log below ${s3Uri(resources, 'results/incident/')}.`,
      `Release it once more, with callers: ${again}`,
    );
  }
  const { calls, key } = kept;
  const failed = calls.filter(({ answer }) => !isProbability(answer));
  if (logCoverage(calls) !== 'all') {
    return notDone(
      `The ${calls.length} requests of ${s3Uri(resources, key)} do not span the incident: ${failed.length} failed, and ${callsAfterLastFailure(calls)} came after the last of these.`,
      `Ask until it is over: ${again}`,
    );
  }
  const good = await versionOf(run, resources, decision.to!);
  const booster = good && (await boosterOf(run, good));
  if (booster === undefined || typeof booster === 'string') {
    return notDone(
      `The model of ${versionName(decision.to)} cannot be read: ${booster ?? 'it is gone'}.`,
      recreateLabCommand(run),
    );
  }
  const flights = flightsOf(JULY);
  const answered = calls.filter(({ answer, row }) => isProbability(answer) && flights[row]);
  const expected = expectedAnswers(
    booster,
    answered.map(({ row }) => flights[row]!),
  );
  const strange = answered.filter(({ answer }, at) => answer !== expected[at]);
  if (strange.length > 0) {
    return notDone(
      `${count(strange.length, 'answer')} of ${answered.length} are not those of ${versionName(decision.to)} run here.`,
      again,
    );
  }
  const asked = flights.slice(0, SOME);
  const current = serving === decision.to ? good : await versionOf(run, resources, serving);
  const now = current && (await boosterOf(run, current));
  if (now === undefined || typeof now === 'string') {
    return notDone(
      `The model of ${versionName(serving)} cannot be read: ${now ?? 'it is gone'}.`,
      recreateLabCommand(run),
    );
  }
  const here = expectedAnswers(now, asked);
  try {
    for (const [at, { body }] of asked.entries()) {
      const answer = await invokeEndpoint(run.clients.sagemakerRuntime, resources.endpoint, body);
      if (answer !== here[at])
        return notDone(`Asked now, the endpoint says ${answer} where ${versionName(serving)} says ${here[at]}.`, again);
    }
  } catch (error) {
    if (isInconclusive(error)) throw error;
    return notDone(
      `Asked now, the endpoint refuses: ${requestErrorText(error)}`,
      endpointLogCommand(resources.endpoint),
    );
  }
  const times = failed.map(({ at }) => at.getTime());
  const seconds = Math.round((Math.max(...times) - Math.min(...times)) / 1000);
  return done(
    `Version ${numberOf(bad)} failed ${count(failed.length, 'request')} of ${calls.length} within ${seconds} s; ${resources.alarms.errors} went off, and the responder brought ${versionName(decision.to)} back through the stack and rejected the other. Since then every request is answered.`,
    labCommand(run, 'step', 'investigate'),
  );
}
