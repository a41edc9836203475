/** Challenges: an outcome with constraints and no steps, graded by criteria. */
import { join } from 'node:path';
import type { Verdict } from './model';
import type { LabId } from './names';
import type { LabRun } from './run';

/** One thing that has to be true, looked at by itself. */
export interface Criterion {
  readonly id: string;
  readonly points: number;
  /** What has to be true, with its figures, as one sentence without a way to it. */
  readonly what: string;
  /**
   * Reads the cloud and judges, as a step's check does: `saw` is what was measured; `next` what to think about, and never
   * the answer. What keeps it from looking is thrown.
   */
  check(run: LabRun): Promise<Verdict>;
}

export interface Challenge {
  /** Short name used on the command line: `./lab grade <lab> <id>`. */
  readonly id: string;
  readonly title: string;
  /** The situation and what must be true in the end, a paragraph each. It names no feature that would give the way away. */
  readonly brief: readonly string[];
  /** What must hold besides: limits, names that the grader looks for, what may not be touched. */
  readonly constraints: readonly string[];
  /** How long it takes a learner who did the lab, in minutes: an estimate. */
  readonly minutes: number;
  /** The exam's task that it practises, as docs/exam.md numbers them. */
  readonly task: `${1 | 2 | 3 | 4}.${1 | 2 | 3}`;
  /** What it costs on AWS, in words, beside the standing lab. */
  readonly cost: string;
  /** Ids of the steps that must be done before. */
  readonly steps: readonly string[];
  readonly criteria: readonly Criterion[];
  /** Where one learns what it takes: addresses of AWS's pages, or `./lab guide` with a step. */
  readonly learn: readonly string[];
}

/** Where the reference solution is, relative to the lab's folder. It exports `solve(run)`. */
export const solutionFile = ({ id }: Pick<Challenge, 'id'>): string => join('challenges', 'solutions', `${id}.ts`);

/** The reference solution of a challenge. */
export interface Solution {
  /** Solves it with SDK clients; a learner may do it any other way. */
  solve(run: LabRun): Promise<void>;
}

/** All points that a challenge gives. */
export const pointsOf = ({ criteria }: Pick<Challenge, 'criteria'>): number =>
  criteria.reduce((sum, { points }) => sum + points, 0);

/** A challenge of a lab, or undefined. */
export const challengeOf = (challenges: readonly Challenge[], id: string): Challenge | undefined =>
  challenges.find((one) => one.id === id);

/** What several criteria of one grading look at, looked at once. */
export function oncePerRun<T>(look: (run: LabRun) => Promise<T>): (run: LabRun) => Promise<T> {
  const seen = new WeakMap<LabRun, Promise<T>>();
  return (run) => {
    const known = seen.get(run) ?? look(run);
    seen.set(run, known);
    return known;
  };
}

/** Loads the challenges of a lab. */
export type LoadChallenges = (id: LabId) => Promise<readonly Challenge[]>;

/** A criterion that is about one of several things: an alarm, an endpoint. */
export interface CandidateCriterion<T> extends Pick<Criterion, 'id' | 'points' | 'what'> {
  judge(run: LabRun, candidate: T): Promise<Verdict> | Verdict;
}

/**
 * Grades the candidate with the most points: of equal ones the first.
 *
 * @param nothing what is said where there is none
 */
export function criteriaOfBest<T>(
  candidates: (run: LabRun) => Promise<readonly T[]>,
  criteria: readonly CandidateCriterion<T>[],
  nothing: (run: LabRun) => Verdict,
): readonly Criterion[] {
  const best = oncePerRun(async (run): Promise<ReadonlyMap<string, Verdict> | undefined> => {
    let found: { readonly verdicts: ReadonlyMap<string, Verdict>; readonly met: number } | undefined;
    for (const candidate of await candidates(run)) {
      const verdicts = new Map<string, Verdict>();
      for (const { id, judge } of criteria) verdicts.set(id, await judge(run, candidate));
      const met = criteria.reduce((sum, { id, points }) => sum + (verdicts.get(id)!.done ? points : 0), 0);
      if (found === undefined || met > found.met) found = { verdicts, met };
    }
    return found?.verdicts;
  });
  return criteria.map(({ id, points, what }) => ({
    id,
    points,
    what,
    check: async (run) => (await best(run))?.get(id) ?? nothing(run),
  }));
}
