/** An exam: tasks worth points, drawn by the weights of the domains; and what came of those that were taken. */
import type { Question } from './questions';
import { numbersOf, shuffled } from './shuffle';
import { isTime, readNotes, readNotesOf, writeNotes } from './work-notes';

/** Something to be solved, worth points. */
interface Task {
  readonly points: number;
  /** The exam's domain that it counts for, such as `1`. */
  readonly domain: string;
}

/** A question to be answered. */
export interface QuestionTask extends Task {
  readonly type: 'question';
  readonly question: Question;
}
export type ExamTask = QuestionTask;

/** What a domain is worth in the exam. */
export interface Weight {
  readonly id: string;
  readonly weight: number;
}

/**
 * Questions by the weights of the domains, in a mixed order.
 *
 * @param count how many; fewer where a domain has not enough for its weight, and none where one has nothing
 */
export function drawTasks(
  questions: readonly Question[],
  weights: readonly Weight[],
  count: number,
  seed: number,
): ExamTask[] {
  const tasks = questions.map((question): ExamTask => ({
    type: 'question',
    points: 1,
    domain: question.task.charAt(0),
    question,
  }));
  const pools = new Map(
    weights.map(({ id }) => {
      const pool = tasks.filter(({ domain }) => domain === id);
      return [id, shuffled(pool, numbersOf(seed, id))] as const;
    }),
  );
  for (let size = count; size >= weights.length; size -= 1) {
    const shares = sharesOf(weights, size);
    if (weights.some(({ id }) => shares.get(id)! > pools.get(id)!.length)) continue;
    const drawn = weights.flatMap(({ id }) => pools.get(id)!.slice(0, shares.get(id)));
    return shuffled(drawn, numbersOf(seed, 'order'));
  }
  return [];
}

/** How many of `count` each domain has: rounded so that they add up, the largest remainder first. */
export function sharesOf(weights: readonly Weight[], count: number): Map<string, number> {
  const total = weights.reduce((sum, { weight }) => sum + weight, 0);
  const exact = weights.map(({ id, weight }) => ({ id, share: (count * weight) / total }));
  const shares = new Map(exact.map(({ id, share }) => [id, Math.floor(share)]));
  const left = count - [...shares.values()].reduce((sum, share) => sum + share, 0);
  const rest = ({ share }: { share: number }): number => share - Math.floor(share);
  const next = [...exact].sort((a, b) => rest(b) - rest(a)).slice(0, left);
  for (const { id } of next) shares.set(id, shares.get(id)! + 1);
  return shares;
}

export interface Score {
  readonly points: number;
  readonly of: number;
}

/** An exam that was taken. */
export interface ExamResult extends Score {
  /** When it ended, as ISO time. */
  readonly at: string;
  readonly minutes: number;
  readonly seed: number;
  /** By domain. */
  readonly domains: Readonly<Record<string, Score>>;
}

const FILE = '.exams.json';

const isScore = (value: unknown): value is Score => {
  const { points, of } = (value ?? {}) as Partial<Record<keyof Score, unknown>>;
  return Number.isInteger(points) && Number.isInteger(of) && (of as number) >= (points as number);
};

function isResult(value: unknown): value is ExamResult {
  const { at, minutes, seed, domains } = (value ?? {}) as Partial<Record<keyof ExamResult, unknown>>;
  return (
    isScore(value) &&
    value.of > 0 &&
    isTime(at) &&
    Number.isInteger(minutes) &&
    Number.isInteger(seed) &&
    typeof domains === 'object' &&
    domains !== null &&
    Object.values(domains).every(isScore)
  );
}

/** Exams of a learner, the last one last. @param examDir `work/exam` */
export function readExams(examDir: string, learner: string): ExamResult[] {
  const taken = Object.values(readNotesOf(examDir, FILE, isResult, `${learner} `));
  return taken.sort((a, b) => (a.at < b.at ? -1 : 1));
}

export function keepExam(examDir: string, learner: string, result: ExamResult): void {
  writeNotes(examDir, FILE, { ...readNotes(examDir, FILE, isResult), [`${learner} ${result.at}`]: result });
}

/** The one with the largest share of points; the last of several. */
export function bestOf(exams: readonly ExamResult[]): ExamResult | undefined {
  return exams.reduce<ExamResult | undefined>(
    (best, one) => (best === undefined || one.points * best.of >= best.points * one.of ? one : best),
    undefined,
  );
}
