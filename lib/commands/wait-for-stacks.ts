/** Waiting for CloudFormation: what it is at, and its end. */
import { LabError } from '../course/errors';
import { stackResources } from '../target/stacks';
import type { Target } from '../target/target';
import type { Context } from './context';
import { isGoing } from './stack-state';
import { findDeployedLabs, type DeployedLab, visibleTo } from './deployed-labs';

/** Nothing that CloudFormation does with a lab takes longer: a resource may take an hour to time out. */
const LONGEST_MS = 90 * 60_000;

/** The labs, once none of this learner's, or of those asked for, is being changed. */
export async function waitForStacks(context: Context, target: Target): Promise<DeployedLab[]> {
  const since = target.clock.now().getTime();
  for (;;) {
    const standings = await findDeployedLabs(context);
    const going = visibleTo(context, standings).mine.find(({ status }) => isGoing(status));
    if (!going) return standings;
    if (target.clock.now().getTime() - since > LONGEST_MS)
      throw new LabError(`The stack ${going.stackName} is still ${going.status} after 90 minutes.`, {
        why: 'CloudFormation waits for a resource that does not answer.',
        next: `aws cloudformation describe-stack-events --stack-name ${going.stackName} --region ${target.region}`,
      });
    context.ui.progress(`Waiting for ${going.stackName}`, await describeProgress(target, going));
    await target.clock.sleep(target.clients.pollMs);
  }
}

/** What CloudFormation is at: how much is made, and which resource it waits for. */
export async function describeProgress(target: Target, { stackName, status }: DeployedLab): Promise<string> {
  const resources = await stackResources(target, stackName);
  const now = resources.filter(({ ResourceStatus = '' }) => ResourceStatus.endsWith('_IN_PROGRESS'));
  const ended = resources.filter(({ ResourceStatus = '' }) => ResourceStatus.endsWith('_COMPLETE')).length;
  const shown = now.slice(0, 3).map(({ LogicalResourceId, ResourceType }) => `${LogicalResourceId} (${ResourceType})`);
  const rest = now.length > shown.length ? ` and ${now.length - shown.length} more` : '';
  return `${stackName} is ${status}: ${ended} of ${resources.length} resources have ended${now.length > 0 ? `; it waits for ${shown.join(', ')}${rest}` : ''}.`;
}
