import { numberOf, versionsOf } from '../../../lib/aws/versions';
import type { Step } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { isFinished } from '../runtime/responder/decision';
import { describeAlarm, waitForAlarm, waitUntilAlarmsOk } from '../alarms/state';
import { waitForDecision, decisionsOf, type Decision } from '../response/decisions';
import { Callers, saveCallLog, newCallLogKey, readCallLog, logCoverage } from '../incident/call-log';
import { isCareless, registerCareless } from '../incident/careless-model';
import { versionOf, type Version } from '../endpoint/models';
import { resourcesOf, s3Uri, type LabResources } from '../resources';
import { waitForStack, servingVersion, updateStackToVersion } from '../endpoint/serving';
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
  const resources = resourcesOf(run);
  // A step that was broken off may have left the release or the rollback under way.
  await waitForStack(run, resources, 'incident');
  const serving = await versionOf(run, resources, await servingVersion(run, resources));
  const known = await versionsOf(run, resources.group);
  if (serving === undefined) {
    throw new LabError(`What serves at ${resources.endpoint} is no version of ${resources.group}.`, {
      why: 'Somebody changed it past its stack.',
      next: labCommand(run, 'up'),
    });
  }
  if (!isCareless(serving) && (await isOverAlready(run, resources, known.find(isCareless)))) return;
  const bad = isCareless(serving) ? serving : await registerCareless(run, resources, serving);
  if (bad !== serving) {
    await waitUntilAlarmsOk(run, [resources.alarms.errors, resources.alarms.latency], 'incident');
    run.progress(`releasing version ${numberOf(bad)}, in a quiet hour`);
    await updateStackToVersion(run, resources, bad.ModelPackageArn!, 'incident');
  }
  const [last] = (await decisionsOf(run, resources, 'errors')).filter(({ from }) => from === bad.ModelPackageArn);
  // The alarm that is on tells nobody again: another decision would be waited for in vain.
  if (
    last &&
    isFinished(last) &&
    !isRollback(last) &&
    (await describeAlarm(run, resources.alarms.errors))?.StateValue === 'ALARM'
  ) {
    throw notRolledBackError(run, resources, last);
  }
  run.progress(`version ${numberOf(bad)} serves; its alarms were silent during the bake. Now callers come`);
  await meet(run, resources);
}

const isRollback = ({ action, status }: Decision): boolean => action === 'rollback' && status === 'done';

/** What to do where the responder let the version serve on: what it needs, and the alarm rung anew. */
export function notRolledBackError(run: LabRun, resources: LabResources, decision: Decision): LabError {
  const alarm = resources.alarms.errors;
  return new LabError(`The responder did not roll back: ${decision.reason}`, {
    why: `The version still serves, and errors. It goes back to an approved version before it; an alarm that is on calls it no second time.`,
    next: `approve a good version: aws sagemaker update-model-package --model-package-arn ARN --model-approval-status Approved (aws sagemaker list-model-packages --model-package-group-name ${resources.group} has the ARNs); then aws cloudwatch set-alarm-state --alarm-name ${alarm} --state-value OK --state-reason again; then ${labCommand(run, 'step', 'incident')}`,
  });
}

/**
 * Whether the newest version that errors was released, met by callers and taken back already. Requests are added to a
 * log of them that ends too early: the step was broken off.
 */
async function isOverAlready(run: LabRun, resources: LabResources, bad: Version | undefined): Promise<boolean> {
  const decisions = (await decisionsOf(run, resources, 'errors')).filter(({ from }) => from === bad?.ModelPackageArn);
  if (bad === undefined || decisions.length === 0) return false;
  const decision = decisions.every(isFinished)
    ? decisions[0]!
    : await waitForDecision(run, resources, { kind: 'errors', earlier: [], step: 'incident', minutes: MINUTES });
  if (!isRollback(decision)) return false;
  const kept = await readCallLog(run, resources);
  const told = logCoverage(kept?.calls ?? []);
  if (kept === undefined || told === 'nothing') {
    run.progress('a release errored and was taken back, and no log tells what callers saw: once more');
    return false;
  }
  run.progress(`a release errored and was taken back already: ${decision.reason}`);
  if (told === 'failures') {
    const more = await new Callers(run, resources.endpoint).stop();
    await saveCallLog(run, resources, { key: kept.key, calls: [...kept.calls, ...more] });
    run.progress(`${more.length} more requests, as the log of them ended too early: ${s3Uri(resources, kept.key)}`);
  }
  return true;
}

/** Callers ask until the responder is done with a version that errors. */
async function meet(run: LabRun, resources: LabResources): Promise<void> {
  const begun = run.clock.now();
  const earlier = await decisionsOf(run, resources, 'errors');
  const key = newCallLogKey(run);
  const callers = new Callers(run, resources.endpoint, (calls) => saveCallLog(run, resources, { key, calls }));
  let decision: Decision;
  try {
    // Of a step that was broken off, the rollback may be under way: its alarm may be silent again.
    if (earlier.every(isFinished)) {
      const off = await waitForAlarm(run, resources.alarms.errors, begun, 'incident');
      run.progress(`${resources.alarms.errors} went off at ${off.at.toISOString()}: ${off.reason}`);
    }
    decision = await waitForDecision(run, resources, { kind: 'errors', earlier, step: 'incident', minutes: MINUTES });
  } finally {
    const calls = await callers.stop();
    run.progress(`${calls.length} requests meanwhile, ${callers.failures} of them failed: ${s3Uri(resources, key)}`);
  }
  run.progress(`the responder: ${decision.reason}`);
  if (!isRollback(decision)) throw notRolledBackError(run, resources, decision);
}
