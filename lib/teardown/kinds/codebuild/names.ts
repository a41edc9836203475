import type { Scope } from '../../kind';
import { ourProjects, projectNames } from './ours';

/** Names that one request of CodeBuild takes. */
export const BATCH = 100;

/**
 * Names of our projects, with those of the record that are no longer there: their builds and logs outlive them.
 * A recorded name that somebody else's project has now is theirs.
 */
export async function ourProjectNames(scope: Scope): Promise<Map<string, string>> {
  const names = new Map((await ourProjects(scope)).map(({ name, because }) => [name, because]));
  const all = await projectNames(scope);
  for (const name of scope.ownership.buildProjects) {
    if (!names.has(name) && !all.includes(name)) names.set(name, 'that our record names');
  }
  return names;
}
