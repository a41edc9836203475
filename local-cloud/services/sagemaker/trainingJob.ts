/** Training jobs: their states, and the operations on them. The script really runs; see trainingRun. */
import type {
  CreateTrainingJobRequest,
  CreateTrainingJobResponse,
  DeleteTrainingJobRequest,
  DescribeTrainingJobRequest,
  DescribeTrainingJobResponse,
  ListTrainingJobsRequest,
  ListTrainingJobsResponse,
  SecondaryStatus,
  StopTrainingJobRequest,
  TrainingJobStatus,
} from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation } from '../service';
import type { Containers } from './containers';
import { inUse, invalid, reasonOf, refuseMembers } from './errors';
import type { Events } from './events';
import { isXgboost } from './images';
import { cpusFor } from './instances';
import type { JobProcessOptions } from './jobProcess';
import { filterAndPage } from './listing';
import { MetricLog, type MetricReading } from './metrics';
import { arn, required, s3Uri } from './names';
import type { Tags } from './tags';
import { checkTrainingRequest, DEFAULT_RUNTIME } from './trainingRequest';
import { TrainingRun } from './trainingRun';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** One training job. */
export interface TrainingJob {
  readonly shown: Writable<DescribeTrainingJobResponse>;
  readonly metrics: MetricLog;
  readonly run: TrainingRun;
  /** Settles when the job is over; never fails. */
  readonly done: Promise<void>;
}

/** How a tuning job starts one of its trainings. */
export interface LaunchOptions {
  readonly tuningJobArn?: string;
  /** Trainings that share this machine's cores. @default 1 */
  readonly parallel?: number;
  readonly onReading?: (job: TrainingJob, readings: readonly MetricReading[]) => void;
}

const TERMINAL: ReadonlySet<string> = new Set(['Completed', 'Failed', 'Stopped']);

export class TrainingJobs {
  private readonly held = new Map<string, TrainingJob>();

  constructor(
    private readonly cloud: Cloud,
    private readonly containers: Containers,
    private readonly tags: Tags,
    private readonly events: Events,
    private readonly options: JobProcessOptions = {},
  ) {}

  inventory(): string[] {
    return [...this.held.keys()].map((name) => `sagemaker/training-job/${name}`);
  }

  busy(): string[] {
    const going = [...this.held.values()].filter(({ shown }) => !TERMINAL.has(shown.TrainingJobStatus!));
    return going.map(({ shown }) => `training job ${shown.TrainingJobName}`);
  }

  async stopAll(): Promise<void> {
    for (const { run } of this.held.values()) run.kill();
    await Promise.all([...this.held.values()].map(({ done }) => done));
  }

  readonly create: Operation<CreateTrainingJobRequest, CreateTrainingJobResponse> = async (input) => {
    await checkTrainingRequest(this.cloud, input);
    return { TrainingJobArn: this.launch(input).shown.TrainingJobArn };
  };

  readonly describe: Operation<DescribeTrainingJobRequest, DescribeTrainingJobResponse> = async (input) => {
    return this.find(input.TrainingJobName).shown;
  };

  readonly list: Operation<ListTrainingJobsRequest, ListTrainingJobsResponse> = async (input) => {
    refuseMembers('ListTrainingJobs', input, ['WarmPoolStatusEquals', 'TrainingPlanArnEquals']);
    const { items, NextToken } = filterAndPage(
      [...this.held.values()],
      ({ shown }) => ({
        name: shown.TrainingJobName!,
        created: shown.CreationTime!,
        modified: shown.LastModifiedTime,
        status: shown.TrainingJobStatus,
      }),
      input,
    );
    const TrainingJobSummaries = items.map(({ shown }) => ({
      TrainingJobName: shown.TrainingJobName,
      TrainingJobArn: shown.TrainingJobArn,
      CreationTime: shown.CreationTime,
      TrainingEndTime: shown.TrainingEndTime,
      LastModifiedTime: shown.LastModifiedTime,
      TrainingJobStatus: shown.TrainingJobStatus,
      SecondaryStatus: shown.SecondaryStatus,
    }));
    return { TrainingJobSummaries, NextToken };
  };

  readonly stop: Operation<StopTrainingJobRequest, void> = async (input) => {
    const { shown, run } = this.find(input.TrainingJobName);
    if (TERMINAL.has(shown.TrainingJobStatus!)) {
      throw invalid(`The request was rejected because the training job is in status ${shown.TrainingJobStatus}.`);
    }
    run.stop();
  };

  readonly delete: Operation<DeleteTrainingJobRequest, void> = async (input) => {
    const { shown } = this.find(input.TrainingJobName);
    if (!TERMINAL.has(shown.TrainingJobStatus!)) {
      throw inUse(
        `The training job ${shown.TrainingJobName} is in status ${shown.TrainingJobStatus} and cannot be deleted. Stop it first.`,
      );
    }
    this.held.delete(shown.TrainingJobName!);
    this.tags.forget(shown.TrainingJobArn!);
  };

  /** A job that this account has. */
  get(name: string): TrainingJob | undefined {
    return this.held.get(name);
  }

