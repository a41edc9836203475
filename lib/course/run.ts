import type { Clients } from '../target/clients';
import type { Clock } from '../target/clock';
import { LabError } from './errors';
import type { LabId } from './names';

/** Where a lab runs. */
export type TargetName = 'aws' | 'local';

/**
 * One lab, of one learner, on one target: all that a step, a check or a sweep may know.
 *
 * The same object is built by the CLI and, without a terminal, by the lease's Lambda function.
 */
export interface LabRun {
  readonly lab: LabId;
  /** The learner's name, `me` unless said otherwise; 1-16 characters of `[a-z0-9-]`. */
  readonly learner: string;
  readonly target: TargetName;
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  /** The stack's outputs by their keys; empty when the stack is gone. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Modes as the deployed stack says. */
  readonly modes: Readonly<Record<string, string>>;
  readonly clients: Clients;
  readonly clock: Clock;
  /** Absolute path of the learner's `work/<lab>/`; undefined where no learner's disk exists (Lambda). */
  readonly workDir?: string;
  /** One line about what is happening now; shown with the elapsed time. */
  progress(message: string): void;
}

/** An output that the stack must have. @throws LabError when it lacks it. */
export function output(run: LabRun, key: string): string {
  const value = run.outputs[key];
  if (value === undefined) {
    throw new LabError(`The stack ${run.stackName} has no output ${key}.`, {
      why: 'It was deployed by another version of this project, or its deployment has not finished.',
      next: `./lab up ${run.lab} --target ${run.target}`,
    });
  }
  return value;
}
