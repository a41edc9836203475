/**
 * What a lab is: data, two functions a step, and nothing that knows where it runs.
 *
 * This room imports no CDK: a check or a Lambda that loads a lab must never load aws-cdk-lib.
 */
import type { LabId } from './names';
import type { LabRun } from './run';

/**
 * What is known of a step. `could not look`: the check met an error, so that nothing is known; it is never green, and
 * never says that a step is not done.
 */
export type State = 'done' | 'not done' | 'could not look';

/** What a check found. */
export interface Verdict {
  /** Whether the step is done. */
  readonly done: boolean;
  /** What the check saw in the cloud, with its figures, in one or two sentences. */
  readonly saw: string;
  /** What to do next; when `done` is false it names a command or an action. */
  readonly next: string;
}

/** The learner's own work in a step. */
export interface Exercise {
  /** File name inside the learner's `work/<lab>/` folder, for example `quality.dqdl`. */
  readonly file: string;
  /** Starting text, relative to the lab's folder, for example `exercises/quality.dqdl`. */
  readonly template: string;
  /** Reference solution, relative to the lab's folder, for example `solutions/quality.dqdl`. */
  readonly solution: string;
  /** What the learner is asked to do, one sentence. */
  readonly ask: string;
  /** What whoever solved it can do now, in one or two sentences: shown with the solution. */
  readonly teaches: string;
  /** Another way to the same, which is right as well: shown with the solution. */
  readonly alternative: string;
  /** The answer is about what the step does first: the step does that while the file is still the template. */
  readonly answeredAfter?: boolean;
}

/** One thing the learner does. */
export interface Step {
  /** Short name used on the command line: `./lab step <lab> <id>`. */
  readonly id: string;
  readonly title: string;
  /** What the learner should predict before acting, as a question. */
  readonly predict: string;
  /** How long AWS takes, in minutes: an estimate, not measured by us. */
  readonly awsMinutes: number;
  /** Hints, from a nudge to nearly the answer. */
  readonly hints: readonly string[];
  readonly exercise?: Exercise;
  /** The earlier step that sets it going: what happens next in the cloud may bring it about before anybody acts. */
  readonly begunBy?: string;
  /** Does the step, with the same effect as the CLI commands of `explain`. Throws LabError with a next command. */
  act(run: LabRun): Promise<void>;
  /**
   * Reads the cloud and judges. Makes nothing, except query results in the lab's own bucket.
   *
   * What keeps it from looking (a refusal, throttling, a broken connection) is thrown, not judged: see `State`.
   */
  check(run: LabRun): Promise<Verdict>;
  /** AWS CLI commands with the effect of `act`, one per entry, with this run's real names filled in. */
  explain(run: LabRun): readonly string[];
}

/** A variant of a lab: a stack prop, read back from the stack's outputs. */
export interface Mode {
  /** Option name, for example `compute` for `--compute`. */
  readonly name: string;
  readonly values: readonly string[];
  readonly default: string;
  readonly summary: string;
}

/** A quota of AWS, with what is known of it; lib/facts/quotas.ts has those that labs need. */
export interface Quota {
  /** Service code, as Service Quotas names it. */
  readonly service: string;
  readonly code: string;
  readonly name: string;
  /** What fresh accounts were seen to have; an account's own value may differ. */
  readonly fresh: number;
  /** When `fresh` was seen. */
  readonly asOf: string;
  readonly source: string;
}

/** What a lab needs of a quota. */
export interface QuotaNeed {
  readonly quota: Quota;
  /** How much of it the lab uses at once. */
  readonly value: number;
  /** What for, as in `for <use>`. */
  readonly use: string;
  /** Modes in which it is needed: every named mode has one of the values. @default in all */
  readonly when?: Readonly<Record<string, readonly string[]>>;
  /** Ways on where it is too low, the best first; the local target is always one. @default none */
  readonly ways?: readonly WayOn[];
}

/** How a lab goes on without a quota: other modes. */
export interface WayOn {
  readonly modes: Readonly<Record<string, string>>;
  /** What is different then. */
  readonly what: string;
}

/** One line of what a lab costs while it is deployed. */
export interface CostLine {
  readonly item: string;
  /** USD per hour that it stands, whether used or not. */
  readonly usdPerHour: number;
  /** USD for doing all steps once. */
  readonly usdPerRun: number;
  /** How the figure came about, in the units of lib/facts/prices. */
  readonly basis: string;
  /** Whether a price in it is another Region's, because this one's is not known. @default false */
  readonly assumed?: boolean;
  /** Modes in which it is paid: every named mode has one of the values. @default in all */
  readonly when?: Readonly<Record<string, readonly string[]>>;
}

export interface Lab {
  readonly id: LabId;
  readonly title: string;
  readonly summary: string;
  readonly steps: readonly Step[];
  readonly modes: readonly Mode[];
  /** The lab's folder, absolute. */
  readonly folder: string;
  /** Its lines by the prices of a Region: `costBy` of lib/facts/prices makes this. */
  readonly cost: (region: string) => readonly CostLine[];
  /** Plain requirements that an account must meet, for `up` to show. */
  readonly needs: readonly string[];
  /** Quotas that it needs; `up` and `doctor` ask Service Quotas for them. @default none */
  readonly quotas?: readonly QuotaNeed[];
  /** Teardown kinds (ids of lib/teardown) that this lab can leave things of. */
  readonly kinds: readonly string[];
}
