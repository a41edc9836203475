/** Grading a challenge as a learner does, and its reference solution. */
import { type Challenge, solutionFile, type Solution } from '../../lib/course/challenge';
import { labEntry } from '../../lib/course/registry';
import type { Stage } from './stage';
import { join } from 'node:path';

export interface Grading {
  readonly code: number;
  readonly points: number;
  readonly of: number;
  /** Ids of criteria that are met. */
  readonly met: readonly string[];
  /** What was said of each that is not. */
  readonly told: Readonly<Record<string, string>>;
}

/** What `./lab grade` says. */
export async function grade(stage: Stage, challenge: string): Promise<Grading> {
  const { code, out, err } = await stage.cli(`grade ${stage.lab.id} ${challenge} --target local --json`);
  const document = JSON.parse(out) as {
    readonly points: number;
    readonly of: number;
    readonly criteria?: readonly { id: string; state: string; saw: string; next: string }[];
  };
  if (document.criteria === undefined) throw new Error(`${out}\n${err}`);
  const { points, of, criteria } = document;
  const missed = criteria.filter(({ state }) => state !== 'done');
  return {
    code,
    points,
    of,
    met: criteria.filter(({ state }) => state === 'done').map(({ id }) => id),
    told: Object.fromEntries(missed.map(({ id, saw, next }) => [id, `${saw} ${next}`])),
  };
}

export async function challengeOf(stage: Stage, id: string): Promise<Challenge> {
  return (await labEntry(stage.lab.id)!.challenges()).find((one) => one.id === id)!;
}

/** Does what the reference solution does. */
export async function solve(stage: Stage, challenge: string): Promise<void> {
  const file = join(stage.lab.folder, solutionFile({ id: challenge }));
  const { solve: does } = (await import(file)) as Solution;
  await does(await stage.run());
}
