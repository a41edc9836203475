import { tagsOf } from '../course/names';
import type { LabRun } from '../course/run';

/** Tags in the shapes that services give them: a list or a map. */
export type Tags = readonly { Key?: string; Value?: string }[] | Readonly<Record<string, string>> | undefined;

/** Whether tags are this lab's and this learner's. */
export function hasTags(tags: Tags, { lab, learner }: Pick<LabRun, 'lab' | 'learner'>): boolean {
  const found = byKey(tags);
  return Object.entries(tagsOf(lab, learner)).every(
    ([key, value]) => Object.hasOwn(found, key) && found[key] === value,
  );
}

/** Whether tags say that a thing is of another lab or another learner. */
export function isOthers(tags: Tags, { lab, learner }: Pick<LabRun, 'lab' | 'learner'>): boolean {
  const found = byKey(tags);
  return Object.entries(tagsOf(lab, learner)).some(([key, value]) => Object.hasOwn(found, key) && found[key] !== value);
}

function byKey(tags: Tags): Readonly<Record<string, string | undefined>> {
  return Array.isArray(tags)
    ? Object.fromEntries((tags as { Key?: string; Value?: string }[]).map(({ Key, Value }) => [Key ?? '', Value]))
    : ((tags ?? {}) as Record<string, string>);
}
