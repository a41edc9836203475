import type { LabRun } from '../../course/run';
import { describeStack } from '../../teardown/stack';

/** What is told when the stack stays. */
export const STAYS = 'The stack is updated and stays, so nothing is removed.';

/**
 * Whether the stack goes on living: CloudFormation also deletes a resource that an update replaced or took out, and to
 * that resource it looks like the end of the stack.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export async function stackStays(run: LabRun): Promise<boolean> {
  const status = (await describeStack(run))?.StackStatus ?? '';
  return status.startsWith('UPDATE_') && status.endsWith('_IN_PROGRESS');
}
