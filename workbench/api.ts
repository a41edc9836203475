/** What server and pages say to each other. */
import type { challengeDocument } from '../lib/commands/challenge';
import type { progressDocument } from '../lib/commands/progress';
import type { State } from '../lib/course/model';
import type { StepProgress } from '../lib/course/progress';

export type { State };

/** In the HTML of pages that `./lab open` serves: elsewhere the live parts show nothing. */
export const MARK = 'mla-labs-workbench';

/** A command of the page: a verb of `./lab` with its arguments. */
export type Command =
  | { readonly verb: 'up'; readonly modes?: Readonly<Record<string, string>> }
  | { readonly verb: 'extend'; readonly hours: number }
  | { readonly verb: 'down' }
  | { readonly verb: 'check'; readonly step?: string }
  | { readonly verb: 'step' | 'explain' | 'hint' | 'reset'; readonly step: string }
  /** `answer` shows a right answer of a challenge: it asks first where one has not all points. */
  | { readonly verb: 'grade' | 'answer'; readonly challenge: string }
  | { readonly verb: 'break' | 'break-hint' | 'mend' };

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
  /** What its last check said; undefined before the first of this run. */
  readonly judged?: Judged;
  /** What is kept of its checks on this target, wherever they were run. */
  readonly kept?: StepProgress;
  /** Whether a check has ever said done, which shows the solution of its exercise. */
  readonly solved: boolean;
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

/** The reference solution of an exercise, and what there is to say about it. */
export interface SolutionView {
  readonly text: string;
  readonly teaches: string;
  readonly alternative: string;
}

/** What a challenge asks for, and what was reached in it. */
export type ChallengeView = ReturnType<typeof challengeDocument>;

/** A game day that goes on: nothing of its fault. */
export interface GameDayView {
  readonly symptom?: string;
  readonly since: string;
  readonly hints: number;
}

/** What `./lab progress` says. */
export type ProgressView = Awaited<ReturnType<typeof progressDocument>>;

export interface LabView {
  readonly lab: string;
  readonly title: string;
  readonly target: string;
  readonly learner: string;
  readonly steps: readonly StepView[];
  readonly challenges: readonly ChallengeView[];
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

/** What can be looked at in the cloud; which of it a lab has, its stack's outputs say. */
export type ViewId =
  | 'inventory'
  | 'architecture'
  | 'objects'
  | 'tables'
  | 'query'
  | 'quality'
  | 'jobs'
  | 'logs'
  | 'tuning'
  | 'versions'
  | 'pipeline'
  | 'endpoints'
  | 'stacks'
  | 'alarms'
  | 'dashboard'
  | 'decisions';

/** Why nothing can be shown, and what to do. */
export interface Problem {
  readonly error: string;
  readonly why?: string;
  readonly next?: string;
}

/** What stands of a lab, and what of it can be looked at. */
export interface CloudView {
  readonly target: string;
  readonly region: string;
  readonly stack: string;
  readonly status: string;
  readonly views: readonly { readonly id: ViewId; readonly title: string }[];
}

/** Where a thing is shown: in a view of ours, or in the console of AWS. */
export type Link = { readonly view: ViewId; readonly of?: string } | { readonly href: string };

export interface Thing {
  readonly id: string;
  /** Why it is the learner's. */
  readonly because: string;
  /** Things behind the line. */
  readonly count: number;
  readonly usdPerHour?: number;
  readonly link?: Link;
}

export interface InventoryView {
  readonly groups: readonly { readonly title: string; readonly things: readonly Thing[] }[];
  /** What costs or has cost; USD at list price, nothing on the local target. */
  readonly costs: readonly { readonly what: string; readonly usdSoFar: number; readonly usdPerHour: number }[];
  /** What could not be read, and why. */
  readonly unread: readonly string[];
}

/** What stands of the lab's picture, by logical id of the template. */
export interface ArchitectureView {
  readonly resources: Readonly<
    Record<string, { readonly type: string; readonly name: string; readonly status: string; readonly link?: Link }>
  >;
}

export interface ObjectsView {
  readonly buckets: readonly string[];
  readonly bucket: string;
  readonly prefix: string;
  readonly folders: readonly string[];
  readonly objects: readonly { readonly key: string; readonly bytes: number; readonly modified?: string }[];
  /** Asks for the next page. */
  readonly next?: string;
}

/** The beginning of an object. What the browser reads itself, it gets whole from `raw`. */
export type PreviewView = { readonly key: string; readonly bytes: number; readonly cut: boolean } & (
  | { readonly kind: 'rows'; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'parquet' | 'report' | 'picture' | 'binary' }
);

export interface TablesView {
  readonly database: string;
  /** The crawler that describes the lab's files, if the lab has one. */
  readonly crawler?: { readonly name: string; readonly state: string };
  readonly tables: readonly {
    readonly name: string;
    readonly location: string;
    readonly format: string;
    readonly columns: number;
    readonly partitionKeys: readonly string[];
  }[];
  readonly next?: string;
}

export interface TableView {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly partition: boolean }[];
  readonly partitions: readonly { readonly values: readonly string[]; readonly location: string }[];
  readonly next?: string;
}

export interface QueriesView {
  readonly workGroup: string;
  readonly database: string;
  readonly usdPerTb: number;
  /** What Athena takes for the smallest query. */
  readonly leastUsd: number;
  readonly saved: readonly { readonly name: string; readonly sql: string }[];
  readonly recent: readonly {
    readonly id: string;
    readonly sql: string;
    readonly state: string;
    readonly at?: string;
  }[];
}

