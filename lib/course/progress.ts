/** What checks said of a learner's steps, last and first: kept in the work folder, also when the lab is taken down. */
import type { State } from './model';
import { isTime, readNotes, readNotesOf, writeNotes } from './work-notes';

const FILE = '.progress.json';

export interface StepProgress {
  /** What the last check said. */
  readonly state: State;
  /** When, as ISO time. */
  readonly at: string;
  /** When a check said done for the first time. */
  readonly doneAt?: string;
}

/** Whose progress it is, and where. */
export interface Whose {
  readonly target: string;
  readonly learner: string;
}

const STATES: readonly unknown[] = ['done', 'not done', 'could not look'] satisfies State[];

function isProgress(value: unknown): value is StepProgress {
  const { state, at, doneAt } = (value ?? {}) as Partial<Record<keyof StepProgress, unknown>>;
  return STATES.includes(state) && isTime(at) && (doneAt === undefined || isTime(doneAt));
}

const prefixOf = ({ target, learner }: Whose): string => `${target} ${learner} `;

/** By step. */
export function readProgress(workDir: string, whose: Whose): Readonly<Record<string, StepProgress>> {
  return readNotesOf(workDir, FILE, isProgress, prefixOf(whose));
}

/** Keeps what checks said now. */
export function keepProgress(
  workDir: string,
  whose: Whose,
  said: readonly { readonly step: string; readonly state: State }[],
  now: Date,
): void {
  const all = readNotes(workDir, FILE, isProgress);
  const at = now.toISOString();
  for (const { step, state } of said) {
    const key = prefixOf(whose) + step;
    const doneAt = all[key]?.doneAt ?? (state === 'done' ? at : undefined);
    all[key] = { state, at, ...(doneAt !== undefined && { doneAt }) };
  }
  writeNotes(workDir, FILE, all);
}
