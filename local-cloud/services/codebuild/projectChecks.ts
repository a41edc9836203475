/** What a source, artifacts and an environment must be, for projects and for the overrides of a build alike. */
import type { ProjectArtifacts, ProjectEnvironment, ProjectSource } from '@aws-sdk/client-codebuild';
import { invalid, lacks } from './errors';

const SOURCES = ['S3', 'CODEPIPELINE', 'NO_SOURCE'];
const ARTIFACTS = ['S3', 'CODEPIPELINE', 'NO_ARTIFACTS'];
const ENVIRONMENTS = ['LINUX_CONTAINER', 'ARM_CONTAINER', 'LINUX_LAMBDA_CONTAINER', 'ARM_LAMBDA_CONTAINER'];
const VARIABLES = ['PLAINTEXT', 'PARAMETER_STORE'];

/** @throws ServiceError */
export function checkSource(source: ProjectSource | undefined): void {
  const type = source?.type;
  if (!source || !type) throw invalid('Project source is required');
  if (!SOURCES.includes(type)) throw lacks(`build sources of type ${type} (it has ${SOURCES.join(', ')})`);
  if (type === 'NO_SOURCE' && !source.buildspec) {
    throw invalid('Invalid input: when using no source, a buildspec must be specified');
  }
  if (type === 'S3' && !/^[^/]+\/.+/.test(source.location ?? '')) {
    throw invalid(`Invalid project source: location must be a valid S3 source, not ${source.location ?? 'empty'}`);
  }
}

/** @throws ServiceError */
export function checkArtifacts(artifacts: ProjectArtifacts | undefined): void {
  const type = artifacts?.type;
  if (!artifacts || !type) throw invalid('Project artifacts are required');
  if (!ARTIFACTS.includes(type)) throw invalid(`Invalid artifacts: artifact type ${type} is not valid`);
  if (type === 'S3' && !artifacts.location) throw invalid('Invalid artifacts: location must be a valid S3 bucket');
}

/** @throws ServiceError */
export function checkEnvironment(environment: ProjectEnvironment | undefined): void {
  if (!environment?.type) throw invalid('Project environment is required');
  const { type, image = '', environmentVariables = [], fleet, dockerServer } = environment;
  if (!ENVIRONMENTS.includes(type)) throw lacks(`build environments of type ${type}`);
  if (!image.startsWith('aws/codebuild/')) {
    throw lacks(
      `the build image ${image || '(none given)'}: it runs commands on this machine, as aws/codebuild/ images would`,
    );
  }
  if (fleet || dockerServer) throw lacks('fleets and Docker servers of a build environment');
  for (const { name = '', type: kind = 'PLAINTEXT' } of environmentVariables) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw invalid(`Invalid environment variable name: ${name}`);
    if (!VARIABLES.includes(kind)) throw lacks(`environment variables of type ${kind}`);
  }
}