export interface QueryView {
  readonly id: string;
  readonly sql: string;
  readonly state: string;
  readonly reason?: string;
  readonly scannedBytes: number;
  /** What that costs at list price, on AWS. */
  readonly usd: number;
  readonly columns: readonly string[];
  /** Null for NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly next?: string;
}

export interface QualityView {
  readonly rulesets: readonly string[];
  readonly tables: readonly string[];
  /** A name that the learner may give to a ruleset. */
  readonly newRuleset: string;
  readonly runs: readonly {
    readonly id: string;
    readonly table: string;
    readonly state: string;
    readonly began?: string;
  }[];
}

/** What an evaluation of rulesets on a table came to. */
export interface EvaluationView {
  readonly id: string;
  readonly state: string;
  readonly reason?: string;
  readonly rulesets: readonly string[];
  readonly rules: readonly {
    readonly rule: string;
    /** `PASS`, `FAIL` or `ERROR`. */
    readonly outcome: string;
    readonly message?: string;
    readonly metrics: Readonly<Record<string, number>>;
  }[];
}

export type JobType = 'glue' | 'training' | 'processing';

export interface JobsView {
  /** The job of Glue that can be run, if the lab has one. */
  readonly glueJob?: string;
  readonly jobs: readonly {
    readonly type: JobType;
    readonly name: string;
    readonly state: string;
    readonly began?: string;
    readonly seconds?: number;
    readonly reason?: string;
  }[];
  readonly next?: string;
}

export interface LogView {
  readonly lines: readonly { readonly at: string; readonly text: string }[];
  readonly next?: string;
}

export interface LogsView {
  /** Log groups of the lab. */
  readonly groups: readonly string[];
}

/** What a query of Logs Insights gave. */
export interface LogRowsView {
  readonly columns: readonly string[];
  /** Null where a line has no such field. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Whether there may be more rows. */
  readonly cut: boolean;
}

export interface TuningView {
  readonly jobs: readonly {
    readonly name: string;
    readonly state: string;
    readonly metric: string;
    readonly best: 'Maximize' | 'Minimize';
    /** In the order in which they began. */
    readonly trials: readonly {
      readonly name: string;
      readonly state: string;
      readonly value?: number;
      readonly parameters: Readonly<Record<string, string>>;
    }[];
  }[];
}

export interface VersionsView {
  readonly group: string;
  readonly versions: readonly {
    readonly version: number;
    readonly approval: string;
    readonly reason?: string;
    readonly made?: string;
    readonly metrics: Readonly<Record<string, string>>;
    readonly artifact: string;
  }[];
  readonly next?: string;
}

export interface PipelineView {
  readonly name: string;
  readonly stages: readonly {
    readonly name: string;
    readonly state: string;
    readonly execution?: string;
    readonly actions: readonly {
      readonly name: string;
      readonly state: string;
      readonly at?: string;
      readonly said?: string;
      /** What it told those behind it. */
      readonly evidence: Readonly<Record<string, string>>;
    }[];
  }[];
  /** The execution that waits for a person. */
  readonly waits?: string;
}

export interface EndpointsView {
  readonly endpoints: readonly {
    readonly name: string;
    readonly state: string;
    readonly reason?: string;
    readonly config?: string;
    readonly variants: readonly {
      readonly name: string;
      /** Whether it is one that takes over just now. */
      readonly coming: boolean;
      readonly weight?: number;
      readonly capacity: string;
    }[];
  }[];
  /** What an endpoint can be asked: a flight of June, and what each of its fields is. */
  readonly example: { readonly fields: readonly string[]; readonly flight: string };
}

export interface AnswerView {
  readonly answer: string;
  readonly variant?: string;
  readonly milliseconds: number;
}

export interface StacksView {
  readonly stacks: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly reason?: string;
    readonly parameters: readonly { readonly name: string; readonly value: string }[];
  }[];
}

export interface AlarmsView {
  readonly alarms: readonly {
    readonly name: string;
    readonly state: string;
    readonly reason: string;
    readonly changed?: string;
    readonly metric: string;
    readonly comparison: string;
    /** None where a band is compared with. */
    readonly threshold?: number;
    readonly points: readonly { readonly at: string; readonly value: number }[];
    readonly unread?: string;
  }[];
}

export interface DashboardView {
  readonly name: string;
  /** How far back its metrics are shown. */
  readonly hours: number;
  /** From top to bottom, and from left to right. */
  readonly widgets: readonly {
    readonly title: string;
    /** Columns, of 24. */
    readonly width: number;
    readonly shown:
      | { readonly type: 'text'; readonly text: string }
      /** An alarm without a state does not exist yet. */
      | { readonly type: 'alarm'; readonly alarms: readonly { readonly name: string; readonly state?: string }[] }
      | {
          readonly type: 'metric';
          /** Seconds since 1970. */
          readonly x: readonly number[];
          readonly lines: readonly ChartLine[];
          readonly threshold?: number;
        }
      | { readonly type: 'unread'; readonly why: string };
  }[];
}

/** A line of a chart: a value for each place on its horizontal axis, or none. */
export interface ChartLine {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Whether the axis on the right is its own. */
  readonly right?: boolean;
}

export interface DecisionsView {
  readonly decisions: readonly {
    readonly id: string;
    readonly cause: string;
    readonly action: string;
    readonly status: string;
    readonly reason: string;
    readonly timeline: readonly { readonly at: string; readonly what: string }[];
  }[];
  readonly next?: string;
}
