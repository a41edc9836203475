/**
 * Game days: one fault in a lab that stands, as a colleague or an upstream system would make it. The learner is told the
 * symptom, finds the cause and mends it. Faults are in labs/<lab>/faults, which nothing loads but the verbs `break`,
 * `check` and `mend`.
 */
import { LabError } from './errors';
import type { Verdict } from './model';
import type { LabRun } from './run';
import { done, labCommand, notDone } from './say';

/** What a fault needs to remember for its mending, read before anything is changed: kept in the work folder. */
export type Memory = Readonly<Record<string, string>>;

/** A game day as its fault sees it. */
export interface FaultDay {
  readonly memory: Memory;
  /** When the fault was put in, by the cloud's clock. */
  readonly since: Date;
}

export interface Fault {
  /** Part of the file's name; no learner sees it before the end. */
  readonly id: string;
  /** What it was, shown when it is over. */
  readonly title: string;
  /** Task of the exam that it practises, as in docs/exam.md: `4.2`. */
  readonly task: string;
  /** Ids of steps that have to be done, so that there is something to break. */
  readonly needs: readonly string[];
  /** Modes in which it is possible: every named mode has one of the values. @default in all */
  readonly when?: Readonly<Record<string, readonly string[]>>;
  /** Reads what {@link mend} has to know. Changes nothing. */
  prepare(run: LabRun): Promise<Memory>;
  /**
   * Puts the fault in, and lets it show where that takes something to happen: a run of a job, an upload. Changes nothing
   * but what is the lab's own, and nothing that its removal needs: the record, the lease, names that the stack gave.
   *
   * @returns what a pager, an alarm or a ticket says of it, true from now on, without the cause
   */
  inject(run: LabRun, memory: Memory): Promise<string>;
  /**
   * Whether it works again, whichever way it was mended. Reads only, as the check of a step does. Where it does not, it
   * says what is still wrong, without the cause.
   */
  check(run: LabRun, day: FaultDay): Promise<Verdict>;
  /** From where to look first to nearly the answer. */
  readonly hints: readonly string[];
  /** Takes the fault out. Also right where it was put in by half, or is out already. */
  mend(run: LabRun, memory: Memory): Promise<void>;
  /** Places and AWS CLI commands that would have shown it. */
  seen(run: LabRun): readonly string[];
  /** What would have prevented it, or told of it earlier; one or two sentences. */
  readonly prevented: string;
}

/**
 * The fault of a seed among those that are possible: the same for the same seed and faults.
 *
 * @param seed any whole number from 0 on
 */
export function faultOfSeed<T extends Pick<Fault, 'id'>>(possible: readonly T[], seed: number): T | undefined {
  return [...possible].sort((a, b) => (a.id < b.id ? -1 : 1))[seed % possible.length];
}

/** What a fault's check says while it is in. @param saw what is still wrong, without the cause */
export const stillBroken = (run: LabRun, saw: string): Verdict =>
  notDone(saw, `Find out why, mend it, then: ${labCommand(run, 'check')}`);

/** What a fault's check says once it is out. */
export const worksAgain = (run: LabRun, saw: string): Verdict => done(saw, labCommand(run, 'check'));

/** A value that {@link Fault.prepare} kept. @throws LabError where somebody took it out of the note */
export function remembered(run: LabRun, memory: Memory, key: string): string {
  const value = memory[key];
  if (value !== undefined) return value;
  throw new LabError(`The note of the game day lacks ${key}.`, {
    why: `work/${run.lab}/.game-day.json was changed by hand, so nobody knows how it was before.`,
    next: `${labCommand(run, 'down')}, then ${labCommand(run, 'up')}`,
  });
}
