import { BatchDeleteBuildsCommand } from '@aws-sdk/client-codebuild';
import type { Found, Kind } from '../../kind';
import { BATCH, ourProjectNames } from './names';
import { buildsOf } from './ours';

/** Builds that have ended. CodeBuild keeps them for a year when their project is deleted. One line stands for a project's. */
export const codebuildBuildRecord: Kind = {
  id: 'codebuild:build-record',
  title: 'records of builds',
  after: [{ kind: 'codebuild:build', why: 'CodeBuild deletes no build that goes on' }],
  async list(scope) {
    const found: Found[] = [];
    for (const [id, because] of await ourProjectNames(scope)) {
      const members = await buildsOf(scope, id);
      if (members.length > 0)
        found.push({ kind: 'codebuild:build-record', id, because: `of the project ${because}`, members });
    }
    return found;
  },
  async remove({ members: ids = [] }, scope) {
    for (let at = 0; at < ids.length; at += BATCH) {
      const { buildsNotDeleted: [first] = [] } = await scope.run.clients.codebuild.send(
        new BatchDeleteBuildsCommand({ ids: ids.slice(at, at + BATCH) }),
      );
      if (first) throw new Error(`CodeBuild did not delete ${first.id}: ${first.statusCode}`);
    }
  },
  // Those of codebuild:build, which it waits for.
  permissions: [],
};
