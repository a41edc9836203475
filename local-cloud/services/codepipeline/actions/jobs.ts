/** Jobs of Lambda actions, and the results that functions put. */
import { randomUUID } from 'node:crypto';
import type {
  ExecutionDetails,
  FailureDetails,
  PutJobFailureResultInput,
  PutJobSuccessResultInput,
} from '@aws-sdk/client-codepipeline';
import type { Operation } from '../../service';
import { ServiceError } from '../../service';

export type JobResult =
  | { readonly failure: FailureDetails }
  | {
      readonly details: ExecutionDetails;
      readonly variables: Readonly<Record<string, string>>;
      readonly continuationToken?: string;
    };

interface Job {
  readonly resolve: (result: JobResult) => void;
  over: boolean;
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html: 122,880 bytes for an action. */
const LARGEST_VARIABLES = 122_880;

export class Jobs {
  private readonly held = new Map<string, Job>();

  open(): { readonly id: string; readonly result: Promise<JobResult> } {
    const id = randomUUID();
    const result = new Promise<JobResult>((resolve) => this.held.set(id, { resolve, over: false }));
    return { id, result };
  }

  /** No result counts any more. */
  close(id: string): void {
    this.held.get(id)!.over = true;
  }

  readonly success: Operation<PutJobSuccessResultInput, void> = async (input) => {
    const job = this.find(input.jobId);
    const variables = input.outputVariables ?? {};
    if (Buffer.byteLength(JSON.stringify(variables)) > LARGEST_VARIABLES) {
      throw new ServiceError(
        'OutputVariablesSizeExceededException',
        `Exceeded the total size limit for all variables in the pipeline: ${LARGEST_VARIABLES} bytes.`,
      );
    }
    job.over = true;
    job.resolve({
      details: input.executionDetails ?? {},
      variables,
      ...(input.continuationToken && { continuationToken: input.continuationToken }),
    });
  };

  readonly failure: Operation<PutJobFailureResultInput, void> = async (input) => {
    const job = this.find(input.jobId);
    job.over = true;
    job.resolve({ failure: input.failureDetails! });
  };

  private find(id: string | undefined): Job {
    const job = this.held.get(id!);
    if (!job) throw new ServiceError('JobNotFoundException', `The job with id '${id}' was not found`);
    if (job.over) {
      throw new ServiceError('InvalidJobStateException', `The job with id '${id}' is not in progress: it is over`);
    }
    return job;
  }
}
