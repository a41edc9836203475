import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { LabRun } from '../course/run';
import { orUndefined } from './errors';
import type { StackState } from './kind';

/** The lab's stack, or undefined when there is none. */
export async function describeStack(run: LabRun, nameOrId = run.stackName): Promise<Stack | undefined> {
  const answer = await orUndefined(run.clients.cloudformation.send(new DescribeStacksCommand({ StackName: nameOrId })));
  const stack = answer?.Stacks?.[0];
  return stack?.StackStatus === 'DELETE_COMPLETE' ? undefined : stack;
}

export async function stackState(run: LabRun): Promise<StackState> {
  const stack = await describeStack(run);
  if (stack === undefined) return 'gone';
  return stack.StackStatus === 'DELETE_IN_PROGRESS' ? 'deleting' : 'standing';
}
