/** What a CloudFormation action reads of its stack, as the action's role. */
import { DescribeStackEventsCommand, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { ActionFailure, downstreamFailure } from '../errors';
import { pause } from '../timers';
import type { ActionContext } from './action';

/** Makes of a refused request the failure of the action. */
export async function orActionFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw downstreamFailure(error, 'AmazonCloudFormation');
  }
}

/** The stack; undefined when there is none. @throws ActionFailure */
export async function describeStack({ principal, configuration }: ActionContext): Promise<Stack | undefined> {
  return orActionFailure(async () => {
    try {
      const StackName = configuration.StackName!;
      const [stack] = (await principal.cloudformation.send(new DescribeStacksCommand({ StackName }))).Stacks ?? [];
      return stack?.StackStatus === 'DELETE_COMPLETE' ? undefined : stack;
    } catch (error) {
      if (/does not exist/.test((error as Error).message)) return undefined;
      throw error;
    }
  });
}

/** Waits until no operation is in progress. */
export async function waitUntilStable(context: ActionContext): Promise<Stack | undefined> {
  for (;;) {
    const stack = await describeStack(context);
    if (!stack?.StackStatus?.endsWith('_IN_PROGRESS')) return stack;
    context.report({ externalExecutionId: stack.StackId });
    await pause(context.timers, context.pollMs, context.signal);
  }
}

/** Reasons of the resources that failed since then, oldest first. */
async function reasons({ principal }: ActionContext, stack: Stack, since: Date): Promise<string[]> {
  try {
    const { StackEvents = [] } = await principal.cloudformation.send(
      new DescribeStackEventsCommand({ StackName: stack.StackId! }),
    );
    return StackEvents.filter(
      ({ ResourceStatus, Timestamp, PhysicalResourceId, ResourceStatusReason = '' }) =>
        ResourceStatus?.endsWith('_FAILED') &&
        PhysicalResourceId !== stack.StackId &&
        !/cancelled/i.test(ResourceStatusReason) &&
        // Events carry whole seconds.
        Timestamp!.getTime() >= Math.floor(since.getTime() / 1000) * 1000,
    )
      .reverse()
      .map(({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`);
  } catch {
    // A role that may not read events still learns the stack's own reason.
    return [];
  }
}

/** Why an operation on the stack failed. */
export async function stackFailure(
  context: ActionContext,
  stack: Stack | undefined,
  since: Date,
): Promise<ActionFailure> {
  const name = context.configuration.StackName;
  if (!stack) return new ActionFailure('JobFailed', `Stack ${name} does not exist any more.`);
  const parts = [stack.StackStatusReason ?? '', ...(await reasons(context, stack, since))].filter(
    (part) => part !== '',
  );
  return new ActionFailure('JobFailed', `Stack ${name} ended as ${stack.StackStatus}. ${parts.join(' ')}`.trim());
}
