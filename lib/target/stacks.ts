import { randomUUID } from 'node:crypto';
import {
  DeleteStackCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
  type Stack,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';

import { everyPage } from './pages';
import { treatmentOf } from './stack-states';
import type { Target } from './target';

/** A stack by name or id; undefined when there is none, or it is deleted. */
export async function findStack(target: Pick<Target, 'clients'>, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await target.clients.cloudformation.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks.find((stack) => stack.StackStatus !== 'DELETE_COMPLETE');
  } catch (error) {
    if ((error as Error).name === 'ValidationError' && /does not exist/.test((error as Error).message))
      return undefined;
    throw error;
  }
}

/** Every stack of the account's Region that the caller may see. */
export async function allStacks(target: Pick<Target, 'clients'>): Promise<Stack[]> {
  const stacks = await everyPage(async (NextToken) => {
    const page = await target.clients.cloudformation.send(new DescribeStacksCommand({ NextToken }));
    return { items: page.Stacks, next: page.NextToken };
  });
  return stacks.filter((stack) => stack.StackStatus !== 'DELETE_COMPLETE');
}

/** Updates a stack by some of its parameters: same template, same other parameters, same role. */
export async function updateParameters(
  target: Pick<Target, 'clients'>,
  id: string,
  parameters: readonly string[],
  changed: ReadonlyMap<string, string>,
): Promise<void> {
  await target.clients.cloudformation.send(
    new UpdateStackCommand({
      StackName: id,
      // By it CloudFormation knows a request that the SDK sends again.
      ClientRequestToken: randomUUID(),
      UsePreviousTemplate: true,
      Parameters: parameters.map((ParameterKey) =>
        changed.has(ParameterKey)
          ? { ParameterKey, ParameterValue: changed.get(ParameterKey) }
          : { ParameterKey, UsePreviousValue: true },
      ),
    }),
  );
}

/** Whether a resource is a custom one: a function answers for it. */
export function isCustom(resourceType = ''): boolean {
  return /^Custom::|::CustomResource$/.test(resourceType);
}

/** Asks CloudFormation to delete a stack; of one that could not be deleted before, without what kept it. */
export async function requestDeletion(target: Pick<Target, 'clients'>, id: string, status?: string): Promise<void> {
  const RetainResources = treatmentOf(status) === 'retain' ? await hollow(target, id) : [];
  await target.clients.cloudformation.send(
    new DeleteStackCommand({ StackName: id, ...(RetainResources.length > 0 && { RetainResources }) }),
  );
}

/**
 * Custom resources that kept an earlier deletion from ending: their function is gone or broken, and nothing of their own
 * stands behind them, so the stack may let go of them. CloudFormation allows that for stacks in DELETE_FAILED only.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
 */
async function hollow(target: Pick<Target, 'clients'>, id: string): Promise<string[]> {
  return (await stackResources(target, id)).flatMap(({ LogicalResourceId, ResourceType, ResourceStatus }) =>
    LogicalResourceId && ResourceStatus === 'DELETE_FAILED' && isCustom(ResourceType) ? [LogicalResourceId] : [],
  );
}

/** The resources of a stack, as CloudFormation lists them. */
export async function stackResources(target: Pick<Target, 'clients'>, id: string): Promise<StackResourceSummary[]> {
  return everyPage(async (NextToken) => {
    const page = await target.clients.cloudformation.send(new ListStackResourcesCommand({ StackName: id, NextToken }));
    return { items: page.StackResourceSummaries, next: page.NextToken };
  });
}
