/** Which questions somebody has answered rightly, and which not: kept in the work folder of the lab. */
import { readNotes, writeNotes } from './work-notes';

const FILE = '.quiz.json';

export interface QuizResult {
  /** Whether the last answer was right. */
  readonly right: boolean;
  /** When, as ISO time. */
  readonly at: string;
}

function isResult(value: unknown): value is QuizResult {
  const { right, at } = (value ?? {}) as Partial<Record<keyof QuizResult, unknown>>;
  return typeof right === 'boolean' && typeof at === 'string' && !Number.isNaN(Date.parse(at));
}

/** Last answers by question. */
export function readQuizResults(workDir: string, learner: string): Readonly<Record<string, QuizResult>> {
  const prefix = `${learner} `;
  const all = Object.entries(readNotes(workDir, FILE, isResult));
  return Object.fromEntries(
    all.filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

export function keepQuizResult(workDir: string, learner: string, id: string, right: boolean, now: Date): void {
  const all = readNotes(workDir, FILE, isResult);
  writeNotes(workDir, FILE, { ...all, [`${learner} ${id}`]: { right, at: now.toISOString() } });
}
