/** Why a release stopped, in words, and what to do about it. */
import { BatchGetBuildsCommand } from '@aws-sdk/client-codebuild';
import { DescribeStackEventsCommand, DescribeStacksCommand, type StackEvent } from '@aws-sdk/client-cloudformation';
import { endpointLogCommand, groupLogCommand } from '../../../lib/aws/job-log';
import { isNotFound, orUndefined } from '../../../lib/aws/missing';
import { LabError, type LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { APPROVAL_MINUTES, LATEST } from '../names';
import { CAUSES } from './causes';
import { decideCommand, remakeCommand } from './commands';
import { readEvidence } from './evidence';
import { actionsOf, failedIn, type Release, type ReleaseAction } from './releases';
import type { EndpointPlace, LabPlace } from './place';
import { onInstance } from './serving';
import { zipFault } from './zip-fault';

/** Where and why a release stopped. */
export interface Stop {
  readonly stage: string;
  readonly action: string;
  /** What the evidence, the build or the stack say; where they say nothing, what the pipeline says. */
  readonly reason: string;
  /** For how many minutes the action went on. */
  readonly minutes?: number;
  /** What the fault lies in, where that is known: the version, or source.zip. */
  readonly fault?: 'version' | 'source';
  /** ARN of the version that was to be released, where that is known. */
  readonly version?: string;
  /** Whether the first creation of the stack that it deploys failed, and the stack still lies there. */
  readonly neverStood?: boolean;
  /** Whether staging runs on an instance, and is to be serverless now: no endpoint becomes that. */
  readonly oneWay?: boolean;
}

/** Where a release failed and why; undefined when it did not fail. */
export async function stopOf(
  run: LabRun,
  place: LabPlace,
  release: Release,
  actions?: readonly ReleaseAction[],
): Promise<Stop | undefined> {
  const failed = failedIn(actions ?? (await actionsOf(run, place, release.id)));
  if (failed === undefined) return undefined;
  const { stage, action, message, started, updated } = failed;
  const deeper = await deeperReason(run, place, release, failed);
  const reason = short(deeper?.reason || message) || 'the pipeline gives no reason';
  const minutes = (updated.getTime() - started.getTime()) / 60_000;
  const neverStood = action === 'DeployProduction' && (await standsNever(run, place.production));
  const oneWay =
    action === 'DeployStaging' && run.modes.staging !== 'instance' && (await onInstance(run, place.staging));
  return { ...deeper, stage, action, reason, minutes, ...(neverStood && { neverStood }), ...(oneWay && { oneWay }) };
}

/** Whether a stack's first creation failed: CloudFormation keeps it, and lets nobody update it. */
async function standsNever(run: LabRun, { stack }: EndpointPlace): Promise<boolean> {
  const found = await orUndefined(run.clients.cloudformation.send(new DescribeStacksCommand({ StackName: stack })));
  return /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED)$/.test(found?.Stacks?.[0]?.StackStatus ?? '');
}

/** Longest reason that is shown: stacks repeat themselves. */
const LONGEST = 600;
const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

const REFUSED = /state and can ?not be updated/i;

/** What the smoke test says of a model that answers as it must not; what does not answer may do so the next time. */
const ANSWERS_WRONGLY = /^Staging answers/;

/** What the pipeline itself does not tell: it knows only that a build or a stack failed. */
async function deeperReason(
  run: LabRun,
  place: LabPlace,
  release: Release,
  failed: ReleaseAction,
): Promise<Pick<Stop, 'fault' | 'version'> & { readonly reason?: string }> {
  const { action, started, message } = failed;
  const version = release.asked === LATEST ? undefined : release.asked;
  if (action === 'Verify') return { version, ...(await verifyReason(run, place, release, failed)) };
  if (action === 'SmokeTest') {
    const { modelPackageArn = version } = (await readEvidence(run, place, release.id, 'smoke')) ?? {};
    return { version: modelPackageArn as string, ...(ANSWERS_WRONGLY.test(message) && { fault: 'version' }) };
  }
  // An update that was refused began nothing in the stack: what failed there was of another release.
  if (REFUSED.test(message)) return { version };
  if (action === 'DeployStaging') return { version, reason: await stackReason(run, place.staging, started) };
  if (action === 'DeployProduction') return { version, reason: await stackReason(run, place.production, started) };
  return { version };
}

