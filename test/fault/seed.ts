/** Chance that can be repeated, and how much of it a run plays. */
import type { LabId } from '../../lib/course/names';
import { generator } from '../unit/teardown/random';

/** `LAB_FAULTS=all` plays everything; else a sample, so that the suite stays short. */
export const ALL = process.env.LAB_FAULTS === 'all';
/** `LAB_FAULT_SEED` says which sample, and where things break. */
export const SEED = Number(process.env.LAB_FAULT_SEED ?? 1);
/** The lab that a sample is played with: the shortest. */
const SAMPLED: LabId = 'data-prep';

/** All of them, or one of them by the seed. */
export function sampled<T>(items: readonly T[]): readonly T[] {
  return ALL ? items : [items[Math.floor(generator(SEED)() * items.length)]!];
}

/** Whether a run plays a lab: a sample plays the shortest only. */
export const isPlayed = (lab: LabId): boolean => ALL || lab === SAMPLED;

/** Tests of a lab that is played, or else skipped. */
export const describeOf = (lab: LabId): jest.Describe => (isPlayed(lab) ? describe : describe.skip);

/** Tests that a sample skips. */
export const testAll: jest.It = ALL ? test : test.skip;
