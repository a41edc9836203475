/** Projects: CreateProject, UpdateProject, DeleteProject, BatchGetProjects, ListProjects. */
import type * as codebuild from '@aws-sdk/client-codebuild';
import { page as pageOf } from '../page';
import type { Cloud, Operation } from '../service';
import { ServiceError } from '../service';
import { invalid, lacks, notFound } from './errors';
import { checkArtifacts, checkEnvironment, checkSource } from './projectChecks';

const PAGE = 100;

/** What a project may hold that no build here would honour. */
const UNSUPPORTED = [
  'vpcConfig',
  'fileSystemLocations',
  'buildBatchConfig',
  'autoRetryLimit',
  'secondarySources',
  'secondaryArtifacts',
] as const;

export class Projects {
  private readonly held = new Map<string, codebuild.Project>();

  constructor(private readonly cloud: Cloud) {}

  /** The project of that name. @throws ServiceError when there is none */
  get(name: string): codebuild.Project {
    const found = this.held.get(name);
    if (!found) throw notFound(`Project cannot be found: ${this.arn(name)}`);
    return found;
  }

  inventory(): string[] {
    return [...this.held.keys()].map((name) => `codebuild/project/${name}`);
  }

  tags(): Record<string, Record<string, string>> {
    return Object.fromEntries(
      [...this.held.values()].map(({ arn, tags = [] }) => [
        arn!,
        Object.fromEntries(tags.map(({ key, value }) => [key!, value ?? ''])),
      ]),
    );
  }

  readonly create: Operation<codebuild.CreateProjectInput, codebuild.CreateProjectOutput> = async (input) => {
    const name = input.name!;
    if (this.held.has(name))
      throw new ServiceError('ResourceAlreadyExistsException', `Project already exists: ${this.arn(name)}`);
    const now = new Date();
    const project = await this.checked({
      ...only(input),
      name,
      arn: this.arn(name),
      created: now,
      lastModified: now,
    });
    this.held.set(name, project);
    return { project };
  };

  readonly update: Operation<codebuild.UpdateProjectInput, codebuild.UpdateProjectOutput> = async (input) => {
    const before = this.get(this.nameOf(input.name));
    const project = await this.checked({ ...before, ...only(input), name: before.name, lastModified: new Date() });
    this.held.set(project.name!, project);
    return { project };
  };

  /** As AWS says: "When you delete a project, its builds are not deleted." One that is not there is a success. */
  readonly delete: Operation<codebuild.DeleteProjectInput, codebuild.DeleteProjectOutput> = async (input) => {
    this.held.delete(this.nameOf(input.name));
    return {};
  };

  readonly batchGet: Operation<codebuild.BatchGetProjectsInput, codebuild.BatchGetProjectsOutput> = async ({
    names = [],
  }) => {
    const found = names.map((name) => this.held.get(this.nameOf(name)));
    return {
      projects: found.filter((project) => project !== undefined),
      projectsNotFound: names.filter((_, place) => !found[place]),
    };
  };

  readonly list: Operation<codebuild.ListProjectsInput, codebuild.ListProjectsOutput> = async ({
    sortBy,
    sortOrder,
    nextToken,
  }) => {
    const at: Record<string, (project: codebuild.Project) => string | number> = {
      NAME: (project) => project.name!,
      CREATED_TIME: (project) => project.created!.getTime(),
      LAST_MODIFIED_TIME: (project) => project.lastModified!.getTime(),
    };
    const key = at[sortBy ?? 'NAME'] ?? at.NAME!;
    const sorted = [...this.held.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    if (sortOrder === 'DESCENDING') sorted.reverse();
    return page(
      'projects',
      sorted.map(({ name }) => name!),
      nextToken,
    );
  };

  arn(name: string): string {
    return `arn:aws:codebuild:${this.cloud.region}:${this.cloud.account}:project/${name}`;
  }

  /** A project is named, or given by its ARN. */
  nameOf(given: string | undefined): string {
    return (given ?? '').replace(/^arn:aws:codebuild:[^:]*:[^:]*:project\//, '');
  }

  private async checked(project: codebuild.Project): Promise<codebuild.Project> {
    const given = UNSUPPORTED.find((member) => project[member] !== undefined);
    if (given) throw lacks(`${given} of a build project`);
    checkSource(project.source);
    checkArtifacts(project.artifacts);
    checkEnvironment(project.environment);
    await this.assumable(project.serviceRole);
    return {
      ...project,
      source: { insecureSsl: false, ...project.source! },
      environment: {
        environmentVariables: [],
        privilegedMode: false,
        imagePullCredentialsType: 'CODEBUILD',
        ...project.environment!,
      },
      description: project.description ?? '',
      timeoutInMinutes: project.timeoutInMinutes ?? 60,
      queuedTimeoutInMinutes: project.queuedTimeoutInMinutes ?? 480,
      cache: project.cache ?? { type: 'NO_CACHE' },
      tags: project.tags ?? [],
      badge: { badgeEnabled: false },
      projectVisibility: 'PRIVATE',
      encryptionKey: project.encryptionKey ?? `arn:aws:kms:${this.cloud.region}:${this.cloud.account}:alias/aws/s3`,
    };
  }

  private async assumable(role: string | undefined): Promise<void> {
    if (!role) throw invalid('Service role is required');
    try {
      await this.cloud.assume(role, 'codebuild.amazonaws.com', 'AWSCodeBuild');
    } catch {
      throw invalid(
        `CodeBuild is not authorized to perform: sts:AssumeRole on ${role}. Please verify that: 1) The provided service ` +
          'role exists, 2) The role name is case-sensitive and matches exactly, and 3) The role has the necessary ' +
          'permissions and trust policy configured.',
      );
    }
  }
}

/** One page of a list; the token is the place to go on from. */
export function page<K extends string>(
  member: K,
  all: readonly string[],
  token: string | undefined,
): Record<K, string[]> & { nextToken?: string } {
  const { items, next } = pageOf(all, PAGE, token, () => invalid('Invalid token'));
  return { [member]: items, nextToken: next } as Record<K, string[]> & { nextToken?: string };
}

/** The members that were given: `null` and `undefined` change nothing. */
function only<T extends object>(input: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== undefined && value !== null),
  ) as Partial<T>;
}
