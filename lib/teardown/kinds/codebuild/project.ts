import { DeleteProjectCommand } from '@aws-sdk/client-codebuild';
import type { Kind } from '../../kind';
import { ourProjects } from './ours';

/** A build project that a learner made with our role or our tags, or one that outlived its stack. */
export const codebuildProject: Kind = {
  id: 'codebuild:project',
  title: 'build projects',
  after: [
    { kind: 'codebuild:build', why: 'a deleted project leaves its builds running' },
    { kind: 'codebuild:build-record', why: 'a deleted project leaves its builds, which it proves to be ours' },
  ],
  async list(scope) {
    return (await ourProjects(scope))
      .filter(({ theStacks }) => !theStacks)
      .map(({ name, because }) => ({ kind: 'codebuild:project', id: name, because }));
  },
  async remove(found, scope) {
    await scope.run.clients.codebuild.send(new DeleteProjectCommand({ name: found.id }));
  },
  // Those of codebuild:build, which it waits for.
  permissions: [],
};
