/** In which order a teardown would remove what is there, and what of it waits for what. */
import type { Found } from './kind';
import { KIND_BY_ID } from './kinds';
import { countOf } from './ledger';

/** Things of one kind. */
export interface PlannedGroup {
  /** Id of the kind. */
  readonly kind: string;
  /** Plural, for people. */
  readonly title: string;
  /** What of this plan must be gone before, and why. */
  readonly waitsFor: readonly { readonly kind: string; readonly title: string; readonly why: string }[];
  readonly things: readonly {
    readonly id: string;
    /** How its belonging was proven. */
    readonly because: string;
    /** Things behind this line. */
    readonly count: number;
  }[];
}

/** @param found what the inventory gave, which is in the order of removal */
export function planOf(found: readonly Found[]): PlannedGroup[] {
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  const titleOf = (kind: string): string => KIND_BY_ID.get(kind)?.title ?? kind;
  return kinds.map((kind) => ({
    kind,
    title: titleOf(kind),
    waitsFor: (KIND_BY_ID.get(kind)?.after ?? [])
      .filter((before) => kinds.includes(before.kind))
      .map((before) => ({ ...before, title: titleOf(before.kind) })),
    things: found
      .filter((one) => one.kind === kind)
      .map((one) => ({ id: one.id, because: one.because, count: countOf([one]) })),
  }));
}
