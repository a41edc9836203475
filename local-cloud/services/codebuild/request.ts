/** What a build is made of: its project, and what the request puts in place of the project's. */
import type { Build, EnvironmentVariable, Project, ProjectArtifacts, StartBuildInput } from '@aws-sdk/client-codebuild';
import { invalid, lacks } from './errors';
import { checkArtifacts, checkEnvironment, checkSource } from './projectChecks';

/** Overrides that no build here would honour. */
const UNSUPPORTED = [
  'sourceAuthOverride',
  'gitSubmodulesConfigOverride',
  'certificateOverride',
  'cacheOverride',
  'registryCredentialOverride',
  'debugSessionEnabled',
  'fleetOverride',
  'autoRetryLimitOverride',
  'hostKernelOverride',
  'secondarySourcesOverride',
  'secondaryArtifactsOverride',
] as const;

/** What a request and its project decide. */
export interface BuildPlan {
  /** The parts of the build's description. */
  readonly build: Build;
  /** Where the outputs go: the description tells only where they are in the end. */
  readonly artifacts: ProjectArtifacts;
}

/** @throws ServiceError */
export function planFrom(project: Project, input: StartBuildInput): BuildPlan {
  const given = UNSUPPORTED.find((member) => input[member]);
  if (given) throw lacks(`${given} of StartBuild`);
  const source = {
    ...project.source!,
    ...(input.sourceTypeOverride && { type: input.sourceTypeOverride }),
    ...(input.sourceLocationOverride && { location: input.sourceLocationOverride }),
    ...(input.buildspecOverride && { buildspec: input.buildspecOverride }),
  };
  const artifacts = input.artifactsOverride ?? project.artifacts!;
  const environment = {
    ...project.environment!,
    ...(input.imageOverride && { image: input.imageOverride }),
    ...(input.computeTypeOverride && { computeType: input.computeTypeOverride }),
    ...(input.environmentTypeOverride && { type: input.environmentTypeOverride }),
    environmentVariables: merged(project.environment?.environmentVariables, input.environmentVariablesOverride),
  };
  checkSource(source);
  checkArtifacts(artifacts);
  checkEnvironment(environment);
  const sourceVersion = input.sourceVersion ?? project.sourceVersion;
  if (source.type === 'CODEPIPELINE' && !pipelineLocation(source.location, sourceVersion)) {
    throw invalid(
      `Build of project ${project.name} cannot be started: with source type CODEPIPELINE, its pipeline starts it`,
    );
  }
  const build: Build = {
    projectName: project.name,
    source,
    ...(sourceVersion && { sourceVersion }),
    artifacts: { location: '' },
    secondarySources: [],
    secondarySourceVersions: [],
    secondaryArtifacts: [],
    cache: project.cache,
    environment,
    serviceRole: input.serviceRoleOverride ?? project.serviceRole,
    timeoutInMinutes: input.timeoutInMinutesOverride ?? project.timeoutInMinutes ?? 60,
    queuedTimeoutInMinutes: input.queuedTimeoutInMinutesOverride ?? project.queuedTimeoutInMinutes,
    encryptionKey: input.encryptionKeyOverride ?? project.encryptionKey,
  };
  return { build, artifacts };
}

/** Where a pipeline has put the input: `bucket/key`, as location or as the ARN that stands for the version. */
export function pipelineLocation(location: string | undefined, version: string | undefined): string | undefined {
  const arn = /^arn:aws:s3:::([^/]+\/.+)$/.exec(version ?? '')?.[1];
  return location || arn;
}

function merged(project: EnvironmentVariable[] = [], given: EnvironmentVariable[] = []): EnvironmentVariable[] {
  const names = new Set(given.map(({ name }) => name));
  return [...project.filter(({ name }) => !names.has(name)), ...given];
}
