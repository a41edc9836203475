/** Deleting a stack, whatever its state. */
import {
  CancelUpdateStackCommand,
  DescribeStackEventsCommand,
  type Stack,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';

import { LabError } from '../course/errors';
import type { Report } from './deployer';
import { removePolicies } from './role-policies';
import { brokenFunctions, endSilentFunctions } from './stack-functions';
import { isRoleMissingError, type Treatment, treatmentOf } from './stack-states';
import { findStack, isCustom, requestDeletion } from './stacks';
import type { Target } from './target';

type Cloud = Pick<Target, 'clients' | 'clock'>;

/** A stack that takes longer is stuck: a custom resource that does not answer is given an hour. */
const LONGEST_MS = 75 * 60_000;

/**
 * Waits until CloudFormation changes the stack no more, cancelling an update that goes on.
 *
 * @returns the stack as it is then; undefined when there is none
 * @throws LabError where it still changes after LONGEST_MS
 */
export function waitUntilStable(target: Cloud, name: string, report: Report): Promise<Stack | undefined> {
  return follow(target, name, report, (treatment) => treatment !== 'wait' && treatment !== 'cancel');
}

/** Waits until a stack is gone, or its status is one that ends the waiting. */
async function follow(
  target: Cloud,
  name: string,
  report: Report,
  isOver: (treatment: Treatment) => boolean,
): Promise<Stack | undefined> {
  const since = target.clock.now().getTime();
  let cancelled = false;
  for (;;) {
    const stack = await findStack(target, name);
    const treatment = treatmentOf(stack?.StackStatus);
    if (!stack || isOver(treatment)) return stack;
    const id = stack.StackId ?? name;
    if (treatment === 'cancel' && !cancelled) {
      cancelled = true;
      await cancelUpdate(target, id);
    }
    refuseEndless(target, stack, since);
    const [last] = await eventsSince(target, id, since);
    report(
      treatment === 'wait' && stack.StackStatus !== 'DELETE_IN_PROGRESS'
        ? `Waiting: the stack is ${stack.StackStatus}`
        : 'Deleting the stack',
      last ? `${last.ResourceType ?? ''} ${last.LogicalResourceId ?? ''}` : '',
    );
    await target.clock.sleep(target.clients.pollMs);
  }
}

async function cancelUpdate({ clients }: Cloud, id: string): Promise<void> {
  try {
    await clients.cloudformation.send(new CancelUpdateStackCommand({ StackName: id }));
  } catch (error) {
    // It ended a moment ago, or cannot be cancelled any more: then there is only waiting.
    if ((error as Error).name !== 'ValidationError') throw error;
  }
}

/** Deletes a stack and waits for its end. @throws LabError with the first resource that failed, and why */
export async function removeStack(target: Cloud, name: string, report: Report): Promise<void> {
  const since = target.clock.now().getTime();
  const stack = await waitUntilStable(target, name, report);
  if (!stack) return;
  const id = stack.StackId ?? name;
  await endSilentFunctions(target, await brokenFunctions(target, id));
  const mended = new Set<string>();
  for (let status = stack.StackStatus; ; status = 'DELETE_FAILED') {
    report('Deleting the stack');
    await request(target, stack, status);
    // Just after the request, CloudFormation may still tell the status from before.
    const end = await follow(target, id, report, (treatment) => treatment === 'retain');
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

/** @throws LabError where the role is gone with which the CDK deployed the stack, and with which it has to be deleted */
async function request(target: Cloud, stack: Stack, status: string | undefined): Promise<void> {
  try {
    await requestDeletion(target, stack.StackId ?? stack.StackName ?? '', status);
  } catch (error) {
    if (!isRoleMissingError((error as Error).message)) throw error;
    const { StackName: name = '', RoleARN: role } = stack;
    const [, , , region = '', account = ''] = (stack.StackId ?? '').split(':');
    const toolkit = await findStack(target, 'CDKToolkit');
    throw new LabError(`The stack ${name} could not be deleted: its role ${role ?? ''} is gone.`, {
      why: `CloudFormation deletes a stack with the role that it was deployed with${toolkit ? '; the stack CDKToolkit, which made it, stands without it' : ', and the stack CDKToolkit, which made it, is gone too'}.`,
      next: toolkit
        ? `aws cloudformation delete-stack --stack-name ${name} --role-arn <a role that CloudFormation may assume>, then ./lab down once more`
        : `npx cdk bootstrap aws://${account}/${region}, which makes the role again, then ./lab down once more`,
      cause: error,
    });
  }
}

function refuseEndless(target: Cloud, stack: Stack, since: number): void {
  if (target.clock.now().getTime() - since <= LONGEST_MS) return;
  throw new LabError(`The stack ${stack.StackName ?? stack.StackId} is still ${stack.StackStatus} after 75 minutes.`, {
    why: stack.StackStatusReason ?? 'CloudFormation gave no reason.',
    next: './lab status',
  });
}

function notDeleted(stack: Stack, failed: StackEvent | undefined, end: Stack): LabError {
  return new LabError(`The stack ${stack.StackName ?? stack.StackId} could not be deleted.`, {
    why: failed
      ? `${failed.LogicalResourceId} (${failed.ResourceType}): ${failed.ResourceStatusReason ?? 'no reason given'}`
      : (end.StackStatusReason ?? 'CloudFormation gave no reason.'),
    next: './lab down, once more: it goes on where it stopped',
  });
}

/** Whether a custom resource failed because its function is gone: somebody deleted it by hand. */
function isOrphan({ ResourceType = '', ResourceStatusReason = '' }: StackEvent): boolean {
  return isCustom(ResourceType) && /function.*not found/i.test(ResourceStatusReason);
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

/** Newest first. */
async function eventsSince(target: Cloud, id: string, since: number): Promise<StackEvent[]> {
  const { StackEvents = [] } = await target.clients.cloudformation.send(
    new DescribeStackEventsCommand({ StackName: id }),
  );
  return StackEvents.filter((event) => (event.Timestamp?.getTime() ?? Infinity) >= since - 5000);
}
