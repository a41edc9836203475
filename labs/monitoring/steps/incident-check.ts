/** Whether a release that errored was taken back through the stack, and what callers saw of it. */
import { endpointLogCommand } from '../../../lib/aws/job-log';
import { saysNothing } from '../../../lib/aws/unasked';
import { numberOf, versionsOf } from '../../../lib/aws/versions';
import type { Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, notDone } from '../../../lib/course/say';
import { isOver } from '../runtime/decision';
import { wentOff } from '../shared/alarms';
import { decisionsOf, type Decision } from '../shared/decisions';
import { flightsOf, JULY } from '../shared/flights';
import { afterLast, isAnswer, isCareless, readCalls, toldBy } from '../shared/incident';
import { answersOf, boosterOf, nameOf, versionOf, type Version } from '../shared/models';
import { placeOf, s3Uri, type LabPlace } from '../shared/place';
import { askOne, refusalOf } from '../shared/send';
import { servingFault } from '../shared/serving';

/** Flights that the check asks about itself. */
const SOME = 20;
/** CloudWatch's history tells whole seconds. */
const SECOND = 1000;

export async function checkIncident(run: LabRun): Promise<Verdict> {
  const place = placeOf(run);
  const again = labCommand(run, 'step', 'incident');
  const versions = await versionsOf(run, place.group);
  const bad = versions.find(isCareless);
  if (bad === undefined) return notDone('No version that errors was released.', `Release one: ${again}`);
  const [decision] = (await decisionsOf(run, place, 'errors')).filter(({ from }) => from === bad.ModelPackageArn);
  if (decision === undefined) {
    return notDone(
      `Version ${numberOf(bad)} errors, and the responder has decided nothing about it.`,
      `Let callers come: ${again}`,
    );
  }
  if (!isOver(decision)) {
    return notDone(
      `The responder is at it: ${decision.timeline.at(-1)?.what ?? decision.status}`,
      `Wait for it: ${again}`,
    );
  }
  if (decision.action !== 'rollback' || decision.status === 'failed' || decision.to === undefined) {
    return notDone(`The responder did not roll back: ${decision.reason}`, `It says what to do: ${again}`);
  }
  const off = (await wentOff(run, place.alarms.errors, new Date(Date.parse(decision.cause.at) - SECOND))).length;
  if (off === 0) {
    return notDone(`CloudWatch knows of no alarm ${place.alarms.errors} at ${decision.cause.at}.`, again);
  }
  const fault = await servingFault(run, place, decision.to);
  if (fault)
    return notDone(
      `The responder rolled back to ${nameOf(decision.to)}, but ${fault}.`,
      `Look at the stack ${place.stack}; then ${again}`,
    );
  if (bad.ModelApprovalStatus !== 'Rejected') {
    return notDone(
      `${nameOf(decision.to)} serves again, and version ${numberOf(bad)} is ${bad.ModelApprovalStatus}: the next release would bring it back.`,
      `aws sagemaker update-model-package --model-package-arn ${bad.ModelPackageArn} --model-approval-status Rejected --approval-description 'Errors after its release.'`,
    );
  }
  return callsVerdict(run, place, decision, bad);
}

/** About the requests that met it. */
async function callsVerdict(run: LabRun, place: LabPlace, decision: Decision, bad: Version): Promise<Verdict> {
  const again = labCommand(run, 'step', 'incident');
  const kept = await readCalls(run, place);
  if (kept === undefined) {
    return notDone(
      `${nameOf(decision.to)} serves again. Nobody kept what callers saw: there is no log below ${s3Uri(place, 'results/incident/')}.`,
      `Release it once more, with callers: ${again}`,
    );
  }
  const { calls, key } = kept;
  const failed = calls.filter(({ answer }) => !isAnswer(answer));
  if (toldBy(calls) !== 'all') {
    return notDone(
      `The ${calls.length} requests of ${s3Uri(place, key)} do not span the incident: ${failed.length} failed, and ${afterLast(calls)} came after the last of these.`,
      `Ask until it is over: ${again}`,
    );
  }
  const good = await versionOf(run, place, decision.to!);
  const booster = good && (await boosterOf(run, good));
  if (booster === undefined || typeof booster === 'string') {
    return notDone(`The model of ${nameOf(decision.to)} cannot be read: ${booster ?? 'it is gone'}.`, again);
  }
  const flights = flightsOf(JULY);
  const answered = calls.filter(({ answer, row }) => isAnswer(answer) && flights[row]);
  const expected = answersOf(
    booster,
    answered.map(({ row }) => flights[row]!),
  );
  const strange = answered.filter(({ answer }, at) => answer !== expected[at]);
  if (strange.length > 0) {
    return notDone(
      `${count(strange.length, 'answer')} of ${answered.length} are not those of ${nameOf(decision.to)} run here.`,
      again,
    );
  }
  const asked = flights.slice(0, SOME);
  const here = answersOf(booster, asked);
  try {
    for (const [at, { body }] of asked.entries()) {
      const now = await askOne(run.clients.sagemakerRuntime, place.endpoint, body);
      if (now !== here[at])
        return notDone(`Asked now, the endpoint says ${now} where ${nameOf(decision.to)} says ${here[at]}.`, again);
    }
  } catch (error) {
    if (saysNothing(error)) throw error;
    return notDone(`Asked now, the endpoint refuses: ${refusalOf(error)}`, endpointLogCommand(place.endpoint));
  }
  const times = failed.map(({ at }) => at.getTime());
  const seconds = Math.round((Math.max(...times) - Math.min(...times)) / 1000);
  return done(
    `Version ${numberOf(bad)} failed ${count(failed.length, 'request')} of ${calls.length} within ${seconds} s; ${place.alarms.errors} went off, and the responder brought ${nameOf(decision.to)} back through the stack and rejected the other. Since then every request is answered.`,
    labCommand(run, 'step', 'investigate'),
  );
}
