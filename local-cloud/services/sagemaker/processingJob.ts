/** Processing jobs: their states, and the operations on them. The container really runs; see processingRun. */
import type {
  CreateProcessingJobRequest,
  CreateProcessingJobResponse,
  DescribeProcessingJobResponse,
  ListProcessingJobsRequest,
  ListProcessingJobsResponse,
  ProcessingJobStatus,
} from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation, Writable } from '../service';
import type { Containers } from './containers';
import { invalid, inUse, reasonOf } from './errors';
import type { Events } from './events';
import type { JobProcessOptions } from './jobProcess';
import { type Job, Jobs } from './jobs';
import { filterAndPage, listedFields } from './listing';
import { checkProcessingRequest } from './processingRequest';
import { ProcessingRun } from './processingRun';
import type { Tags } from './tags';

/** A job that another part of SageMaker started and follows. */
export interface StartedJob {
  readonly shown: DescribeProcessingJobResponse;
  readonly done: Promise<void>;
}

interface ProcessingJob extends Job<DescribeProcessingJobResponse> {
  readonly run: ProcessingRun;
}

const DEFAULT_RUNTIME = 86_400;

export class ProcessingJobs extends Jobs<DescribeProcessingJobResponse, ProcessingJob> {
  constructor(
    cloud: Cloud,
    private readonly containers: Containers,
    tags: Tags,
    events: Events,
    private readonly options: JobProcessOptions = {},
  ) {
    super(cloud, tags, events, {
      member: 'ProcessingJob',
      kind: 'processing-job',
      title: 'Processing Job',
      missing: (_arn, name) => invalid(`Could not find requested job with name: ${name}`),
      taken: (arn) =>
        inUse(
          `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`,
        ),
    });
  }

  readonly create: Operation<CreateProcessingJobRequest, CreateProcessingJobResponse> = async (input) => {
    const { shown } = await this.start(input);
    return { ProcessingJobArn: shown.ProcessingJobArn };
  };

  /** Starts a run of a monitoring schedule; `metrics` gets what its container reports. @throws ServiceError */
  async startFor(
    input: CreateProcessingJobRequest,
    MonitoringScheduleArn: string,
    metrics: (lines: string) => Promise<void>,
  ): Promise<StartedJob> {
    return this.start(input, { MonitoringScheduleArn }, metrics);
  }

  private async start(
    input: CreateProcessingJobRequest,
    also: Partial<DescribeProcessingJobResponse> = {},
    metrics?: (lines: string) => Promise<void>,
  ): Promise<ProcessingJob> {
    await checkProcessingRequest(this.cloud, input, this.used(input));
    const name = input.ProcessingJobName!;
    this.requireFree(name);
    const { Tags: given, ...rest } = input;
    const now = new Date();
    const shown: Writable<DescribeProcessingJobResponse> = {
      ...rest,
      ...also,
      StoppingCondition: { MaxRuntimeInSeconds: DEFAULT_RUNTIME, ...input.StoppingCondition },
      ProcessingJobArn: this.jobs.arn(name),
      ProcessingJobStatus: 'InProgress',
      CreationTime: now,
      LastModifiedTime: now,
    };
    this.tags.set(shown.ProcessingJobArn!, given);
    const hooks = {
      started: () => void (shown.ProcessingStartTime = new Date()),
      stopping: () => this.set(shown, 'Stopping'),
      metrics,
    };
    const run = new ProcessingRun(this.cloud, this.containers, shown, hooks, this.options);
    this.set(shown, 'InProgress');
    const job = { shown, run, done: this.follow(shown, run) };
    this.jobs.set(name, job);
    return job;
  }

  readonly list: Operation<ListProcessingJobsRequest, ListProcessingJobsResponse> = async (input) => {
    const all = this.jobs.all().map(({ shown }) => shown);
    const { items, NextToken } = filterAndPage(all, listedFields('ProcessingJob'), input);
    return { ProcessingJobSummaries: items, NextToken };
  };

  /** Instances of the same type that jobs use now. */
  private used(input: CreateProcessingJobRequest): number {
    const type = input.ProcessingResources?.ClusterConfig?.InstanceType;
    const going = this.jobs.all().filter((job) => !this.isOver(job));
    return going.filter(({ shown }) => shown.ProcessingResources!.ClusterConfig!.InstanceType === type).length;
  }

  private set(shown: Writable<DescribeProcessingJobResponse>, status: ProcessingJobStatus): void {
    shown.ProcessingJobStatus = status;
    shown.LastModifiedTime = new Date();
    this.announce(shown);
  }

  private async follow(shown: Writable<DescribeProcessingJobResponse>, run: ProcessingRun): Promise<void> {
    let failure: string | undefined;
    try {
      await run.execute();
    } catch (error) {
      failure = reasonOf(error);
    }
    shown.ExitMessage = run.exitMessage;
    if (shown.ProcessingStartTime) shown.ProcessingEndTime = new Date();
    if (run.stopReason === 'MaxRuntimeExceeded') {
      shown.FailureReason = 'ClientError: The processing job exceeded MaxRuntimeInSeconds.';
    } else if (failure !== undefined && !run.stopReason) shown.FailureReason = failure;
    this.set(shown, run.stopReason ? 'Stopped' : failure === undefined ? 'Completed' : 'Failed');
  }
}
