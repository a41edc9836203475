/** Building a LabRun from a target and what stands there. */
import type { Stack } from '@aws-sdk/client-cloudformation';

import { findStack } from '../target/stacks';
import type { Target } from '../target/target';
import { Exit, LabError } from './errors';
import type { Lab } from './model';
import { modeOutput } from './modes';
import { type LabId, stackName, tagsOf } from './names';
import type { LabRun } from './run';

/** What CloudFormation says about a lab's stack. */
export interface DeployedStack {
  readonly id: string;
  readonly status: string;
  /** CloudFormation's reason for the status, where it gave one. */
  readonly reason?: string;
  readonly createdAt: Date;
  readonly outputs: Readonly<Record<string, string>>;
  /** What each output is, in the words of the template. */
  readonly descriptions: Readonly<Record<string, string>>;
}

export interface LoadedRun {
  readonly run: LabRun;
  /** Undefined when there is no such stack. */
  readonly standing?: DeployedStack;
}

export interface LoadInput {
  readonly lab: Pick<Lab, 'id' | 'modes'>;
  readonly learner: string;
  readonly target: Target;
  readonly workDir?: string;
  progress(message: string): void;
}

/** States in which a stack is complete and its outputs are true. */
export function isComplete(status: string): boolean {
  return [
    'CREATE_COMPLETE',
    'UPDATE_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  ].includes(status);
}

/**
 * Reads the lab's stack and builds its run; without a stack the run has no outputs.
 *
 * @throws LabError (refused) when a stack of that name is not ours: a name alone never makes a thing ours
 */
export async function loadRun(input: LoadInput): Promise<LoadedRun> {
  const { lab, learner, target } = input;
  const name = stackName(lab.id, learner);
  const stack = await findStack(target, name);
  if (stack) refuseForeign(stack, lab.id, learner);
  const outputs = Object.fromEntries(
    (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
  );
  const run: LabRun = {
    lab: lab.id,
    learner,
    target: target.name,
    account: target.account,
    region: target.region,
    stackName: name,
    outputs,
    modes: Object.fromEntries(lab.modes.map((mode) => [mode.name, outputs[modeOutput(mode.name)] ?? mode.default])),
    clients: target.clients,
    clock: target.clock,
    workDir: input.workDir,
    progress: input.progress,
  };
  if (!stack) return { run };
  return {
    run,
    standing: {
      id: stack.StackId ?? name,
      status: stack.StackStatus ?? 'UNKNOWN',
      reason: stack.StackStatusReason || undefined,
      createdAt: stack.CreationTime ?? target.clock.now(),
      outputs,
      descriptions: Object.fromEntries(
        (stack.Outputs ?? []).map(({ OutputKey, Description }) => [OutputKey ?? '', Description ?? '']),
      ),
    },
  };
}

function refuseForeign(stack: Stack, lab: LabId, learner: string): void {
  const tags = Object.fromEntries((stack.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  const missing = Object.entries(tagsOf(lab, learner)).find(([key, value]) => tags[key] !== value);
  if (!missing) return;
  throw new LabError(`The stack ${stack.StackName} is not this lab's: it lacks the tag ${missing[0]}=${missing[1]}.`, {
    why: 'Somebody else made a stack of this name, and it is left alone.',
    next: `Use another name for yours: --learner NAME`,
    exit: Exit.Refused,
  });
}
