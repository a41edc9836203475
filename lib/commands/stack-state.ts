/** What comes next for a lab whose stack is in some state: in one place, so that no two commands send a learner in a circle. */
import { isComplete } from '../course/load';
import type { LabId } from '../course/names';
import type { Context } from './context';

export interface StackState {
  readonly lab: LabId;
  readonly stackName: string;
  readonly status: string;
}

/**
 * Whether CloudFormation is at work on the stack, so that waiting ends it. A stack in review waits for somebody: an
 * interrupted deployment left it.
 */
export function isGoing(status: string): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS' && !isComplete(status);
}

/** States that a deployment mends: it makes the stack anew. */
export function isAnew(status: string): boolean {
  return ['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'CREATE_FAILED'].includes(status);
}

/** The command that ends a state, or goes on from it. */
export function nextFor(context: Context, { lab, stackName, status }: StackState): string {
  const { suffix } = context;
  if (isComplete(status)) return `./lab check ${lab}${suffix}`;
  if (isGoing(status)) return `./lab status --wait${suffix}`;
  const down = `./lab down ${lab}${suffix}`;
  if (isAnew(status)) return `./lab up ${lab}${suffix}, or ${down}`;
  if (['UPDATE_ROLLBACK_FAILED', 'UPDATE_FAILED'].includes(status))
    return `aws cloudformation continue-update-rollback --stack-name ${stackName}, or ${down}`;
  return down;
}
