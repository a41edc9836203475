/** Chance that can be repeated, and how much of it a run plays. */
import { generator } from '../unit/teardown/random';

/** `LAB_FAULTS=all` plays everything; else a sample, so that the suite stays short. */
export const ALL = process.env.LAB_FAULTS === 'all';
/** `LAB_FAULT_SEED` says which sample, and where things break. */
export const SEED = Number(process.env.LAB_FAULT_SEED ?? 1);
/** All of them, or one of them by the seed. */
export function sampled<T>(items: readonly T[]): readonly T[] {
  return ALL ? items : [items[Math.floor(generator(SEED)() * items.length)]!];
}
