/**
 * A job of CodePipeline: its event, and the one answer that it must get.
 *
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
 */
import {
  CodePipelineClient,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { ReleaseError } from './release-error';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface JobArtifact {
  readonly name: string;
  readonly location: { readonly s3Location: { readonly bucketName: string; readonly objectKey: string } };
}

export interface JobEvent {
  readonly 'CodePipeline.job': {
    readonly id: string;
    readonly data: {
      readonly actionConfiguration: { readonly configuration: { readonly UserParameters?: string } };
      readonly inputArtifacts: readonly JobArtifact[];
      readonly artifactCredentials: Credentials;
    };
  };
}

export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** What a function is told to do. */
export interface Job {
  /** UserParameters, with the pipeline's variables filled in. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly artifacts: readonly JobArtifact[];
  readonly credentials: Credentials;
  /** When the function must have answered. */
  readonly deadline: number;
}

/** Tells the pipeline how a job ended. */
export interface JobReporter {
  succeeded(jobId: string, variables: Record<string, string>): Promise<void>;
  failed(jobId: string, message: string): Promise<void>;
}

/** Time kept free to answer, in ms: a job without an answer would hold the pipeline until the action's own timeout. */
const RESERVE_MS = 10_000;
/** Longest message that CodePipeline takes. @see https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html */
const LONGEST_MESSAGE = 5000;

/**
 * Does a job and answers it, whatever happens.
 *
 * @param work does it. @returns its output variables
 */
export async function runJob(
  event: JobEvent,
  context: LambdaContext,
  work: (job: Job) => Promise<Record<string, string>>,
  answering: JobReporter = pipeline(),
): Promise<void> {
  const { id, data } = event['CodePipeline.job'];
  let variables: Record<string, string>;
  try {
    variables = await work({
      parameters: parametersOf(data.actionConfiguration.configuration.UserParameters),
      artifacts: data.inputArtifacts,
      credentials: data.artifactCredentials,
      deadline: Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS,
    });
  } catch (error) {
    const { name, message } = error as Error;
    if (!(error instanceof ReleaseError)) console.error(error);
    else console.log(message);
    await answering.failed(
      id,
      (error instanceof ReleaseError ? message : `${name}: ${message}`).slice(0, LONGEST_MESSAGE),
    );
    return;
  }
  await answering.succeeded(id, variables);
}

function parametersOf(text: string | undefined): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value === 'object' && value !== null) return value as Record<string, string>;
  } catch {
    // Told below.
  }
  throw new ReleaseError(
    `The action’s UserParameters are ${JSON.stringify(text)} and no JSON object: the pipeline was changed.`,
  );
}

/** A parameter that must be there. @throws ReleaseError */
export function jobParameter(job: Job, name: string): string {
  const value = job.parameters[name];
  if (typeof value !== 'string' || value === '') {
    throw new ReleaseError(
      `The action’s UserParameters have no ${name}: the pipeline was changed, or a variable is empty.`,
    );
  }
  return value;
}

function pipeline(): JobReporter {
  const client = new CodePipelineClient({});
  return {
    async succeeded(jobId, outputVariables) {
      await client.send(new PutJobSuccessResultCommand({ jobId, outputVariables }));
    },
    async failed(jobId, message) {
      await client.send(new PutJobFailureResultCommand({ jobId, failureDetails: { type: 'JobFailed', message } }));
    },
  };
}
