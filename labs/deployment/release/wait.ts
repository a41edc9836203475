/** Waiting for a release, stage by stage. */
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import type { StageName } from '../names';
import { stopCommand } from '../aws-cli';
import { releaseFailureOf } from '../failure/release-failure';
import { releaseFailedError } from '../failure/advice';
import type { LabResources } from '../resources';
import {
  stageAction,
  stageState,
  stageStates,
  actionsOf,
  hasEnded,
  failedAction,
  stagePassed,
  statusOf,
  type Release,
  type ReleaseAction,
} from './releases';

/** Longest that a stage is waited for: a build, and two endpoints with a bake between. */
export const RELEASE_MINUTES = 60;

export interface ReleaseState {
  readonly release: Release;
  readonly actions: readonly ReleaseAction[];
}

/** How far a release is, in a few words: `Staging: DeployStaging InProgress`. */
export function releaseProgress({ status }: Release, actions: readonly ReleaseAction[]): string {
  const last = actions.at(-1);
  return last ? `${last.stage}: ${last.action} ${last.status}` : status;
}

/**
 * Waits until a release has passed a stage, or has ended in any other way, or waits for an approval that lies before it.
 */
export async function waitForStage(
  run: LabRun,
  resources: LabResources,
  of: Release,
  until: StageName,
  step: string,
): Promise<ReleaseState> {
  return waitWithProgress(run, {
    what: `release ${of.id.slice(0, 8)}`,
    minutes: RELEASE_MINUTES,
    next: `${labCommand(run, 'check', step)}; how far it is: aws codepipeline get-pipeline-state --name ${resources.pipeline}`,
    ask: async () => {
      const release = { ...of, status: await statusOf(run, resources, of.id) };
      const actions = await actionsOf(run, resources, of.id);
      const waits = await waitsForApproval(run, resources, of.id, actions);
      const goesOn = actions.some(({ status }) => status === 'InProgress');
      // Of a release that has ended, no action goes on: the list of them is a moment behind, and has no reason yet.
      if (stagePassed(actions, until) || (hasEnded(release) && !goesOn) || waits) return { release, actions };
      if (goesOn) return new InProgress(releaseProgress(release, actions));
      const inbound = await inboundStage(run, resources, of.id);
      if (inbound?.stage === 'Approval') throw held(run, resources, of.id, inbound.holder, step);
      return new InProgress(
        inbound ? `waits to enter ${inbound.stage}, where ${inbound.holder} is` : releaseProgress(release, actions),
      );
    },
  });
}

/** Whether nobody has decided yet. The list of actions can be a moment behind a decision; the pipeline's state is not. */
async function waitsForApproval(
  run: LabRun,
  resources: LabResources,
  id: string,
  actions: readonly ReleaseAction[],
): Promise<boolean> {
  if (stageAction(actions, 'Approval')?.status !== 'InProgress') return false;
  const now = (await stageState(run, resources, 'Approval'))?.latestExecution;
  return now === undefined || (now.pipelineExecutionId === id && now.status === 'InProgress');
}

interface InboundStage {
  readonly stage: string;
  /** The release that is in the stage. */
  readonly holder: string;
}

/** The stage that a release waits to enter, as another one is in it: AWS calls it inbound there. Undefined when it waits for none. */
async function inboundStage(run: LabRun, resources: LabResources, id: string): Promise<InboundStage | undefined> {
  const states = await stageStates(run, resources);
  for (const { stageName, inboundExecution, inboundExecutions = [], latestExecution } of states) {
    const waiting = [inboundExecution, ...inboundExecutions].map((one) => one?.pipelineExecutionId);
    const holder = latestExecution?.pipelineExecutionId;
    if (waiting.includes(id) && holder && holder !== id) return { stage: stageName!, holder };
  }
  return undefined;
}

/** Where two releases are under way: what one can do about the older. */
function held(run: LabRun, resources: LabResources, id: string, holder: string, step: string): LabError {
  return new LabError(`The release ${id} waits to enter Approval: the older release ${holder} is in it.`, {
    why: 'One release at a time is in a stage. That one waits for a decision, and nobody else comes in before it has one.',
    next: `End the older one: ${stopCommand(resources, holder, 'A newer release waits.')}; then ${labCommand(run, 'step', step)}`,
  });
}

/** @throws LabError unless the release passed the stage */
export async function requireStagePassed(
  run: LabRun,
  resources: LabResources,
  seen: ReleaseState,
  stage: StageName,
): Promise<void> {
  const { release, actions } = seen;
  if (stagePassed(actions, stage)) return;
  const stop = failedAction(actions) && (await releaseFailureOf(run, resources, release, actions));
  if (stop === undefined && !hasEnded(release)) {
    throw new LabError(`The release ${release.id} waits: ${releaseProgress(release, actions)}.`, {
      why: 'It goes on when somebody approves it.',
      next: labCommand(run, 'step', 'promote'),
    });
  }
  throw releaseFailedError(run, resources, release, stop);
}
