/** Hyperparameter tuning jobs and the operations on them. The trainings are training jobs like any other. */
import type {
  CreateHyperParameterTuningJobRequest,
  CreateHyperParameterTuningJobResponse,
  DeleteHyperParameterTuningJobRequest,
  DescribeHyperParameterTuningJobRequest,
  DescribeHyperParameterTuningJobResponse,
  HyperParameterTrainingJobSummary,
  HyperParameterTuningJobStatus,
  ListHyperParameterTuningJobsRequest,
  ListHyperParameterTuningJobsResponse,
  ListTrainingJobsForHyperParameterTuningJobRequest,
  ListTrainingJobsForHyperParameterTuningJobResponse,
  StopHyperParameterTuningJobRequest,
} from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation } from '../service';
import { inUse, invalid, notFound, reasonOf } from './errors';
import type { Events } from './events';
import type { JobProcessOptions } from './jobProcess';
import { filterAndPage } from './listing';
import { arn, required } from './names';
import type { Tags } from './tags';
import type { TrainingJobs } from './trainingJob';
import { checkTuningRequest, type TuningPlan } from './tuningRequest';
import { type TunedTraining, TuningRun } from './tuningRun';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface TuningJob {
  readonly shown: Writable<DescribeHyperParameterTuningJobResponse>;
  readonly plan: TuningPlan;
  readonly run: TuningRun;
  readonly done: Promise<void>;
}

const TERMINAL: ReadonlySet<string> = new Set(['Completed', 'Failed', 'Stopped']);

export class TuningJobs {
  private readonly held = new Map<string, TuningJob>();

  constructor(
    private readonly cloud: Cloud,
    private readonly trainings: TrainingJobs,
    private readonly tags: Tags,
    private readonly events: Events,
    private readonly options: JobProcessOptions = {},
  ) {}

  inventory(): string[] {
    return [...this.held.keys()].map((name) => `sagemaker/hyper-parameter-tuning-job/${name}`);
  }

  async stopAll(): Promise<void> {
    for (const { run } of this.held.values()) {
      run.stop();
      for (const { job } of run.children) job.run.kill();
    }
    await Promise.all([...this.held.values()].map(({ done }) => done));
  }

  has(name: string): boolean {
    return this.held.has(name);
  }

  readonly create: Operation<CreateHyperParameterTuningJobRequest, CreateHyperParameterTuningJobResponse> = async (
    input,
  ) => {
    const plan = await checkTuningRequest(this.cloud, input);
    const name = input.HyperParameterTuningJobName!;
    if (this.held.has(name)) {
      throw inUse(
        `Hyperparameter tuning job names must be unique within an AWS account and region, and a tuning job with this name already exists (${this.held.get(name)!.shown.HyperParameterTuningJobArn})`,
      );
    }
    const now = new Date();
    const job = arn(this.cloud, 'hyper-parameter-tuning-job', name);
    const shown: Writable<DescribeHyperParameterTuningJobResponse> = {
      HyperParameterTuningJobName: name,
      HyperParameterTuningJobArn: job,
      HyperParameterTuningJobConfig: input.HyperParameterTuningJobConfig,
      TrainingJobDefinition: {
        ...input.TrainingJobDefinition!,
        StaticHyperParameters: {
          ...input.TrainingJobDefinition!.StaticHyperParameters,
          _tuning_objective_metric: plan.objective,
        },
      },
      HyperParameterTuningJobStatus: 'InProgress',
      CreationTime: now,
      LastModifiedTime: now,
      TrainingJobStatusCounters: undefined,
      ObjectiveStatusCounters: undefined,
    };
    this.tags.set(job, input.Tags);
    const changed = (): void => this.changed(shown);
    const run = new TuningRun(
      this.cloud,
      this.trainings,
      input,
      plan,
      job,
      () => this.tags.of(job),
      changed,
      this.options,
    );
    this.held.set(name, { shown, plan, run, done: this.follow(shown, run) });
    this.changed(shown);
    return { HyperParameterTuningJobArn: job };
  };

  readonly describe: Operation<DescribeHyperParameterTuningJobRequest, DescribeHyperParameterTuningJobResponse> =
    async (input) => {
      return this.described(this.find(input.HyperParameterTuningJobName));
    };

  readonly list: Operation<ListHyperParameterTuningJobsRequest, ListHyperParameterTuningJobsResponse> = async (
    input,
  ) => {
    const { items, NextToken } = filterAndPage(
      [...this.held.values()],
      ({ shown }) => ({
        name: shown.HyperParameterTuningJobName!,
        created: shown.CreationTime!,
        modified: shown.LastModifiedTime,
        status: shown.HyperParameterTuningJobStatus,
      }),
      input,
    );
    const HyperParameterTuningJobSummaries = items.map((job) => {
      const shown = this.described(job);
      const config = shown.HyperParameterTuningJobConfig!;
      return {
        HyperParameterTuningJobName: shown.HyperParameterTuningJobName,
        HyperParameterTuningJobArn: shown.HyperParameterTuningJobArn,
        HyperParameterTuningJobStatus: shown.HyperParameterTuningJobStatus,
        Strategy: config.Strategy,
        CreationTime: shown.CreationTime,
        HyperParameterTuningEndTime: shown.HyperParameterTuningEndTime,
        LastModifiedTime: shown.LastModifiedTime,
        TrainingJobStatusCounters: shown.TrainingJobStatusCounters,
        ObjectiveStatusCounters: shown.ObjectiveStatusCounters,
        ResourceLimits: config.ResourceLimits,
      };
    });
    return { HyperParameterTuningJobSummaries, NextToken };
  };

