/** Bringing an earlier version back through production's stack. */
import { DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { updateParameters } from '../../../lib/target/stacks';
import { UNGUARDED, VERSION_VARIABLE } from '../names';
import { deleteStackCommand } from '../aws-cli';
import { stackFailureReason } from '../failure/release-failure';
import type { EndpointResources } from '../resources';
import { endpointStackOf } from './serving';

/** What CloudFormation says where the configuration that serves was deleted. */
const GONE_CONFIG = /Could not find endpoint configuration/i;
/** Longest that an update takes: new instances, and the bake. */
const MINUTES = 45;

/** Parameters that say which version comes back: which one serves, and that no alarm about the one before stops it. */
const BOTH: readonly string[] = [VERSION_VARIABLE, UNGUARDED];

/**
 * Updates a stack to another version, even while its alarms are in ALARM, and changes nothing else: same template, same other
 * parameters, same role.
 *
 * @throws LabError when CloudFormation refuses or rolls back
 */
export async function updateStackToVersion(
  run: LabRun,
  resources: EndpointResources,
  arn: string,
  step: string,
): Promise<void> {
  const stack = await endpointStackOf(run, resources);
  if (stack === undefined) {
    throw new LabError(`The stack ${resources.stack} does not exist.`, {
      why: 'Production is made by a release.',
      next: labCommand(run, 'check', 'promote'),
    });
  }
  try {
    const changed = new Map(BOTH.map((key) => [key, arn]));
    await updateParameters(run, stack.id, Object.keys(stack.parameters), changed);
  } catch (error) {
    const { message } = error as Error;
    if (/no updates are to be performed/i.test(message)) {
      run.progress(`the stack ${resources.stack} has that version already`);
      return;
    }
    if (!/_IN_PROGRESS state/.test(message)) throw error;
    throw new LabError(`The stack ${resources.stack} is being changed: ${message}`, {
      why: 'A release deploys just now, or another rollback. One change at a time.',
      next: `aws cloudformation wait stack-update-complete --stack-name ${resources.stack}, then ${labCommand(run, 'step', step)}`,
      cause: error,
    });
  }
  const status = await waitForStack(run, resources);
  if (status === 'UPDATE_COMPLETE') return;
  const why = (await stackFailureReason(run, resources)) ?? 'CloudFormation gave no reason.';
  throw new LabError(`The update of ${resources.stack} ended as ${status}.`, {
    why,
    next: GONE_CONFIG.test(why)
      ? `This endpoint can no longer be updated. Delete its stack: ${deleteStackCommand(resources)}; then release again: ${labCommand(run, 'check', 'promote')}`
      : `aws cloudformation describe-stack-events --stack-name ${resources.stack}`,
  });
}

/** Waits until nobody changes a stack. @returns its status then, `gone` where there is none */
export async function waitForStack(run: LabRun, resources: EndpointResources): Promise<string> {
  return waitWithProgress(run, {
    what: `stack ${resources.stack}`,
    minutes: MINUTES,
    next: `aws cloudformation describe-stack-events --stack-name ${resources.stack}`,
    ask: async () => {
      const now = (await endpointStackOf(run, resources))?.status ?? 'gone';
      return /IN_PROGRESS$/.test(now) ? new InProgress(now) : now;
    },
  });
}

export interface StackUpdate {
  readonly begun: Date;
  readonly ended: Date;
}

/** The last update that ended in UPDATE_COMPLETE, by the stack's events; undefined where there is none. */
export async function lastStackUpdate(run: LabRun, { stack }: EndpointResources): Promise<StackUpdate | undefined> {
  let token: string | undefined;
  let end: Date | undefined;
  do {
    // Newest first.
    const page = await run.clients.cloudformation.send(
      new DescribeStackEventsCommand({ StackName: stack, NextToken: token }),
    );
    for (const { PhysicalResourceId, StackId, ResourceStatus, Timestamp } of page.StackEvents ?? []) {
      if (PhysicalResourceId !== StackId) continue;
      if (ResourceStatus === 'UPDATE_COMPLETE') end ??= Timestamp!;
      if (ResourceStatus === 'UPDATE_IN_PROGRESS' && end) return { begun: Timestamp!, ended: end };
    }
    token = page.NextToken;
  } while (token);
  return undefined;
}
