/** Waiting for a release, stage by stage. */
import { GetPipelineStateCommand } from '@aws-sdk/client-codepipeline';
import { Still, waitOn } from '../../../lib/aws/wait';
import { LabError, type LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import type { StageName } from '../names';
import { stopCommand } from '../aws-cli';
import { stopOf } from '../failure/stop';
import { stopped } from '../failure/advice';
import type { LabPlace } from '../resources';
import { actionIn, actionsOf, ended, failedIn, passed, statusOf, type Release, type ReleaseAction } from './releases';

/** Longest that a stage is waited for: a build, and two endpoints with a bake between. */
export const MINUTES = 60;

export interface Seen {
  readonly release: Release;
  readonly actions: readonly ReleaseAction[];
}

/** How far a release is, in a few words: `Staging: DeployStaging InProgress`. */
export function standOf({ status }: Release, actions: readonly ReleaseAction[]): string {
  const last = actions.at(-1);
  return last ? `${last.stage}: ${last.action} ${last.status}` : status;
}

/**
 * Waits until a release has passed a stage, or has ended in any other way, or waits for an approval that lies before it.
 */
export async function watch(run: LabRun, place: LabPlace, of: Release, until: StageName, step: string): Promise<Seen> {
  return waitOn(run, {
    what: `release ${of.id.slice(0, 8)}`,
    minutes: MINUTES,
    next: `${labCommand(run, 'check', step)}; how far it is: aws codepipeline get-pipeline-state --name ${place.pipeline}`,
    ask: async () => {
      const release = { ...of, status: await statusOf(run, place, of.id) };
      const actions = await actionsOf(run, place, of.id);
      const waits = actionIn(actions, 'Approval')?.status === 'InProgress';
      if (passed(actions, until) || ended(release) || waits) return { release, actions };
      if (actions.some(({ status }) => status === 'InProgress')) return new Still(standOf(release, actions));
      const door = await doorOf(run, place, of.id);
      if (door?.stage === 'Approval') throw held(run, place, of.id, door.holder, step);
      return new Still(door ? `waits at ${door.stage}, where ${door.holder} is` : standOf(release, actions));
    },
  });
}

interface Door {
  readonly stage: string;
  /** The release that is in the stage. */
  readonly holder: string;
}

/** The stage at whose door a release waits, as another one is in it; undefined when it waits at none. */
async function doorOf(run: LabRun, place: LabPlace, id: string): Promise<Door | undefined> {
  const { stageStates = [] } = await run.clients.codepipeline.send(
    new GetPipelineStateCommand({ name: place.pipeline }),
  );
  for (const { stageName, inboundExecution, inboundExecutions = [], latestExecution } of stageStates) {
    const waiting = [inboundExecution, ...inboundExecutions].map((one) => one?.pipelineExecutionId);
    const holder = latestExecution?.pipelineExecutionId;
    if (waiting.includes(id) && holder && holder !== id) return { stage: stageName!, holder };
  }
  return undefined;
}

/** Where two releases are under way: what one can do about the older. */
function held(run: LabRun, place: LabPlace, id: string, holder: string, step: string): LabError {
  return new LabError(`The release ${id} waits at the door of Approval: the older release ${holder} is in it.`, {
    why: 'One release at a time is in a stage. That one waits for a decision, and nobody else comes in before it has one.',
    next: `End the older one: ${stopCommand(place, holder, 'A newer release waits.')}; then ${labCommand(run, 'step', step)}`,
  });
}

/** @throws LabError unless the release passed the stage */
export async function requirePassed(run: LabRun, place: LabPlace, seen: Seen, stage: StageName): Promise<void> {
  const { release, actions } = seen;
  if (passed(actions, stage)) return;
  const stop = failedIn(actions) && (await stopOf(run, place, release, actions));
  if (stop === undefined && !ended(release)) {
    throw new LabError(`The release ${release.id} waits: ${standOf(release, actions)}.`, {
      why: 'It goes on when somebody approves it.',
      next: labCommand(run, 'step', 'promote'),
    });
  }
  throw stopped(run, place, release, stop);
}