  readonly listTrainingJobs: Operation<
    ListTrainingJobsForHyperParameterTuningJobRequest,
    ListTrainingJobsForHyperParameterTuningJobResponse
  > = async (input) => {
    const { run, plan } = this.find(input.HyperParameterTuningJobName);
    const { items, NextToken } = filterAndPage(
      run.children,
      ({ job: { shown }, value }) => ({
        name: shown.TrainingJobName!,
        created: shown.CreationTime!,
        status: shown.TrainingJobStatus,
        // Ascending is best last, whatever the objective's direction.
        value,
      }),
      input,
    );
    return { TrainingJobSummaries: items.map((child) => summary(child, plan)), NextToken };
  };

  readonly stop: Operation<StopHyperParameterTuningJobRequest, void> = async (input) => {
    const { shown, run } = this.find(input.HyperParameterTuningJobName);
    if (TERMINAL.has(shown.HyperParameterTuningJobStatus!)) {
      throw invalid(
        `The tuning job ${shown.HyperParameterTuningJobName} is in status ${shown.HyperParameterTuningJobStatus} and cannot be stopped.`,
      );
    }
    this.set(shown, 'Stopping');
    run.stop();
  };

  readonly delete: Operation<DeleteHyperParameterTuningJobRequest, void> = async (input) => {
    const { shown } = this.find(input.HyperParameterTuningJobName);
    if (!TERMINAL.has(shown.HyperParameterTuningJobStatus!)) {
      throw invalid(
        `The tuning job ${shown.HyperParameterTuningJobName} is in status ${shown.HyperParameterTuningJobStatus} and cannot be deleted. Stop it first.`,
      );
    }
    this.held.delete(shown.HyperParameterTuningJobName!);
    this.tags.forget(shown.HyperParameterTuningJobArn!);
  };

  private find(given: string | undefined): TuningJob {
    const name = required(given, 'hyperParameterTuningJobName');
    const found = this.held.get(name);
    if (!found) throw notFound(`Amazon SageMaker can't find a tuning job with the name ${name}.`);
    return found;
  }

  private described({ shown, run, plan }: TuningJob): DescribeHyperParameterTuningJobResponse {
    const { best } = run;
    return {
      ...shown,
      TrainingJobStatusCounters: trainingCounters(run.children),
      ObjectiveStatusCounters: objectiveCounters(run.children),
      ...(best && { BestTrainingJob: summary(best, plan) }),
    };
  }

  private set(shown: Writable<DescribeHyperParameterTuningJobResponse>, status: HyperParameterTuningJobStatus): void {
    shown.HyperParameterTuningJobStatus = status;
    this.changed(shown);
  }

  private changed(shown: Writable<DescribeHyperParameterTuningJobResponse>): void {
    shown.LastModifiedTime = new Date();
    const job = this.held.get(shown.HyperParameterTuningJobName!);
    if (!job) return;
    const resources = [shown.HyperParameterTuningJobArn!];
    this.events.put('SageMaker HyperParameter Tuning Job State Change', this.described(job), resources);
  }

  private async follow(shown: Writable<DescribeHyperParameterTuningJobResponse>, run: TuningRun): Promise<void> {
    let status: HyperParameterTuningJobStatus = 'Completed';
    try {
      await run.execute();
      if (run.wasStopped) status = 'Stopped';
    } catch (error) {
      status = run.wasStopped ? 'Stopped' : 'Failed';
      if (status === 'Failed') shown.FailureReason = reasonOf(error);
      run.stop();
      await Promise.all(run.children.map(({ job }) => job.done));
    }
    shown.HyperParameterTuningEndTime = new Date();
    this.set(shown, status);
  }
}

function trainingCounters(children: readonly TunedTraining[]) {
  const count = (...states: string[]): number =>
    children.filter(({ job }) => states.includes(job.shown.TrainingJobStatus!)).length;
  return {
    Completed: count('Completed'),
    InProgress: count('InProgress', 'Stopping'),
    RetryableError: 0,
    NonRetryableError: count('Failed'),
    Stopped: count('Stopped'),
  };
}

function objectiveCounters(children: readonly TunedTraining[]) {
  return {
    Succeeded: children.filter(({ over, value }) => over && value !== undefined).length,
    Pending: children.filter(({ over }) => !over).length,
    Failed: children.filter(({ over, value }) => over && value === undefined).length,
  };
}

function summary(child: TunedTraining, plan: TuningPlan): HyperParameterTrainingJobSummary {
  const { shown } = child.job;
  return {
    TrainingJobName: shown.TrainingJobName,
    TrainingJobArn: shown.TrainingJobArn,
    CreationTime: shown.CreationTime,
    TrainingStartTime: shown.TrainingStartTime,
    TrainingEndTime: shown.TrainingEndTime,
    TrainingJobStatus: shown.TrainingJobStatus,
    TunedHyperParameters: child.tuned,
    FailureReason: shown.FailureReason,
    ...(child.value !== undefined && {
      FinalHyperParameterTuningJobObjectiveMetric: {
        Type: plan.maximize ? 'Maximize' : 'Minimize',
        MetricName: plan.objective,
        Value: child.value,
      },
    }),
    ObjectiveStatus: child.over ? (child.value === undefined ? 'Failed' : 'Succeeded') : 'Pending',
  };
}
