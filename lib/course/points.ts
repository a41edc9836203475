/** The points that a learner reached in challenges: kept in the work folder, also when the lab is taken down. */
import type { Whose } from './progress';
import { isTime, readNotes, writeNotes } from './work-notes';

const FILE = '.challenges.json';

export interface Points {
  /** The most that a grading gave. */
  readonly best: number;
  /** Of how many, then. */
  readonly of: number;
  /** When that was, as ISO time. */
  readonly at: string;
}

function isPoints(value: unknown): value is Points {
  const { best, of, at } = (value ?? {}) as Partial<Record<keyof Points, unknown>>;
  const count = (one: unknown): boolean => Number.isInteger(one) && (one as number) >= 0;
  return count(best) && count(of) && isTime(at);
}

const keyOf = ({ target, learner }: Whose, challenge: string): string => `${target} ${learner} ${challenge}`;

/** The best that was reached; undefined where a challenge was never graded. */
export const readPoints = (workDir: string, whose: Whose, challenge: string): Points | undefined =>
  readNotes(workDir, FILE, isPoints)[keyOf(whose, challenge)];

/** Keeps what a grading gave, where it is more than before. */
export function keepPoints(
  workDir: string,
  whose: Whose,
  given: { readonly challenge: string; readonly points: number; readonly of: number },
  now: Date,
): void {
  const all = readNotes(workDir, FILE, isPoints);
  const key = keyOf(whose, given.challenge);
  const before = all[key];
  if (before !== undefined && before.of === given.of && before.best >= given.points) return;
  all[key] = { best: given.points, of: given.of, at: now.toISOString() };
  writeNotes(workDir, FILE, all);
}
