/** Where a release stopped and why: what its evidence, its build or its stack say. */
import { BatchGetBuildsCommand } from '@aws-sdk/client-codebuild';
import { DescribeStackEventsCommand, DescribeStacksCommand, type StackEvent } from '@aws-sdk/client-cloudformation';
import { isNotFound, orUndefined } from '../../../lib/aws/not-found';
import type { LabRun } from '../../../lib/course/run';
import { LATEST } from '../names';
import { readEvidence } from '../release/evidence';
import { actionsOf, failedAction, type Release, type ReleaseAction } from '../release/releases';
import type { EndpointResources, LabResources } from '../resources';
import { runsOnInstance } from '../endpoint/serving';
import { zipFault } from '../source-package/zip-fault';

/** Where and why a release stopped. */
export interface ReleaseFailure {
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
  readonly creationFailed?: boolean;
  /** Whether staging runs on an instance, and is to be serverless now: no endpoint becomes that. */
  readonly onInstanceToServerless?: boolean;
}

/** Where a release failed and why; undefined when it did not fail. */
export async function releaseFailureOf(
  run: LabRun,
  resources: LabResources,
  release: Release,
  actions?: readonly ReleaseAction[],
): Promise<ReleaseFailure | undefined> {
  const failed = failedAction(actions ?? (await actionsOf(run, resources, release.id)));
  if (failed === undefined) return undefined;
  const { stage, action, message, started, updated } = failed;
  const deeper = await deeperReason(run, resources, release, failed);
  const reason = short(deeper?.reason || message) || 'the pipeline gives no reason';
  const minutes = (updated.getTime() - started.getTime()) / 60_000;
  const neverStood = action === 'DeployProduction' && (await standsNever(run, resources.production));
  const oneWay =
    action === 'DeployStaging' && run.modes.staging !== 'instance' && (await runsOnInstance(run, resources.staging));
  return {
    ...deeper,
    stage,
    action,
    reason,
    minutes,
    ...(neverStood && { creationFailed: neverStood }),
    ...(oneWay && { onInstanceToServerless: oneWay }),
  };
}

/** Whether a stack's first creation failed: CloudFormation keeps it, and lets nobody update it. */
async function standsNever(run: LabRun, { stack }: EndpointResources): Promise<boolean> {
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
  resources: LabResources,
  release: Release,
  failed: ReleaseAction,
): Promise<Pick<ReleaseFailure, 'fault' | 'version'> & { readonly reason?: string }> {
  const { action, started, message } = failed;
  const version = release.requestedVersion === LATEST ? undefined : release.requestedVersion;
  if (action === 'Verify') return { version, ...(await verifyReason(run, resources, release, failed)) };
  if (action === 'SmokeTest') {
    const { modelPackageArn = version } = (await readEvidence(run, resources, release.id, 'smoke')) ?? {};
    return { version: modelPackageArn as string, ...(ANSWERS_WRONGLY.test(message) && { fault: 'version' }) };
  }
  // An update that was refused began nothing in the stack: what failed there was of another release.
  if (REFUSED.test(message)) return { version };
  if (action === 'DeployStaging') return { version, reason: await stackFailureReason(run, resources.staging, started) };
  if (action === 'DeployProduction')
    return { version, reason: await stackFailureReason(run, resources.production, started) };
  return { version };
}

/** What Verify says in its evidence; of a build that did not come so far, what stopped it. */
async function verifyReason(
  run: LabRun,
  resources: LabResources,
  release: Release,
  { externalId }: ReleaseAction,
): Promise<Pick<ReleaseFailure, 'fault' | 'version'> & { readonly reason?: string }> {
  const evidence = await readEvidence(run, resources, release.id, 'verify');
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
  if (!externalId || !resources.buildProject) return {};
  const said = await buildReason(run, externalId);
  const zip = NOT_UNPACKED.test(said ?? '') ? await zipFault(run, resources, release.source) : undefined;
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
export async function stackFailureReason(
  run: LabRun,
  { stack }: EndpointResources,
  since?: Date,
): Promise<string | undefined> {
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