/** What Verify says in its evidence; of a build that did not come so far, what stopped it. */
async function verifyReason(
  run: LabRun,
  place: LabPlace,
  release: Release,
  { externalId }: ReleaseAction,
): Promise<Pick<Stop, 'fault' | 'version'> & { readonly reason?: string }> {
  const evidence = await readEvidence(run, place, release.id, 'verify');
  if (evidence?.message) {
    const { message: reason, checks = [], modelPackageArn } = evidence;
    const refused = (checks as { check?: string; ok?: boolean }[]).find(({ ok }) => ok === false)?.check;
    return {
      reason,
      ...(refused === 'model' && { fault: 'version' }),
      ...(refused === 'template' && { fault: 'source' }),
      ...(modelPackageArn !== undefined && { version: modelPackageArn as string }),
    };
  }
  if (!externalId || !place.buildProject) return {};
  const said = await buildReason(run, externalId);
  const zip = NOT_UNPACKED.test(said ?? '') ? await zipFault(run, place, release.source) : undefined;
  return zip === undefined ? { reason: said } : { reason: `${zip} The build says: ${said}`, fault: 'source' };
}

/** How a build fails before it runs a line: its source is no zip, or has no buildspec.yml where it belongs. */
const NOT_UNPACKED = /DOWNLOAD_SOURCE|YAML_FILE_ERROR|buildspec|\bzip\b|no such file/i;

/** The message of the phase in which a build failed. */
async function buildReason(run: LabRun, id: string): Promise<string | undefined> {
  const { builds: [build] = [] } = await run.clients.codebuild.send(new BatchGetBuildsCommand({ ids: [id] }));
  const phase = build?.phases?.find(({ phaseStatus }) => phaseStatus !== undefined && phaseStatus !== 'SUCCEEDED');
  const message = phase?.contexts?.map((context) => context.message).find((text) => text);
  return phase && `${phase.phaseType}: ${message ?? phase.phaseStatus}`;
}

/**
 * The first resource that failed in what the stack began at that time: the others only say that they were cancelled.
 *
 * @param since by AWS's clock. @default - what it began last
 */
