import { output, type LabRun } from '../../lib/course/run';

/** The lab's things, by the outputs of its stack. */
export interface LabResources {
  readonly bucket: string;
  readonly sourceBucket: string;
  readonly group: string;
  readonly pipeline: string;
  /** Whether Verify runs in CodeBuild or in a function. */
  readonly build: 'codebuild' | 'lambda';
  /** Name of the CodeBuild project; undefined where builds run in a function. */
  readonly buildProject?: string;
  /** ARN of the role of the endpoints. */
  readonly endpointRole: string;
  /** ARN of the role that CloudFormation deploys endpoints with. */
  readonly deployRole: string;
  readonly staging: EndpointResources;
  readonly production: EndpointResources;
  /** URI of the image that answers. */
  readonly image: string;
  /** Name of the function that starts a release. */
  readonly releaseFunction: string;
}

/** An endpoint, and the stack of its own that the pipeline makes it with. */
export interface EndpointResources {
  readonly endpoint: string;
  readonly stack: string;
}

/** Prefixes of the data bucket, for what the steps leave. */
export const INVOKE_RESULTS = 'results/invoke/';
export const ROLLBACK_RESULTS = 'results/rollback/';

/** @throws LabError when the stack lacks an output */
export function resourcesOf(run: LabRun): LabResources {
  const build = run.modes.build === 'lambda' ? 'lambda' : 'codebuild';
  return {
    bucket: output(run, 'DataBucket'),
    sourceBucket: output(run, 'SourceBucket'),
    group: output(run, 'ModelPackageGroup'),
    pipeline: output(run, 'Pipeline'),
    build,
    ...(build === 'codebuild' && { buildProject: output(run, 'BuildProject') }),
    endpointRole: output(run, 'EndpointRole'),
    deployRole: output(run, 'DeployRole'),
    staging: { endpoint: output(run, 'StagingEndpoint'), stack: output(run, 'StagingStack') },
    production: { endpoint: output(run, 'ProductionEndpoint'), stack: output(run, 'ProductionStack') },
    image: output(run, 'XgboostImage'),
    releaseFunction: output(run, 'ReleaseFunction'),
  };
}

export const s3Uri = (resources: Pick<LabResources, 'bucket'>, key: string): string =>
  `s3://${resources.bucket}/${key}`;
