/** What server and pages say to each other. */
import type { State } from '../lib/course/model';

/** In the HTML of pages that `./lab open` serves: elsewhere the live parts show nothing. */
export const MARK = 'mla-labs-workbench';

/** A command of the page: a verb of `./lab` with its arguments. */
export type Command =
  | { readonly verb: 'up'; readonly modes?: Readonly<Record<string, string>> }
  | { readonly verb: 'extend'; readonly hours: number }
  | { readonly verb: 'down' }
  | { readonly verb: 'check'; readonly step?: string }
  | { readonly verb: 'step' | 'explain' | 'hint'; readonly step: string };

/** What a check said of a step. */
export interface Judged {
  readonly state: State;
  readonly saw: string;
  readonly next: string;
}

export interface StepView {
  readonly id: string;
  readonly title: string;
  readonly hints: number;
  /** What its last check said; undefined before the first. */
  readonly judged?: Judged;
  /** Name of the file that its exercise is answered in, as `quality.dqdl`. */
  readonly exercise?: string;
  /** What the learner predicted last, before the step was done. */
  readonly prediction?: string;
}

/** An exercise's file. */
export interface ExerciseView {
  /** Its path from the project's folder. */
  readonly file: string;
  /** What is to be done. */
  readonly ask: string;
  readonly text: string;
  /** Of the file as it was read; undefined while there is none. */
  readonly version?: string;
  /** Whether it is still what it began with. */
  readonly template: boolean;
}

export interface LabView {
  readonly lab: string;
  readonly title: string;
  readonly target: string;
  readonly learner: string;
  readonly steps: readonly StepView[];
  readonly modes: readonly { name: string; values: readonly string[]; default: string; summary: string }[];
  /** The job that runs now, or ran last. */
  readonly job?: JobView;
}

export interface JobView {
  readonly id: string;
  readonly command: Command;
}

/** What happens in a job, in its order. `at` is in milliseconds since it began. */
export type JobEvent = { readonly at: number } & (
  | { readonly type: 'progress'; readonly stage: string; readonly detail: string }
  /** A line, or a table, as the terminal shows it. */
  | { readonly type: 'text'; readonly text: string }
  /** A question; `confirm` is for a yes or a no. It waits for an answer. */
  | { readonly type: 'ask'; readonly ask: number; readonly question: string; readonly confirm: boolean }
  | { readonly type: 'answered'; readonly ask: number }
  /** The document that `--json` would print. */
  | { readonly type: 'document'; readonly document: unknown }
  | { readonly type: 'end'; readonly exit: number }
);

/** What `./lab status` says. */
export interface StatusView {
  readonly exit: number;
  readonly text: string;
  readonly account?: string;
  readonly region?: string;
  readonly labs: readonly {
    readonly lab: string;
    readonly learner: string;
    /** The state of its stack. */
    readonly status: string;
    readonly leaseEnds: string | null;
    readonly cost: string;
  }[];
}
