import {
  BatchGetBuildsCommand,
  BatchGetProjectsCommand,
  ListBuildsForProjectCommand,
  ListProjectsCommand,
} from '@aws-sdk/client-codebuild';
import { isTheStacks, usesOurRole } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import type { Scope } from '../../kind';
import { listAll } from '../../pages';
import { hasTags } from '../../tags';

export interface OurProject {
  readonly name: string;
  readonly because: string;
  /** Whether CloudFormation deletes it. */
  readonly theStacks: boolean;
}

/** Names that one request takes. */
const BATCH = 100;

/** Names of all build projects of the account. */
export function projectNames(scope: Scope): Promise<readonly string[]> {
  return scope.once('build project names', () =>
    listAll<string>(async (nextToken) => {
      const page = await scope.run.clients.codebuild.send(new ListProjectsCommand({ nextToken }));
      return { items: page.projects, next: page.nextToken };
    }),
  );
}

/** Our projects that exist: the stack's, and those with our role or our tags. */
export function ourProjects(scope: Scope): Promise<readonly OurProject[]> {
  return scope.once('build projects', async () => {
    const names = await projectNames(scope);
    const ours: OurProject[] = [];
    for (let at = 0; at < names.length; at += BATCH) {
      const { projects = [] } = await scope.run.clients.codebuild.send(
        new BatchGetProjectsCommand({ names: names.slice(at, at + BATCH) }),
      );
      for (const { name = '', serviceRole, tags } of projects) {
        const theStacks = await isTheStacks(scope, 'buildProjects', name);
        const because = theStacks
          ? `of our stack ${scope.run.stackName}`
          : (await usesOurRole(scope, serviceRole))
            ? `it uses our role ${serviceRole}`
            : hasTags(
                  tags?.map(({ key, value }) => ({ Key: key, Value: value })),
                  scope.run,
                )
              ? 'with our tags'
              : undefined;
        if (because) ours.push({ name, because, theStacks });
      }
    }
    return ours;
  });
}

/** Ids of all builds of a project that CodeBuild remembers. */
export function buildsOf({ run }: Scope, projectName: string): Promise<string[]> {
  return listAll<string>(async (nextToken) => {
    const page = await orUndefined(
      run.clients.codebuild.send(new ListBuildsForProjectCommand({ projectName, nextToken })),
    );
    return { items: page?.ids, next: page?.nextToken };
  });
}

/** Ids of a project's builds that go on, among its newest: CodeBuild ends a build after 36 hours. */
export async function buildsGoingOn({ run }: Scope, projectName: string): Promise<string[]> {
  const { codebuild } = run.clients;
  const newest = await orUndefined(
    codebuild.send(new ListBuildsForProjectCommand({ projectName, sortOrder: 'DESCENDING' })),
  );
  const ids = newest?.ids?.slice(0, BATCH) ?? [];
  if (ids.length === 0) return [];
  const { builds = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids }));
  return builds.filter(({ buildStatus }) => buildStatus === 'IN_PROGRESS').flatMap(({ id }) => id ?? []);
}
