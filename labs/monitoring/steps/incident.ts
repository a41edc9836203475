import { numberOf, versionsOf } from '../../../lib/aws/versions';
import type { Step } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { isOver } from '../runtime/responder/decision';
import { alarmOf, awaitAlarm, awaitQuiet } from '../alarms/state';
import { awaitDecision, decisionsOf, type Decision } from '../response/decisions';
import { Callers, keepCalls, newLog, readCalls, toldBy } from '../incident/caller-log';
import { isCareless, registerCareless } from '../incident/careless-model';
import { versionOf, type Version } from '../endpoint/models';
import { placeOf, s3Uri, type LabPlace } from '../resources';
import { awaitRest, servingVersion, updateVersion } from '../endpoint/serving';
import { checkIncident } from './incident-check';
import { explainIncident } from './incident-commands';

/** Release a version that errors, and see it taken back. */
export const incident: Step = {
  id: 'incident',
  title: 'A release errors, and is taken back',
  predict:
    'A version is released in a quiet hour: the trees are the same, and one line in its script is new. The health check is fine, and nobody asks during the bake. Who will notice, and when?',
  awsMinutes: 30,
  hints: [
    'The alarms that guard a release see only what happens during its bake. Without requests there are no errors.',
    'Errors after a release: roll back. The responder updates the stack of the endpoint with the version before; it does not call UpdateEndpoint.',
    'While the rollback goes on, callers still get errors. How long that is, is what blue/green and a quick alarm are about.',
  ],
  act,
  check: checkIncident,
  explain: explainIncident,
};

const MINUTES = 60;

async function act(run: LabRun): Promise<void> {
  const place = placeOf(run);
  // A step that was broken off may have left the release or the rollback under way.
  await awaitRest(run, place, 'incident');
  const serving = await versionOf(run, place, await servingVersion(run, place));
  const known = await versionsOf(run, place.group);
  if (serving === undefined) {
    throw new LabError(`What serves at ${place.endpoint} is no version of ${place.group}.`, {
      why: 'Somebody changed it past its stack.',
      next: labCommand(run, 'up'),
    });
  }
  if (!isCareless(serving) && (await isOverAlready(run, place, known.find(isCareless)))) return;
  const bad = isCareless(serving) ? serving : await registerCareless(run, place, serving);
  if (bad !== serving) {
    await awaitQuiet(run, [place.alarms.errors, place.alarms.latency], 'incident');
    run.progress(`releasing version ${numberOf(bad)}, in a quiet hour`);
    await updateVersion(run, place, bad.ModelPackageArn!, 'incident');
  }
  const [last] = (await decisionsOf(run, place, 'errors')).filter(({ from }) => from === bad.ModelPackageArn);
  // The alarm that is on tells nobody again: another decision would be waited for in vain.
  if (last && isOver(last) && !isRollback(last) && (await alarmOf(run, place.alarms.errors))?.StateValue === 'ALARM') {
    throw notTakenBack(run, place, last);
  }
  run.progress(`version ${numberOf(bad)} serves; its alarms were silent during the bake. Now callers come`);
  await meet(run, place);
}

const isRollback = ({ action, status }: Decision): boolean => action === 'rollback' && status === 'done';

/** What to do where the responder let the version serve on: what it needs, and the alarm rung anew. */
export function notTakenBack(run: LabRun, place: LabPlace, decision: Decision): LabError {
  const alarm = place.alarms.errors;
  return new LabError(`The responder did not roll back: ${decision.reason}`, {
    why: `The version still serves, and errors. It goes back to an approved version before it; an alarm that is on calls it no second time.`,
    next: `approve a good version: aws sagemaker update-model-package --model-package-arn ARN --model-approval-status Approved (aws sagemaker list-model-packages --model-package-group-name ${place.group} has the ARNs); then aws cloudwatch set-alarm-state --alarm-name ${alarm} --state-value OK --state-reason again; then ${labCommand(run, 'step', 'incident')}`,
  });
}

/**
 * Whether the newest version that errors was released, met by callers and taken back already. Requests are added to a
 * log of them that ends too early: the step was broken off.
 */
async function isOverAlready(run: LabRun, place: LabPlace, bad: Version | undefined): Promise<boolean> {
  const decisions = (await decisionsOf(run, place, 'errors')).filter(({ from }) => from === bad?.ModelPackageArn);
  if (bad === undefined || decisions.length === 0) return false;
  const decision = decisions.every(isOver)
    ? decisions[0]!
    : await awaitDecision(run, place, { kind: 'errors', earlier: [], step: 'incident', minutes: MINUTES });
  if (!isRollback(decision)) return false;
  const kept = await readCalls(run, place);
  const told = toldBy(kept?.calls ?? []);
  if (kept === undefined || told === 'nothing') {
    run.progress('a release errored and was taken back, and no log tells what callers saw: once more');
    return false;
  }
  run.progress(`a release errored and was taken back already: ${decision.reason}`);
  if (told === 'failures') {
    const more = await new Callers(run, place.endpoint).stop();
    await keepCalls(run, place, { key: kept.key, calls: [...kept.calls, ...more] });
    run.progress(`${more.length} more requests, as the log of them ended too early: ${s3Uri(place, kept.key)}`);
  }
  return true;
}

/** Callers ask until the responder is done with a version that errors. */
async function meet(run: LabRun, place: LabPlace): Promise<void> {
  const begun = run.clock.now();
  const earlier = await decisionsOf(run, place, 'errors');
  const key = newLog(run);
  const callers = new Callers(run, place.endpoint, (calls) => keepCalls(run, place, { key, calls }));
  let decision: Decision;
  try {
    // Of a step that was broken off, the rollback may be under way: its alarm may be silent again.
    if (earlier.every(isOver)) {
      const off = await awaitAlarm(run, place.alarms.errors, begun, 'incident');
      run.progress(`${place.alarms.errors} went off at ${off.at.toISOString()}: ${off.reason}`);
    }
    decision = await awaitDecision(run, place, { kind: 'errors', earlier, step: 'incident', minutes: MINUTES });
  } finally {
    const calls = await callers.stop();
    run.progress(`${calls.length} requests meanwhile, ${callers.failures} of them failed: ${s3Uri(place, key)}`);
  }
  run.progress(`the responder: ${decision.reason}`);
  if (!isRollback(decision)) throw notTakenBack(run, place, decision);
}
