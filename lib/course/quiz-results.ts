/** Which questions somebody has answered rightly, and which not: kept in the work folder of the lab. */
import { isTime, readNotes, readNotesOf, writeNotes } from './work-notes';

const FILE = '.quiz.json';

export interface QuizResult {
  /** Whether the last answer was right. */
  readonly right: boolean;
  /** When, as ISO time. */
  readonly at: string;
}

function isResult(value: unknown): value is QuizResult {
  const { right, at } = (value ?? {}) as Partial<Record<keyof QuizResult, unknown>>;
  return typeof right === 'boolean' && isTime(at);
}

/** Last answers by question. */
export function readQuizResults(workDir: string, learner: string): Readonly<Record<string, QuizResult>> {
  return readNotesOf(workDir, FILE, isResult, `${learner} `);
}

export function keepQuizResult(workDir: string, learner: string, id: string, right: boolean, now: Date): void {
  const all = readNotes(workDir, FILE, isResult);
  writeNotes(workDir, FILE, { ...all, [`${learner} ${id}`]: { right, at: now.toISOString() } });
}
