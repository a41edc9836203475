import { tagsOf } from '../course/names';
import type { LabRun } from '../course/run';

type Whose = Pick<LabRun, 'lab' | 'learner'>;

/** Whether tags, in any of the shapes that services give them, are this lab's and this learner's. */
export function hasTags(
  tags: readonly { Key?: string; Value?: string }[] | Readonly<Record<string, string>> | undefined,
  { lab, learner }: Whose,
): boolean {
  const found: Readonly<Record<string, string | undefined>> = Array.isArray(tags)
    ? Object.fromEntries((tags as { Key?: string; Value?: string }[]).map(({ Key, Value }) => [Key ?? '', Value]))
    : ((tags ?? {}) as Record<string, string>);
  return Object.entries(tagsOf(lab, learner)).every(
    ([key, value]) => Object.hasOwn(found, key) && found[key] === value,
  );
}
