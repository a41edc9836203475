import type { Kind } from './kind';

/**
 * Kinds in the order of removal: each after those that its `after` names.
 *
 * @throws Error naming the kinds of a dependency cycle. Kinds that `after` names and that are not among `kinds` do not count.
 */
export function inOrder(kinds: readonly Kind[]): Kind[] {
  const ordered: Kind[] = [];
  const done = new Set<string>();
  const visit = (kind: Kind, path: readonly string[]): void => {
    if (path.includes(kind.id))
      throw new Error(`Teardown kinds wait for each other: ${[...path, kind.id].join(' > ')}.`);
    if (done.has(kind.id)) return;
    for (const id of directlyBefore(kind, kinds)) {
      const before = kinds.find((other) => other.id === id);
      if (before !== undefined) visit(before, [...path, kind.id]);
    }
    done.add(kind.id);
    ordered.push(kind);
  };
  for (const kind of kinds) visit(kind, []);
  return ordered;
}

/** Ids of all kinds that must be gone before this one, directly or through others. */
export function waitsFor(kind: Kind, kinds: readonly Kind[]): string[] {
  const ids = new Set<string>();
  const visit = (one: Kind): void => {
    for (const id of directlyBefore(one, kinds)) {
      if (ids.has(id)) continue;
      ids.add(id);
      const before = kinds.find((other) => other.id === id);
      if (before !== undefined) visit(before);
    }
  };
  visit(kind);
  return [...ids];
}

function directlyBefore(kind: Kind, kinds: readonly Kind[]): string[] {
  const ids = kind.after.map((dependency) => dependency.kind);
  if (!ids.includes('*')) return ids;
  return kinds.filter((other) => other.id !== kind.id).map((other) => other.id);
}
