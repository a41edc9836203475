/** One sort of thing that a lab can leave behind: how to find ours, how to remove it, what must be gone before. */
import type { LabId } from '../course/names';
import type { LabRun } from '../course/run';
import type { Ownership } from './ownership';

/** A thing of ours that exists now. */
export interface Found {
  /** Id of its kind. */
  readonly kind: string;
  /** Its name, ARN or path: enough to find it in the console. */
  readonly id: string;
  /** How its belonging was proven, as half a sentence: `in our database mla_labs_data_prep_me`. */
  readonly because: string;
  /** Identities of the things behind this line, where one line stands for many. @default - it stands for one */
  readonly members?: readonly string[];
}

/** Whether CloudFormation still looks after what the stack made. */
export type StackState = 'standing' | 'deleting' | 'gone';

/** What a kind may know. Made anew for every look, so that what it remembers is never older than that look. */
export interface Scope {
  readonly run: LabRun;
  readonly ownership: Ownership;
  readonly stack: StackState;
  /** Ids of the kinds of this look: what no kind is about is not asked for, and needs no permission. */
  readonly kinds: ReadonlySet<string>;
  /** When waiting has to end. @default - as long as AWS takes */
  readonly deadline?: Date;
  /** Remembers an answer that several kinds need, for this look. */
  once<T>(key: string, ask: () => Promise<T>): Promise<T>;
}

/** Names of one lab as the stack knows them before they exist: for permissions. Strings may be CloudFormation tokens. */
export interface LabNames {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly lab: LabId;
  readonly learner: string;
  readonly stackName: string;
  /** ARN patterns of the lab's buckets: CloudFormation chooses the end of their names. */
  readonly buckets: readonly string[];
}

/** What the lease's function must be allowed, so that it can do as `./lab down` does. */
export interface Permission {
  readonly actions: readonly string[];
  resources(place: LabNames): readonly string[];
  /** Why the resources cannot be narrower; needed where one of them is `*` or ends in `/*` for all of the account. */
  readonly reason?: string;
  /** IAM condition block. @default - none */
  conditions?(place: LabNames): Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Kind {
  /** `<service>:<kind>`, for example `glue:table`. */
  readonly id: string;
  /** Plural, for people: `Glue tables`. */
  readonly title: string;
  /** Kinds whose things must be gone before, and why. `*` is every other kind. */
  readonly after: readonly { readonly kind: string; readonly why: string }[];
  /** Why the stack must not be deleted while one is left. @default - it may: what is left is reported only */
  readonly blocks?: string;
  /** Finds ours. What CloudFormation itself will delete (`stack` not `gone`) is not listed. */
  list(scope: Scope): Promise<Found[]>;
  /** Removes one, waiting until it is gone. Something that is gone already counts as removed. */
  remove(found: Found, scope: Scope): Promise<void>;
  /** Who makes more of them while they are swept. @default - somebody, and no command ends that */
  writers?(arrived: Found, run: LabRun): Writers;
  readonly permissions: readonly Permission[];
}

/** Those who go on making things of ours. */
export interface Writers {
  /** What they do, behind "somebody still". */
  readonly doing: string;
  /** A command after which no more can come. */
  readonly next: string;
}