  /** Starts a job whose request was checked. @throws ServiceError ResourceInUse for a name that is taken */
  launch(input: CreateTrainingJobRequest, options: LaunchOptions = {}): TrainingJob {
    const name = input.TrainingJobName!;
    const taken = this.held.get(name);
    if (taken) {
      throw inUse(
        `Job name must be unique within an AWS account and region, and a job with this name already exists (${taken.shown.TrainingJobArn})`,
      );
    }
    const shown = this.described(input, options);
    this.tags.set(shown.TrainingJobArn!, input.Tags);
    const metrics = new MetricLog(
      isXgboost(input.AlgorithmSpecification!.TrainingImage),
      input.AlgorithmSpecification!.MetricDefinitions,
    );
    const line = (text: string): void => {
      const readings = metrics.take(text);
      if (readings.length > 0) options.onReading?.(job, readings);
    };
    const stage = (status: SecondaryStatus, message: string): void => this.stage(shown, status, message);
    const cpus = cpusFor(input.ResourceConfig!.InstanceType!, options.parallel);
    const run = new TrainingRun(this.cloud, this.containers, shown, cpus, { stage, line }, this.options);
    this.stage(shown, 'Starting', 'Preparing the instances for training');
    const done = this.follow(shown, run, metrics);
    const job: TrainingJob = { shown, metrics, run, done };
    this.held.set(name, job);
    return job;
  }

  private find(name: string | undefined): TrainingJob {
    const found = this.held.get(required(name, 'trainingJobName'));
    if (!found) throw invalid('Requested resource not found.');
    return found;
  }

  private described(input: CreateTrainingJobRequest, options: LaunchOptions): Writable<DescribeTrainingJobResponse> {
    const { Tags: _tags, ...given } = input;
    const now = new Date();
    const { key } = s3Uri(input.OutputDataConfig!.S3OutputPath, 's3OutputPath');
    const output = input.OutputDataConfig!.S3OutputPath! + (key === '' || key.endsWith('/') ? '' : '/');
    return {
      ...given,
      TrainingJobArn: arn(this.cloud, 'training-job', input.TrainingJobName!),
      ...(options.tuningJobArn && { TuningJobArn: options.tuningJobArn }),
      ModelArtifacts: {
        S3ModelArtifacts: `${output.replace(/^(s3:\/\/[^/]+)$/, '$1/')}${input.TrainingJobName}/output/model.tar.gz`,
      },
      TrainingJobStatus: 'InProgress',
      SecondaryStatus: 'Starting',
      StoppingCondition: { MaxRuntimeInSeconds: DEFAULT_RUNTIME, ...input.StoppingCondition },
      CreationTime: now,
      LastModifiedTime: now,
      SecondaryStatusTransitions: [],
      EnableNetworkIsolation: input.EnableNetworkIsolation ?? false,
      EnableInterContainerTrafficEncryption: input.EnableInterContainerTrafficEncryption ?? false,
      EnableManagedSpotTraining: input.EnableManagedSpotTraining ?? false,
    };
  }

  private stage(shown: Writable<DescribeTrainingJobResponse>, status: SecondaryStatus, message: string): void {
    const now = new Date();
    const known = shown.SecondaryStatusTransitions!;
    const last = known.at(-1);
    if (last) known[known.length - 1] = { ...last, EndTime: last.EndTime ?? now };
    known.push({
      Status: status,
      StartTime: now,
      StatusMessage: message,
      ...(ENDS[status] && { EndTime: now }),
    });
    shown.SecondaryStatus = status;
    shown.TrainingJobStatus = ENDS[status] ?? (status === 'Stopping' ? 'Stopping' : shown.TrainingJobStatus);
    shown.LastModifiedTime = now;
    if (status === 'Downloading') shown.TrainingStartTime = now;
    this.events.put('SageMaker Training Job State Change', shown, [shown.TrainingJobArn!]);
  }

  private async follow(
    shown: Writable<DescribeTrainingJobResponse>,
    run: TrainingRun,
    metrics: MetricLog,
  ): Promise<void> {
    let failure: string | undefined;
    try {
      await run.execute();
    } catch (error) {
      failure = reasonOf(error);
    }
    const final = metrics.final();
    if (final.length > 0) shown.FinalMetricDataList = final;
    if (shown.TrainingStartTime) {
      shown.TrainingEndTime = new Date();
      const seconds = Math.max(
        1,
        Math.ceil((shown.TrainingEndTime.getTime() - shown.TrainingStartTime.getTime()) / 1000),
      );
      shown.TrainingTimeInSeconds = seconds;
      // No spot market here: the whole time counts, on spot instances too.
      shown.BillableTimeInSeconds = seconds;
    }
    if (run.stopReason === 'MaxRuntimeExceeded') {
      this.stage(shown, 'MaxRuntimeExceeded', 'Training job runtime exceeded MaxRuntimeInSeconds provided');
    } else if (run.stopReason) {
      this.stage(shown, 'Stopped', 'Training job stopped');
    } else if (failure !== undefined) {
      shown.FailureReason = failure;
      this.stage(shown, 'Failed', 'Training job failed');
    } else {
      this.stage(shown, 'Completed', 'Training job completed');
    }
  }
}

const ENDS: Partial<Record<SecondaryStatus, TrainingJobStatus>> = {
  Completed: 'Completed',
  Failed: 'Failed',
  Stopped: 'Stopped',
  MaxRuntimeExceeded: 'Stopped',
};
