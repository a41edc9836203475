/**
 * What a teardown saw, and what became of each thing: the arithmetic of the receipt.
 *
 * Everything seen is counted once, by its identity, whenever it was seen first; and it is either gone or left. So what was
 * made is always what was removed and what is left together, whoever writes or deletes meanwhile.
 */
import type { Found } from './kind';

interface Entry {
  found: Found;
  /** Identities behind the line that are there, that are gone, and that were gone before they were seen again. */
  readonly there: Set<string>;
  readonly gone: Set<string>;
  readonly returned: Set<string>;
  /** Why its removal failed last. */
  error?: string;
}

/** What is left of a line. */
export interface Remaining {
  readonly found: Found;
  readonly error?: string;
  /** Whether all of it had been gone before. */
  readonly returned: boolean;
}

export interface Counts {
  readonly made: number;
  readonly removed: number;
  readonly left: number;
}

/** How many things are behind these lines. */
export function countOf(lines: readonly Found[]): number {
  return lines.reduce((sum, one) => sum + membersOf(one).length, 0);
}

export class Ledger {
  private readonly entries = new Map<string, Entry>();

  /**
   * A list of a kind that was read to its end: what was there before and is not on it any more is gone.
   *
   * @returns what of it nobody had seen before
   */
  listed(kind: string, lines: readonly Found[]): Found[] {
    const on = new Set(lines.map(keyOf));
    for (const [key, entry] of this.entries) {
      if (entry.found.kind === kind && !on.has(key)) this.leave(entry, [...entry.there]);
    }
    const fresh: Found[] = [];
    for (const one of lines) {
      const known = this.entries.get(keyOf(one));
      const members = membersOf(one);
      const unseen = members.filter((id) => !known?.there.has(id) && !known?.gone.has(id));
      if (unseen.length > 0) fresh.push(withMembers(one, unseen));
      const now = new Set(members);
      if (known)
        this.leave(
          known,
          [...known.there].filter((id) => !now.has(id)),
        );
      this.saw(one);
    }
    return fresh;
  }

  /** A thing that is there. */
  saw(one: Found): void {
    const entry = this.entries.get(keyOf(one)) ?? {
      found: one,
      there: new Set(),
      gone: new Set(),
      returned: new Set(),
    };
    this.entries.set(keyOf(one), entry);
    entry.found = one;
    for (const id of membersOf(one)) {
      if (entry.gone.delete(id)) entry.returned.add(id);
      entry.there.add(id);
    }
  }

  removed(one: Found): void {
    const entry = this.entries.get(keyOf(one));
    if (entry) this.leave(entry, membersOf(one));
  }

  failed(one: Found, error: string): void {
    this.saw(one);
    this.entries.get(keyOf(one))!.error = error;
  }

  get counts(): Counts {
    let [removed, left] = [0, 0];
    for (const { there, gone } of this.entries.values()) {
      removed += gone.size;
      left += there.size;
    }
    return { made: removed + left, removed, left };
  }

  /** Everything that is gone, one line for what was listed as one. */
  get gone(): Found[] {
    const entries = [...this.entries.values()].filter(({ gone }) => gone.size > 0);
    return entries.map(({ found, gone }) => withMembers(found, [...gone]));
  }

  get left(): Remaining[] {
    const entries = [...this.entries.values()].filter(({ there }) => there.size > 0);
    return entries.map(({ found, there, returned, error }) => ({
      found: withMembers(found, [...there]),
      ...(error !== undefined && { error }),
      returned: [...there].every((id) => returned.has(id)),
    }));
  }

  private leave(entry: Entry, members: readonly string[]): void {
    for (const id of members) if (entry.there.delete(id)) entry.gone.add(id);
    if (entry.there.size === 0) delete entry.error;
  }
}

/** A line that stands for one thing is that thing. */
function membersOf({ members }: Found): readonly string[] {
  return members ?? [''];
}

function withMembers(found: Found, members: readonly string[]): Found {
  return found.members === undefined ? found : { ...found, members };
}

function keyOf({ kind, id }: Found): string {
  return `${kind} ${id}`;
}
