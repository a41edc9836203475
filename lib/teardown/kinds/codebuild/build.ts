import { StopBuildCommand } from '@aws-sdk/client-codebuild';
import { arnsOf } from '../../arns';
import type { Found, Kind } from '../../kind';
import { untilGone } from '../../wait';
import { buildsGoingOn, ourProjects } from './ours';

/** A build that goes on, billed by the minute. */
export const codebuildBuild: Kind = {
  id: 'codebuild:build',
  title: 'running builds',
  after: [{ kind: 'codepipeline:execution', why: 'a release that goes on starts the next build' }],
  blocks: 'it is billed while it runs, and needs its role to end',
  async list(scope) {
    const found: Found[] = [];
    for (const { name, because } of await ourProjects(scope)) {
      for (const id of await buildsGoingOn(scope, name)) {
        found.push({ kind: 'codebuild:build', id, because: `of the project ${name}, ${because}` });
      }
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.codebuild.send(new StopBuildCommand({ id: found.id }));
    const project = found.id.slice(0, found.id.indexOf(':'));
    await untilGone(
      scope,
      `the build ${found.id} to stop`,
      async () => !(await buildsGoingOn(scope, project)).includes(found.id),
    );
  },
  permissions: [
    {
      actions: ['codebuild:ListProjects'],
      resources: () => ['*'],
      reason: 'CodeBuild lists all projects or none',
    },
    {
      actions: [
        'codebuild:BatchGetProjects',
        'codebuild:ListBuildsForProject',
        'codebuild:BatchGetBuilds',
        'codebuild:StopBuild',
        'codebuild:BatchDeleteBuilds',
        'codebuild:DeleteProject',
      ],
      resources: (place) => arnsOf(place, 'codebuild', 'project/*'),
      reason:
        'a project that a learner made is found by its role, and may have any name and no tag; the code asks first',
    },
  ],
};
