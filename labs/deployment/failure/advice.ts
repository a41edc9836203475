/** Why a release cannot go on, for a learner, and what to do about it. */
import { endpointLogCommand, groupLogCommand } from '../../../lib/aws/job-log';
import { LabError } from '../../../lib/course/errors';
import type { Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { labCommand, notDone } from '../../../lib/course/say';
import { setApprovalCommand, deleteStackCommand } from '../aws-cli';
import { APPROVAL_MINUTES } from '../names';
import type { Release } from '../release/releases';
import type { LabResources } from '../resources';
import { KNOWN_CAUSES } from './causes';
import type { ReleaseFailure } from './release-failure';

/** The command that shows how far a release came. */
export function showReleaseCommand(resources: LabResources, id: string): string {
  return `aws codepipeline list-action-executions --pipeline-name ${resources.pipeline} --filter pipelineExecutionId=${id}`;
}

/** The log of a stage, as a command. */
function logCommand(run: LabRun, resources: LabResources, stop: ReleaseFailure): string {
  const endpoint = stop.action === 'DeployStaging' ? resources.staging : resources.production;
  if (/ping health check|container/i.test(stop.reason) && /^Deploy/.test(stop.action))
    return endpointLogCommand(endpoint.endpoint, 24);
  if (/^Deploy/.test(stop.action)) return `aws cloudformation describe-stack-events --stack-name ${endpoint.stack}`;
  return groupLogCommand(`${run.outputs.LogPrefix ?? ''}/${stop.stage.toLowerCase()}`, 24);
}

/** What to do where a version is at fault: released again, it stops at the same place. */
export const rejectAdvice = (run: LabRun, arn: string, why: string): string =>
  `reject it: ${setApprovalCommand(arn, 'Rejected', why)}; then release another: ${labCommand(run, 'step', 'release')}`;

/** Why a release cannot go on, for a learner. */
export function releaseFailedError(
  run: LabRun,
  resources: LabResources,
  release: Release,
  stop: ReleaseFailure | undefined,
): LabError {
  const again = `release it again: ${labCommand(run, 'step', 'release')}`;
  if (stop === undefined) {
    const why: Record<string, string> = {
      Superseded:
        'A newer release overtook it before a stage: of several that wait to enter one, the pipeline keeps the newest.',
      Stopped: 'Somebody stopped it.',
      Cancelled: 'The pipeline was changed or deleted while it ran.',
    };
    return new LabError(`The release ${release.id} is ${release.status}.`, {
      why: why[release.status] ?? 'The pipeline gives no reason.',
      next: `${showReleaseCommand(resources, release.id)}; then ${again}`,
    });
  }
  const message = `The release ${release.id} stopped at ${stop.stage}, action ${stop.action}: ${stop.reason}`;
  if (stop.stage === 'Approval') return new LabError(message, { why: approvalAdvice(stop), next: again });
  if (stop.onInstanceToServerless) {
    return new LabError(message, {
      why: 'Staging runs on an instance, and is to be serverless now. SageMaker makes no endpoint on instances a serverless one, so it has to be made anew; production is as it was.',
      next: `delete it: ${deleteStackCommand(resources.staging)}; then ${again}`,
    });
  }
  const cause = KNOWN_CAUSES.find(({ on }) => on.test(stop.reason));
  if (stop.fault === 'version' && stop.version && !cause) {
    return new LabError(message, {
      why: 'The fault is in the version: released again, it stops there again. What served before serves on.',
      next: rejectAdvice(run, stop.version, `Its release stopped at ${stop.stage}.`),
    });
  }
  if (stop.fault === 'source' && !cause) {
    return new LabError(message, {
      why: 'The fault is in source.zip: released again, it stops there again. What served before serves on.',
      next: `fix it and upload it again, or take the project’s own: ${labCommand(run, 'step', 'source')}`,
    });
  }
  const fix = cause?.next(run, resources, stop) ?? `${logCommand(run, resources, stop)}; fix it`;
  if (stop.creationFailed) {
    const { stack } = resources.production;
    const since = NEVER_STOOD.test(stop.reason) ? '' : `${fix}. Then `;
    return new LabError(message, {
      why: `${cause ? `${cause.why} ` : ''}It was the first creation of the stack ${stack}: CloudFormation keeps what is left of it, updates no stack that never stood, and nothing of it serves.`,
      next: `${since}delete it: ${deleteStackCommand(resources.production)}; then ${again}`,
    });
  }
  return new LabError(message, {
    why: cause?.why ?? 'What comes after it did not run; what served before serves on.',
    next: cause ? fix : `${fix}, then ${again}`,
  });
}

/** The same as a check says it. @param lead what it saw besides */
export function releaseFailedVerdict(
  run: LabRun,
  resources: LabResources,
  release: Release,
  stop: ReleaseFailure | undefined,
  lead = '',
): Verdict {
  const { message, why, next } = releaseFailedError(run, resources, release, stop);
  return notDone(`${lead} ${message} ${why}`.trimStart(), next);
}

/** What CloudFormation says to an update of such a stack. */
const NEVER_STOOD = /(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED) state and can ?not be updated/i;

/** A rejection and an approval that nobody gave in time both fail, and AWS does not promise words for either. */
function approvalAdvice({ reason, minutes = 0 }: ReleaseFailure): string {
  return minutes >= APPROVAL_MINUTES || /\btime(d|s)? ?out|\btimeout|\bexpired/i.test(reason)
    ? `Nobody decided in time: an approval waits for ${APPROVAL_MINUTES / 60} hours, and then fails. What served before serves on.`
    : 'Somebody rejected it. What served before serves on.';
}
