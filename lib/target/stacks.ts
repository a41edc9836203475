import {
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  type Stack,
  type StackEvent,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';

import { LabError } from '../course/errors';
import type { Report } from './deployer';
import { removePolicies } from './role-policies';
import type { Target } from './target';

type Cloud = Pick<Target, 'clients' | 'clock' | 'name'>;

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
  const stacks: Stack[] = [];
  let NextToken: string | undefined;
  do {
    const page = await target.clients.cloudformation.send(new DescribeStacksCommand({ NextToken }));
    stacks.push(...(page.Stacks ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return stacks.filter((stack) => stack.StackStatus !== 'DELETE_COMPLETE');
}

/** A deletion that takes longer than this has hung: a Lambda-backed resource may take an hour to time out. */
const REMOVE_TIMEOUT_MS = 75 * 60_000;

/** Deletes a stack and waits for its end. @throws LabError with the first resource that failed, and why */
export async function removeStack(target: Cloud, name: string, report: Report): Promise<void> {
  const stack = await findStack(target, name);
  if (!stack) return;
  const id = stack.StackId ?? name;
  const since = target.clock.now().getTime();
  const mended = new Set<string>();
  for (let status = stack.StackStatus; ; status = 'DELETE_FAILED') {
    report('Deleting the stack');
    await requestDeletion(target, id, status);
    const end = await endOf(target, id, since, report);
    if (end === undefined) return;
    const failed = (await eventsSince(target, id, since)).filter(
      (event) => event.ResourceStatus === 'DELETE_FAILED' && event.PhysicalResourceId !== id,
    );
    const fresh = failed.filter((event) => !mended.has(event.LogicalResourceId ?? ''));
    const burdened = fresh.filter(hasPolicies);
    for (const { PhysicalResourceId } of burdened) await removePolicies(target.clients, PhysicalResourceId ?? '');
    const mendable = [...burdened, ...fresh.filter(isOrphan)];
    if (mendable.length === 0) throw notDeleted(stack, failed.pop(), end);
    for (const { LogicalResourceId = '' } of mendable) mended.add(LogicalResourceId);
  }
}

/** Waits while the stack is being deleted. @returns the stack that could not be; undefined when it is gone */
async function endOf(target: Cloud, id: string, since: number, report: Report): Promise<Stack | undefined> {
  for (;;) {
    const now = await findStack(target, id);
    if (!now || now.StackStatus === 'DELETE_FAILED') return now;
    if (target.clock.now().getTime() - since > REMOVE_TIMEOUT_MS) {
      throw new LabError(`The stack ${now.StackName ?? id} is still ${now.StackStatus} after 75 minutes.`, {
        why: now.StackStatusReason ?? 'CloudFormation gave no reason.',
        next: './lab status',
      });
    }
    const [last] = await eventsSince(target, id, since);
    report('Deleting the stack', last ? `${last.ResourceType ?? ''} ${last.LogicalResourceId ?? ''}` : '');
    await target.clock.sleep(target.clients.pollMs);
  }
}

function notDeleted(stack: Stack, failed: StackEvent | undefined, end: Stack): LabError {
  return new LabError(`The stack ${stack.StackName ?? stack.StackId} could not be deleted.`, {
    why: failed
      ? `${failed.LogicalResourceId} (${failed.ResourceType}): ${failed.ResourceStatusReason ?? 'no reason given'}`
      : (end.StackStatusReason ?? 'CloudFormation gave no reason.'),
    next: './lab down, once more: it goes on where it stopped',
  });
}

const CUSTOM = /^Custom::|::CustomResource$/;

/** Whether a custom resource failed because its function is gone: somebody deleted it by hand. */
function isOrphan({ ResourceType = '', ResourceStatusReason = '' }: StackEvent): boolean {
  return CUSTOM.test(ResourceType) && /function.*not found/i.test(ResourceStatusReason);
}

/**
 * Whether a role was not deleted because somebody gave it a policy by hand, as one does who looks for a missing permission.
 * CloudFormation takes away what the template gave, and no more.
 *
 * @see https://github.com/aws/aws-cdk/issues/15024
 */
function hasPolicies({ ResourceType, ResourceStatusReason = '' }: StackEvent): boolean {
  return ResourceType === 'AWS::IAM::Role' && /must (detach all|delete) policies first/i.test(ResourceStatusReason);
}

/** Asks CloudFormation to delete a stack; of one that could not be deleted before, without what kept it. */
export async function requestDeletion(target: Pick<Target, 'clients'>, id: string, status?: string): Promise<void> {
  const RetainResources = status === 'DELETE_FAILED' ? await hollow(target, id) : [];
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
    LogicalResourceId && ResourceStatus === 'DELETE_FAILED' && CUSTOM.test(ResourceType ?? '')
      ? [LogicalResourceId]
      : [],
  );
}

/** The resources of a stack, as CloudFormation lists them. */
export async function stackResources(target: Pick<Target, 'clients'>, id: string): Promise<StackResourceSummary[]> {
  const found: StackResourceSummary[] = [];
  let NextToken: string | undefined;
  do {
    const page = await target.clients.cloudformation.send(new ListStackResourcesCommand({ StackName: id, NextToken }));
    found.push(...(page.StackResourceSummaries ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

/** Newest first. */
async function eventsSince(target: Cloud, id: string, since: number): Promise<StackEvent[]> {
  const { StackEvents = [] } = await target.clients.cloudformation.send(
    new DescribeStackEventsCommand({ StackName: id }),
  );
  return StackEvents.filter((event) => (event.Timestamp?.getTime() ?? Infinity) >= since - 5000);
}
