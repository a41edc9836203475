/** How a stack is deleted, and what CloudFormation says when it cannot. */
import { DeleteStackCommand, DescribeStackEventsCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { nameOf, orUndefined } from '../../errors';
import { isRoleMissingError, treatmentOf } from '../../../target/stack-states';
import type { Scope } from '../../kind';
import { untilGone } from '../../wait';

/** The stack's status now; undefined when it is deleted. */
async function statusOf({ run }: Scope, id: string): Promise<string | undefined> {
  const answer = await orUndefined(run.clients.cloudformation.send(new DescribeStacksCommand({ StackName: id })));
  const status = answer?.Stacks?.[0]?.StackStatus;
  return status === 'DELETE_COMPLETE' ? undefined : status;
}

/** Waits until CloudFormation does nothing with it. @returns its status; undefined when it is deleted */
async function atRest(scope: Scope, id: string, name: string, what: string): Promise<string | undefined> {
  let status: string | undefined;
  await untilGone(scope, `the stack ${name} ${what}`, async () => {
    status = await statusOf(scope, id);
    return !['wait', 'cancel'].includes(treatmentOf(status));
  });
  return status;
}

/**
 * Deletes a stack and waits until it is gone.
 *
 * @param role a role to delete it with in place of its own
 * @returns why it could not be deleted; undefined when it is
 */
export async function deleteStack(
  scope: Scope,
  { id, name }: { readonly id: string; readonly name: string },
  role?: string,
): Promise<string | undefined> {
  if ((await atRest(scope, id, name, 'to come to rest')) === undefined) return undefined;
  try {
    await scope.run.clients.cloudformation.send(
      new DeleteStackCommand({ StackName: id, ...(role && { RoleARN: role }) }),
    );
  } catch (error) {
    const reason = nameOf(error);
    if (role !== undefined || isRoleMissingError(reason)) return reason;
    throw error;
  }
  const status = await atRest(scope, id, name, 'to be deleted');
  return status === undefined ? undefined : `it is ${status}: ${await reasonsOf(scope, id)}`;
}

/** Reasons of the last attempt, resource by resource. */
async function reasonsOf({ run }: Scope, id: string): Promise<string> {
  const page = await orUndefined(run.clients.cloudformation.send(new DescribeStackEventsCommand({ StackName: id })));
  const reasons: string[] = [];
  // Newest first: the attempt began where the stack itself went into deletion.
  for (const event of page?.StackEvents ?? []) {
    const ofStack = event.PhysicalResourceId === id;
    if (ofStack && event.ResourceStatus === 'DELETE_IN_PROGRESS') break;
    if (event.ResourceStatus !== 'DELETE_FAILED') continue;
    reasons.push(`${event.LogicalResourceId ?? ''}: ${event.ResourceStatusReason ?? 'CloudFormation gives no reason'}`);
  }
  return reasons.join('; ') || 'CloudFormation gives no reason';
}