export async function stackReason(run: LabRun, { stack }: EndpointPlace, since?: Date): Promise<string | undefined> {
  try {
    const { StackEvents = [] } = await run.clients.cloudformation.send(
      new DescribeStackEventsCommand({ StackName: stack }),
    );
    const failed = begunAt(StackEvents, stack, since).find(
      ({ ResourceStatus = '', ResourceStatusReason = '' }) =>
        /^(CREATE|UPDATE|DELETE)_FAILED$/.test(ResourceStatus) && !/cancelled/i.test(ResourceStatusReason),
    );
    return failed && `${failed.LogicalResourceId}: ${failed.ResourceStatusReason}`;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * The events of one operation, oldest first: of the one that began nearest to that time. An earlier one may have failed
 * within the same second.
 *
 * @param events as CloudFormation gives them, newest first
 */
function begunAt(events: readonly StackEvent[], stack: string, time?: Date): readonly StackEvent[] {
  const operations: StackEvent[][] = [[]];
  for (const event of [...events].reverse()) {
    const begins =
      event.LogicalResourceId === stack && /^(CREATE|UPDATE)_IN_PROGRESS$/.test(event.ResourceStatus ?? '');
    if (begins) operations.push([]);
    operations.at(-1)!.push(event);
  }
  if (time === undefined) return operations.at(-1)!;
  const away = ([first]: readonly StackEvent[]): number =>
    Math.abs((first?.Timestamp?.getTime() ?? -Infinity) - time.getTime());
  const nearest = operations.reduce((best, one) => (away(one) <= away(best) ? one : best));
  return nearest.filter(({ Timestamp }) => (Timestamp?.getTime() ?? 0) >= time.getTime() - 1000);
}

/** Where a release stands in the console. */
export function pipelineUrl(run: LabRun, place: LabPlace): string {
  return `https://${run.region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${place.pipeline}/view`;
}

/** The command that shows how far a release came. */
export function showCommand(place: LabPlace, id: string): string {
  return `aws codepipeline list-action-executions --pipeline-name ${place.pipeline} --filter pipelineExecutionId=${id}`;
}

/** The log of a stage, as a command. */
function logCommand(run: LabRun, place: LabPlace, stop: Stop): string {
  const endpoint = stop.action === 'DeployStaging' ? place.staging : place.production;
  if (/ping health check|container/i.test(stop.reason) && /^Deploy/.test(stop.action))
    return endpointLogCommand(endpoint.endpoint, 24);
  if (/^Deploy/.test(stop.action)) return `aws cloudformation describe-stack-events --stack-name ${endpoint.stack}`;
  return groupLogCommand(`${run.outputs.LogPrefix ?? ''}/${stop.stage.toLowerCase()}`, 24);
}

/** What to do where a version is at fault: released again, it stops at the same place. */
export const rejectFirst = (run: LabRun, arn: string, why: string): string =>
  `reject it: ${decideCommand(arn, 'Rejected', why)}; then release another: ${labCommand(run, 'step', 'release')}`;

/** Why a release cannot go on, for a learner. */
export function stopped(run: LabRun, place: LabPlace, release: Release, stop: Stop | undefined): LabError {
  const again = `release it again: ${labCommand(run, 'step', 'release')}`;
  if (stop === undefined) {
    const why: Record<string, string> = {
      Superseded:
        'A newer release overtook it at a stage’s door: of several that wait there, the pipeline keeps the newest.',
      Stopped: 'Somebody stopped it.',
      Cancelled: 'The pipeline was changed or deleted while it ran.',
    };
    return new LabError(`The release ${release.id} is ${release.status}.`, {
      why: why[release.status] ?? 'The pipeline gives no reason.',
      next: `${showCommand(place, release.id)}; then ${again}`,
    });
  }
  const message = `The release ${release.id} stopped at ${stop.stage}, action ${stop.action}: ${stop.reason}`;
  if (stop.stage === 'Approval') return new LabError(message, { why: approvalAdvice(stop), next: again });
  if (stop.oneWay) {
    return new LabError(message, {
      why: 'Staging runs on an instance, and is to be serverless now. SageMaker makes no endpoint on instances a serverless one, so it has to be made anew; production is as it was.',
      next: `delete it: ${remakeCommand(place.staging)}; then ${again}`,
    });
  }
  const cause = CAUSES.find(({ on }) => on.test(stop.reason));
  if (stop.fault === 'version' && stop.version && !cause) {
    return new LabError(message, {
      why: 'The fault is in the version: released again, it stops there again. What served before serves on.',
      next: rejectFirst(run, stop.version, `Its release stopped at ${stop.stage}.`),
    });
  }
  if (stop.fault === 'source' && !cause) {
    return new LabError(message, {
      why: 'The fault is in source.zip: released again, it stops there again. What served before serves on.',
      next: `mend it and upload it again, or take the project’s own: ${labCommand(run, 'step', 'source')}`,
    });
  }
  const mend = cause?.next(run, place, stop) ?? `${logCommand(run, place, stop)}; mend it`;
  if (stop.neverStood) {
    const { stack } = place.production;
    const since = NEVER_STOOD.test(stop.reason) ? '' : `${mend}. Then `;
    return new LabError(message, {
      why: `${cause ? `${cause.why} ` : ''}It was the first creation of the stack ${stack}: CloudFormation keeps what is left of it, updates no stack that never stood, and nothing of it serves.`,
      next: `${since}delete it: ${remakeCommand(place.production)}; then ${again}`,
    });
  }
  return new LabError(message, {
    why: cause?.why ?? 'What comes after it did not run; what served before serves on.',
    next: cause ? mend : `${mend}, then ${again}`,
  });
}

/** What CloudFormation says to an update of such a stack. */
const NEVER_STOOD = /(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED) state and can ?not be updated/i;

/** A rejection and an approval that nobody gave in time both fail, and AWS does not promise words for either. */
function approvalAdvice({ reason, minutes = 0 }: Stop): string {
  return minutes >= APPROVAL_MINUTES || /\btime(d|s)? ?out|\btimeout|\bexpired/i.test(reason)
    ? `Nobody decided in time: an approval waits for ${APPROVAL_MINUTES / 60} hours, and then fails. What served before serves on.`
    : 'Somebody rejected it. What served before serves on.';
}
