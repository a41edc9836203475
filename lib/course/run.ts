import type { Clients } from '../target/clients';
import type { Clock } from '../target/clock';
import type { LabId } from './model';

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

/** Exit codes of the CLI. */
export enum Exit {
  Done = 0,
  CheckFailed = 1,
  WrongUse = 2,
  Refused = 3,
  Failed = 4,
  Interrupted = 130,
}

/** An error meant for a learner: what failed with its value, why, and the next command. Shown without a stack trace. */
export class LabError extends Error {
  readonly why: string;
  readonly next: string;
  readonly exit: Exit;

  constructor(what: string, details: { why: string; next: string; exit?: Exit; cause?: unknown }) {
    super(what, { cause: details.cause });
    this.name = 'LabError';
    this.why = details.why;
    this.next = details.next;
    this.exit = details.exit ?? Exit.Failed;
  }
}
