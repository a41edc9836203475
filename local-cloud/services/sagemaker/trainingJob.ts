/** Training jobs: their states, and the operations on them. The script really runs; see trainingRun. */
import type {
  CreateTrainingJobRequest,
  CreateTrainingJobResponse,
  DescribeTrainingJobResponse,
  ListTrainingJobsRequest,
  ListTrainingJobsResponse,
  SecondaryStatus,
  TrainingJobStatus,
} from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation, Writable } from '../service';
import type { Containers } from './containers';
import { invalid, inUse, reasonOf, refuseMembers } from './errors';
import type { Events } from './events';
import { isXgboost } from './images';
import { cpusFor } from './instances';
import type { JobProcessOptions } from './jobProcess';
import { type Job, Jobs } from './jobs';
import { filterAndPage, listedFields } from './listing';
import { MetricLog, type MetricReading } from './metrics';
import { s3Uri } from './names';
import type { Tags } from './tags';
import { checkTrainingRequest, DEFAULT_RUNTIME } from './trainingRequest';
import { TrainingRun } from './trainingRun';

/** One training job. */
export interface TrainingJob extends Job<DescribeTrainingJobResponse> {
  readonly metrics: MetricLog;
  readonly run: TrainingRun;
}

/** How a tuning job starts one of its trainings. */
export interface LaunchOptions {
  readonly tuningJobArn?: string;
  /** Trainings that share this machine's cores. @default 1 */
  readonly parallel?: number;
  readonly onReading?: (job: TrainingJob, readings: readonly MetricReading[]) => void;
}

export class TrainingJobs extends Jobs<DescribeTrainingJobResponse, TrainingJob> {
  constructor(
    cloud: Cloud,
    private readonly containers: Containers,
    tags: Tags,
    events: Events,
    private readonly options: JobProcessOptions = {},
  ) {
    super(cloud, tags, events, {
      member: 'TrainingJob',
      kind: 'training-job',
      title: 'Training Job',
      missing: () => invalid('Requested resource not found.'),
      // In the words of https://github.com/aws/amazon-sagemaker-examples/pull/3108.
      taken: (arn) =>
        inUse(
          `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${arn})`,
        ),
    });
  }

  readonly create: Operation<CreateTrainingJobRequest, CreateTrainingJobResponse> = async (input) => {
    await checkTrainingRequest(this.cloud, input);
    return { TrainingJobArn: this.launch(input).shown.TrainingJobArn };
  };

  readonly list: Operation<ListTrainingJobsRequest, ListTrainingJobsResponse> = async (input) => {
    refuseMembers('ListTrainingJobs', input, ['WarmPoolStatusEquals', 'TrainingPlanArnEquals']);
    const all = this.jobs.all().map(({ shown }) => shown);
    const { items, NextToken } = filterAndPage(all, listedFields('TrainingJob'), input);
    return { TrainingJobSummaries: items, NextToken };
  };

  /** Starts a job whose request was checked. @throws ServiceError ResourceInUse for a name that is taken */
  launch(input: CreateTrainingJobRequest, options: LaunchOptions = {}): TrainingJob {
    const name = input.TrainingJobName!;
    this.requireFree(name);
    const shown = this.initial(input, options);
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
    this.jobs.set(name, job);
    return job;
  }

  private initial(input: CreateTrainingJobRequest, options: LaunchOptions): Writable<DescribeTrainingJobResponse> {
    const { Tags: _tags, ...given } = input;
    const now = new Date();
    const { key } = s3Uri(input.OutputDataConfig!.S3OutputPath, 's3OutputPath');
    const output = input.OutputDataConfig!.S3OutputPath! + (key === '' || key.endsWith('/') ? '' : '/');
    return {
      ...given,
      TrainingJobArn: this.jobs.arn(input.TrainingJobName!),
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
    this.announce(shown);
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
