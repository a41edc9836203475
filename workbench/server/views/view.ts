/** What a view of the cloud is: a read of what stands, and perhaps one thing that the learner can do there. */
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import type { DeployedStack } from '../../../lib/course/load';
import type { Teardown, Spends } from '../../../lib/commands/deps';

/** A lab that stands. */
export interface Standing {
  readonly run: LabRun;
  readonly stack: DeployedStack;
  teardown(): Promise<Teardown>;
  spending(): Promise<Spends>;
}

/** What a page asks for: names that it was given before, or anything that somebody types. */
export type Asked = Readonly<Record<string, string | undefined>>;

export interface View {
  readonly title: string;
  /** Outputs of the stack, any of which makes that the lab has it. @default - every lab has it */
  readonly outputs?: readonly string[];
  /** Gets clients that can only read. */
  read(standing: Standing, asked: Asked): Promise<unknown>;
  /** What a click asks for, with all that the learner may do. @returns undefined for what is no such thing */
  act?(standing: Standing, body: Readonly<Record<string, unknown>>): Promise<unknown>;
}

export const wrongName = (what: string, value: string | undefined): LabError =>
  new LabError(`The lab has no ${what} ${JSON.stringify((value ?? '').slice(0, 200))}.`, {
    why: 'It was removed, or the address of the page is not one that the page made.',
    next: 'open the view again',
  });

/** One of the stack's outputs, in the order given; those that it lacks left out. */
export const outputsOf = ({ outputs }: LabRun, keys: readonly string[]): string[] =>
  keys.flatMap((key) => outputs[key] ?? []);

export const iso = (date: Date | undefined): string | undefined => date?.toISOString();
