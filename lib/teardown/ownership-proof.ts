/** How a thing is proven ours: by the stack that lists it, by its tags, or by what it uses. Never by its name alone. */
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { tagsOf } from '../course/names';
import { arnHere, roleName } from './arns';
import { isNotFound } from './errors';
import type { Scope } from './kind';
import { NO_NAMES } from './ownership';
import type { NameList, OwnedNames } from './ownership';
import { listAll } from './pages';
import { isResource, listed, resourcesOf, type StackResource } from './stack';
import { tagsOfRole } from './roles';
import { hasTags, type Tags } from './tags';

/** What the stack made, whether it still exists or not; nothing when the stack is gone. */
function stackResources(scope: Scope): Promise<readonly StackResource[]> {
  return scope.once('stack resources', async () =>
    scope.stack === 'gone' ? [] : await resourcesOf(scope.run, scope.run.stackName),
  );
}

/** The stack's names by the lists of the record. */
export async function stackNames(scope: Scope): Promise<OwnedNames> {
  return { ...NO_NAMES, ...listed(scope.run, await stackResources(scope)) };
}

/** Whether our stack made a thing of a type that the record has no list for. */
export async function isOfStack(scope: Scope, type: string, name: string): Promise<boolean> {
  return (await stackResources(scope)).some((one) => isResource(one, type, name));
}

/** Whether CloudFormation will delete it: then it is not for a kind to do. */
export async function isTheStacks(scope: Scope, list: NameList, name: string): Promise<boolean> {
  return (await stackNames(scope))[list].includes(name);
}

/**
 * Why a recorded name is ours, or undefined when nothing but the record says so.
 *
 * @param readTags the thing's own tags; undefined when it has none
 */
export async function proof(
  scope: Scope,
  list: NameList,
  name: string,
  readTags: () => Promise<Tags>,
): Promise<string | undefined> {
  if (await isTheStacks(scope, list, name)) return `of our stack ${scope.run.stackName}`;
  return hasTags(await readTags(), scope.run) ? 'with our tags' : undefined;
}

/** Recorded names that are proven ours, each with the reason. What does not exist any more is left out. */
export async function provenNames(
  scope: Scope,
  list: NameList,
  readTags: (name: string) => Promise<Tags>,
): Promise<Map<string, string>> {
  return scope.once(`proven ${list}`, async () => {
    const proven = new Map<string, string>();
    for (const name of scope.ownership[list]) {
      try {
        // The tags are read even where the stack lists the name, because a name can be listed and gone.
        const tags = await readTags(name);
        const because = await proof(scope, list, name, () => Promise.resolve(tags));
        if (because !== undefined) proven.set(name, because);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    return proven;
  });
}

/**
 * ARNs of our roles, whether they still exist or not: a job that uses one is ours.
 *
 * A recorded role that the stack does not list must carry our tags, or be gone: a record may not claim a role that
 * somebody else uses.
 */
export function ourRoles(scope: Scope): Promise<ReadonlySet<string>> {
  return scope.once('roles', async () => {
    const roles = new Set<string>();
    for (const arn of scope.ownership.roles) {
      if ((await isTheStacks(scope, 'roles', arn)) || (await isOursOrGone(scope, arn))) roles.add(arn);
    }
    return roles;
  });
}

async function isOursOrGone(scope: Scope, arn: string): Promise<boolean> {
  // The lease's function may not read IAM. It does not need to: while it lives, the stack lists its roles.
  if (scope.stack !== 'gone') return false;
  try {
    return hasTags(await tagsOfRole(scope, arn), scope.run);
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  }
}

/** Whether a service's way to name a role (ARN, or name alone) means one of ours. */
export async function usesOurRole(scope: Scope, role: string | undefined): Promise<boolean> {
  if (!role) return false;
  const roles = await ourRoles(scope);
  if (role.startsWith('arn:')) return roles.has(role);
  return [...roles].some((arn) => roleName(arn) === role);
}

/** Names of the tagged things of a service whose ARNs go on so after the account: `alarm:` gives the names of alarms. */
export async function taggedNames(scope: Scope, service: string, start: string): Promise<string[]> {
  const prefix = arnHere(scope.run, service, start);
  return [...(await taggedArns(scope))].filter((arn) => arn.startsWith(prefix)).map((arn) => arn.slice(prefix.length));
}

/** ARNs of everything in this Region that carries our tags. It may lag behind: look each up before believing that it exists. */
export function taggedArns(scope: Scope): Promise<ReadonlySet<string>> {
  return scope.once('tagged', () => searchTagged(scope.run));
}

/** The same, asked anew. */
export async function searchTagged(run: Scope['run']): Promise<ReadonlySet<string>> {
  const tags = Object.entries(tagsOf(run.lab, run.learner));
  const TagFilters = tags.map(([Key, value]) => ({ Key, Values: [value] }));
  const tagged = await listAll(async (PaginationToken) => {
    const page = await run.clients.tagging.send(new GetResourcesCommand({ TagFilters, PaginationToken }));
    return { items: page.ResourceTagMappingList, next: page.PaginationToken };
  });
  return new Set(tagged.flatMap(({ ResourceARN: arn, Tags }) => (arn && hasTags(Tags, run) ? [arn] : [])));
}
