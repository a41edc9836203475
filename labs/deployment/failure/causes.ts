/** Causes of a release's stop that have a name, and what to do about each. */
import { endpointLogCommand } from '../../../lib/aws/job-log';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { QUOTAS } from '../../../lib/facts/quotas';
import { instancesNeeded } from '../quotas';
import { setApprovalCommand, deleteStackCommand } from '../aws-cli';
import type { ReleaseFailure } from './release-failure';
import type { LabResources } from '../resources';

const UP = (run: LabRun, ...options: string[]): string =>
  `${labCommand(run, 'up')}${options.map((o) => ` ${o}`).join('')}`;

/** Staging as a container that may write where it likes, and that takes no serverless concurrency. */
const stagingOnInstance = (run: LabRun): string =>
  `${UP(run, '--staging', 'instance')} (the lab then needs ${instancesNeeded({ ...run.modes, staging: 'instance' })} instances at once; new accounts have ${QUOTAS.endpointT2Medium.fresh})`;

/** What to do about causes that have a name. */
export const KNOWN_CAUSES: readonly {
  readonly on: RegExp;
  readonly why: string;
  next(run: LabRun, resources: LabResources, stop: ReleaseFailure): string;
}[] = [
  {
    on: /AccountLimitExceeded|more than 0 builds in queue/i,
    why: 'AWS holds the builds of this account at zero, as it does with some new ones, whatever Service Quotas says. Only AWS Support lifts that.',
    next: (run) => `${UP(run, '--build', 'lambda')} (Verify then runs in a function), and the step again`,
  },
  {
    on: /ResourceLimitExceeded.*serverless|serverless.*(ResourceLimitExceeded|limit)/i,
    why: 'The account’s quota for serverless endpoints is used up, or 0.',
    next: (run) =>
      `${stagingOnInstance(run)}, and release it again: ${labCommand(run, 'step', 'release')}; or ask for more: ${quotaCommand(run, QUOTAS.serverlessConcurrency, 10)}`,
  },
  {
    on: /ResourceLimitExceeded|account-level service limit/i,
    why: 'The account’s quota for endpoints on this instance type is used up, or 0. Labs 3 and 4 share it.',
    next: (run, { staging }) => {
      const without =
        run.modes.staging === 'instance'
          ? `${UP(run, '--staging', 'serverless')} and delete staging: ${deleteStackCommand(staging)}, which the next release makes anew: ${labCommand(run, 'step', 'release')}; or ask for more: `
          : '';
      return `./lab status --target ${run.target}; take the other lab down, or: ${without}${quotaCommand(run, QUOTAS.endpointT2Medium, instancesNeeded(run.modes))}`;
    },
  },
  {
    // Verify says it, and Production, which asks again.
    on: /Only an approved version is released/,
    why: 'The registry decides what may serve; it is asked at Verify, and again right before production. What served before serves on.',
    next: (run) => `approve it, or go on with the newest approved version: ${labCommand(run, 'step', 'release')}`,
  },
  {
    // Watch says the one, CloudFormation the other.
    on: /which is gone: the update was rolled back|Could not find endpoint configuration/i,
    why: 'While a version baked, an alarm rang, and SageMaker put the old one back; the configuration of that is deleted, and an endpoint without one takes no update. It has to be made anew. Callers get no answer until the next release has come through.',
    next: (run, { production }) =>
      `delete it: ${deleteStackCommand(production)}; then release the version again, or reject it first: ${labCommand(run, 'step', 'release')}`,
  },
  {
    on: /did not pass the ping health check/i,
    why: 'The model does not come up in its container, whose log says why. Where that is `[Errno 13] Permission denied: …/site-packages/…`, the version was registered without PIP_TARGET and PYTHONPATH, and a serverless container may not install its program: the step source registers the model with both.',
    next: (run, { staging, production }, { action, version }) =>
      `what it says: ${endpointLogCommand(action === 'DeployStaging' ? staging.endpoint : production.endpoint, 24)}; ${action === 'DeployStaging' && run.modes.staging !== 'instance' ? `where it is Errno 13: ${stagingOnInstance(run)}, and release it again: ${labCommand(run, 'step', 'release')}; otherwise ` : ''}${version ? `reject it: ${setApprovalCommand(version, 'Rejected', 'Its container does not come up.')}` : 'reject the version'}; and bring another: ${labCommand(run, 'step', 'source')}`,
  },
  {
    on: /\brolled (it |was )?back/i,
    why: 'While the new version baked, an alarm rang, and SageMaker put the old one back, which serves on. Reject the new one; or, where the alarm rang before it from failures of the version before, release it again once the alarm is OK.',
    next: (_run, { production }) =>
      `which alarm: aws cloudwatch describe-alarms --alarm-name-prefix ${production.endpoint}- --query "MetricAlarms[].[AlarmName,StateValue,StateReason]"; what the model said: ${endpointLogCommand(production.endpoint, 24)}`,
  },
  {
    on: /is not authorized to perform|not have sufficient permissions/i,
    why: 'A role of the pipeline lacks a permission: the stack was changed by hand, or is of another version of this project.',
    next: (run) => UP(run),
  },
];

function quotaCommand(run: LabRun, { service, code }: { service: string; code: string }, value: number): string {
  return `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${value} --region ${run.region}`;
}
