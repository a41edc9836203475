/** AWS CodeBuild: projects, and builds whose commands run on this machine as the project's service role. */
import type { Cloud, Service } from '../service';
import { Builds, type BuildOptions } from './build';
import { Projects } from './project';

export function codebuildService(cloud: Cloud, options: BuildOptions = {}): Service {
  const projects = new Projects(cloud);
  const builds = new Builds(cloud, projects, options);
  return {
    id: 'codebuild',
    operations: {
      CreateProject: projects.create,
      UpdateProject: projects.update,
      DeleteProject: projects.delete,
      BatchGetProjects: projects.batchGet,
      ListProjects: projects.list,
      StartBuild: builds.start,
      StopBuild: builds.stop,
      BatchGetBuilds: builds.batchGet,
      ListBuilds: builds.list,
      ListBuildsForProject: builds.listForProject,
      BatchDeleteBuilds: builds.batchDelete,
    },
    inventory: () => [...projects.inventory(), ...builds.inventory()],
    tags: () => projects.tags(),
    stop: () => builds.stopAll(),
  };
}
