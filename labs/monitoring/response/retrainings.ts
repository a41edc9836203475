/** The responder's retrainings, and the way to another one where the last came to nothing. */
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { COOL_DOWN_MINUTES } from '../names';
import { ACTIONS, isFinished } from '../runtime/responder/decision';
import type { Decision } from './decisions';

/** Decisions on alarms that ask for a retraining, whichever it was: after the one the other finds it done. */
export const retrainDecisions = (decisions: readonly Decision[]): Decision[] =>
  decisions.filter(({ cause }) => ACTIONS[cause.kind] === 'retrain');

/**
 * The retraining that counts: the newest whose version stands, as a later one that was no better, failed or is under way
 * undoes no earlier; where none stands, the newest that began.
 *
 * @param decisions newest first
 * @param stands ARNs of the versions of the group
 */
export function retrainingOf(decisions: readonly Decision[], stands: ReadonlySet<string>): Decision | undefined {
  const begun = decisions.filter(({ action, job }) => action === 'retrain' && job !== undefined);
  return begun.find(({ registered }) => registered !== undefined && stands.has(registered)) ?? begun[0];
}

/**
 * What leads to another retraining. The responder cools down after one, whatever it came to; and one whose version
 * stands answers the same data for good.
 *
 * @param version ARN of a version that stands and will not do
 */
export function retrainAgainAdvice(run: LabRun, decisions: readonly Decision[], version?: string): string {
  const last = decisions.find((one) => one.action === 'retrain' && isFinished(one));
  const until = new Date(Date.parse(last?.timeline.at(-1)?.at ?? '1970') + COOL_DOWN_MINUTES * 60_000);
  const step = labCommand(run, 'step', 'drift');
  const first =
    version === undefined ? '' : `aws sagemaker delete-model-package --model-package-name ${version}; then `;
  return until > run.clock.now()
    ? `${first}after ${until.toISOString().slice(11, 16)} UTC (until then it cools down): ${step}`
    : `${first}${step}`;
}
