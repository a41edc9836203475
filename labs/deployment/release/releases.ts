/** Releases: executions of the pipeline, what each was asked to release, and how far it came. */
import {
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  type StageState,
} from '@aws-sdk/client-codepipeline';
import { everyPage } from '../../../lib/target/pages';
import type { LabRun } from '../../../lib/course/run';
import { LATEST, STAGES, VERSION_VARIABLE, type StageName } from '../names';
import type { LabResources } from '../resources';

/** Executions that are looked at: more than a lease's work makes. */
const LOOKED_AT = 30;

export interface Release {
  readonly id: string;
  /** `InProgress`, `Succeeded`, `Failed`, `Stopping`, `Stopped`, `Superseded`, `Cancelled`. */
  readonly status: string;
  readonly started: Date;
  /** S3 version of source.zip. */
  readonly source?: string;
  /** What started it: `StartPipelineExecution`, `CloudWatchEvent`, `CreatePipeline`, … */
  readonly trigger: string;
  /** The version that it was told to release, as an ARN, or `latest`. */
  readonly requestedVersion: string;
}

export interface ReleaseAction {
  readonly stage: string;
  readonly action: string;
  /** `InProgress`, `Succeeded`, `Failed`, `Abandoned`. */
  readonly status: string;
  readonly started: Date;
  readonly updated: Date;
  /** What the action says of its end. */
  readonly message: string;
  /** Id of the build, request or approval behind it. */
  readonly externalId?: string;
  readonly url?: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What is in each stage now, and what waits to enter it. Not a list: it is never a moment behind. */
export async function stageStates(run: LabRun, resources: LabResources): Promise<readonly StageState[]> {
  const state = await run.clients.codepipeline.send(new GetPipelineStateCommand({ name: resources.pipeline }));
  return state.stageStates ?? [];
}

/** A stage as it is now. */
export async function stageState(
  run: LabRun,
  resources: LabResources,
  name: StageName,
): Promise<StageState | undefined> {
  return (await stageStates(run, resources)).find(({ stageName }) => stageName === name);
}

/** The newest releases, LOOKED_AT of them at most, newest first. */
export async function releasesOf(run: LabRun, resources: LabResources): Promise<Release[]> {
  const summaries = await everyPage(async (nextToken) => {
    const page = await run.clients.codepipeline.send(
      new ListPipelineExecutionsCommand({ pipelineName: resources.pipeline, maxResults: LOOKED_AT, nextToken }),
    );
    return { items: page.pipelineExecutionSummaries, next: page.nextToken };
  }, LOOKED_AT);
  const found: Release[] = [];
  for (const summary of summaries.slice(0, LOOKED_AT)) {
    const { pipelineExecution } = await run.clients.codepipeline.send(
      new GetPipelineExecutionCommand({
        pipelineName: resources.pipeline,
        pipelineExecutionId: summary.pipelineExecutionId,
      }),
    );
    const variable = pipelineExecution?.variables?.find(({ name }) => name === VERSION_VARIABLE);
    found.push({
      id: summary.pipelineExecutionId!,
      status: pipelineExecution?.status ?? summary.status!,
      started: summary.startTime!,
      source: summary.sourceRevisions?.[0]?.revisionId,
      trigger: summary.trigger?.triggerType ?? 'unknown',
      requestedVersion: variable?.resolvedValue ?? LATEST,
    });
  }
  return found.sort((a, b) => b.started.getTime() - a.started.getTime());
}

/** How a release is now. */
export async function statusOf(run: LabRun, resources: LabResources, id: string): Promise<string> {
  const { pipelineExecution } = await run.clients.codepipeline.send(
    new GetPipelineExecutionCommand({ pipelineName: resources.pipeline, pipelineExecutionId: id }),
  );
  return pipelineExecution?.status ?? 'InProgress';
}

/** The actions of a release, in the order in which they began; of one that was tried again, each try. */
export async function actionsOf(run: LabRun, resources: LabResources, id: string): Promise<ReleaseAction[]> {
  const details = await everyPage(async (nextToken) => {
    const page = await run.clients.codepipeline.send(
      new ListActionExecutionsCommand({
        pipelineName: resources.pipeline,
        filter: { pipelineExecutionId: id },
        nextToken,
      }),
    );
    return { items: page.actionExecutionDetails, next: page.nextToken };
  });
  // Newest first, as AWS answers; the sort keeps that order among actions of one second.
  return details
    .reverse()
    .map((detail) => {
      const result = detail.output?.executionResult;
      return {
        stage: detail.stageName!,
        action: detail.actionName!,
        status: detail.status!,
        started: detail.startTime!,
        updated: detail.lastUpdateTime ?? detail.startTime!,
        message: [...new Set([result?.errorDetails?.message, result?.externalExecutionSummary])]
          .filter(Boolean)
          .join(' '),
        externalId: result?.externalExecutionId,
        url: result?.externalExecutionUrl,
        outputs: detail.output?.outputVariables ?? {},
      };
    })
    .sort((a, b) => a.started.getTime() - b.started.getTime());
}

/** The last try of what a stage is there for, its last action; undefined when the release has not come so far. */
export function stageAction(actions: readonly ReleaseAction[], stage: StageName): ReleaseAction | undefined {
  const last = STAGES.findLast((one) => one.stage === stage)!.action;
  return actions.filter(({ action }) => action === last).at(-1);
}

/** Whether the last action of a stage succeeded. */
export const stagePassed = (actions: readonly ReleaseAction[], stage: StageName): boolean =>
  stageAction(actions, stage)?.status === 'Succeeded';

/** Where a release failed; undefined when it did not. */
export function failedAction(actions: readonly ReleaseAction[]): ReleaseAction | undefined {
  const last = actions.filter((one, at) => !actions.slice(at + 1).some(({ action }) => action === one.action));
  return last.find(({ status }) => status === 'Failed' || status === 'Abandoned');
}

/** Whether nothing more happens in a release by itself. */
export const hasEnded = ({ status }: Pick<Release, 'status'>): boolean => !['InProgress', 'Stopping'].includes(status);

/** Releases of a version, newest first: those that were told it, and those of `latest` that Verify resolved to it. */
export async function releasesOfVersion(run: LabRun, resources: LabResources, arn: string): Promise<Release[]> {
  const found: Release[] = [];
  for (const release of await releasesOf(run, resources)) {
    if (release.requestedVersion === arn) found.push(release);
    else if (release.requestedVersion === LATEST) {
      const verified = stageAction(await actionsOf(run, resources, release.id), 'Verify');
      if (verified?.outputs[VERSION_VARIABLE] === arn) found.push(release);
    }
  }
  return found;
}
