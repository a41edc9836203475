/** Processing jobs: their states, and the operations on them. The container really runs; see processingRun. */
import type {
  CreateProcessingJobRequest,
  CreateProcessingJobResponse,
  DeleteProcessingJobRequest,
  DescribeProcessingJobRequest,
  DescribeProcessingJobResponse,
  ListProcessingJobsRequest,
  ListProcessingJobsResponse,
  ProcessingJobStatus,
  StopProcessingJobRequest,
} from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation } from '../service';
import type { Containers } from './containers';
import { inUse, invalid, reasonOf } from './errors';
import type { Events } from './events';
import type { JobProcessOptions } from './jobProcess';
import { filterAndPage } from './listing';
import { arn, required } from './names';
import { checkProcessingRequest } from './processingRequest';
import { ProcessingRun } from './processingRun';
import type { Tags } from './tags';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A job that another part of SageMaker started and follows. */
export interface StartedJob {
  readonly shown: DescribeProcessingJobResponse;
  readonly done: Promise<void>;
}

interface ProcessingJob {
  readonly shown: Writable<DescribeProcessingJobResponse>;
  readonly run: ProcessingRun;
  readonly done: Promise<void>;
}

const TERMINAL: ReadonlySet<string> = new Set(['Completed', 'Failed', 'Stopped']);
const DEFAULT_RUNTIME = 86_400;

export class ProcessingJobs {
  private readonly held = new Map<string, ProcessingJob>();

  constructor(
    private readonly cloud: Cloud,
    private readonly containers: Containers,
    private readonly tags: Tags,
    private readonly events: Events,
    private readonly options: JobProcessOptions = {},
  ) {}

  inventory(): string[] {
    return [...this.held.keys()].map((name) => `sagemaker/processing-job/${name}`);
  }

  async stopAll(): Promise<void> {
    for (const { run } of this.held.values()) run.kill();
    await Promise.all([...this.held.values()].map(({ done }) => done));
  }

  busy(): string[] {
    const going = [...this.held.values()].filter(({ shown }) => !TERMINAL.has(shown.ProcessingJobStatus!));
    return going.map(({ shown }) => `processing job ${shown.ProcessingJobName}`);
  }

  has(name: string): boolean {
    return this.held.has(name);
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
    const taken = this.held.get(name);
    if (taken) {
      throw inUse(
        `Job name must be unique within an AWS account and region, and a job with this name already exists (${taken.shown.ProcessingJobArn})`,
      );
    }
    const { Tags: given, ...rest } = input;
    const now = new Date();
    const shown: Writable<DescribeProcessingJobResponse> = {
      ...rest,
      ...also,
      StoppingCondition: { MaxRuntimeInSeconds: DEFAULT_RUNTIME, ...input.StoppingCondition },
      ProcessingJobArn: arn(this.cloud, 'processing-job', name),
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
    this.held.set(name, job);
    return job;
  }

  readonly describe: Operation<DescribeProcessingJobRequest, DescribeProcessingJobResponse> = async (input) => {
    return this.find(input.ProcessingJobName).shown;
  };

  readonly list: Operation<ListProcessingJobsRequest, ListProcessingJobsResponse> = async (input) => {
    const { items, NextToken } = filterAndPage(
      [...this.held.values()],
      ({ shown }) => ({
        name: shown.ProcessingJobName!,
        created: shown.CreationTime!,
        modified: shown.LastModifiedTime,
        status: shown.ProcessingJobStatus,
      }),
      input,
    );
    const ProcessingJobSummaries = items.map(({ shown }) => ({
      ProcessingJobName: shown.ProcessingJobName,
      ProcessingJobArn: shown.ProcessingJobArn,
      CreationTime: shown.CreationTime,
      ProcessingEndTime: shown.ProcessingEndTime,
      LastModifiedTime: shown.LastModifiedTime,
      ProcessingJobStatus: shown.ProcessingJobStatus,
      FailureReason: shown.FailureReason,
      ExitMessage: shown.ExitMessage,
    }));
    return { ProcessingJobSummaries, NextToken };
  };

  readonly stop: Operation<StopProcessingJobRequest, void> = async (input) => {
    const { shown, run } = this.find(input.ProcessingJobName);
    if (TERMINAL.has(shown.ProcessingJobStatus!)) {
      throw invalid(`The request was rejected because the processing job is in status ${shown.ProcessingJobStatus}.`);
    }
    run.stop();
  };

  readonly delete: Operation<DeleteProcessingJobRequest, void> = async (input) => {
    const { shown } = this.find(input.ProcessingJobName);
    if (!TERMINAL.has(shown.ProcessingJobStatus!)) {
      throw inUse(
        `The processing job ${shown.ProcessingJobName} is in status ${shown.ProcessingJobStatus} and cannot be deleted. Stop it first.`,
      );
    }
    this.held.delete(shown.ProcessingJobName!);
    this.tags.forget(shown.ProcessingJobArn!);
  };

  private find(given: string | undefined): ProcessingJob {
    const name = required(given, 'processingJobName');
    const found = this.held.get(name);
    if (!found) throw invalid(`Could not find requested job with name: ${name}`);
    return found;
  }

  /** Instances of the same type that jobs use now. */
  private used(input: CreateProcessingJobRequest): number {
    const type = input.ProcessingResources?.ClusterConfig?.InstanceType;
    return [...this.held.values()].filter(
      ({ shown }) =>
        !TERMINAL.has(shown.ProcessingJobStatus!) && shown.ProcessingResources!.ClusterConfig!.InstanceType === type,
    ).length;
  }

  private set(shown: Writable<DescribeProcessingJobResponse>, status: ProcessingJobStatus): void {
    shown.ProcessingJobStatus = status;
    shown.LastModifiedTime = new Date();
    this.events.put('SageMaker Processing Job State Change', shown, [shown.ProcessingJobArn!]);
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
