/** Hyperparameter tuning jobs and the operations on them. The trainings are training jobs like any other. */
import type {
  CreateHyperParameterTuningJobRequest,
  CreateHyperParameterTuningJobResponse,
  DescribeHyperParameterTuningJobResponse,
  HyperParameterTrainingJobSummary,
  HyperParameterTuningJobStatus,
  ListHyperParameterTuningJobsRequest,
  ListHyperParameterTuningJobsResponse,
  ListTrainingJobsForHyperParameterTuningJobRequest,
  ListTrainingJobsForHyperParameterTuningJobResponse,
} from '@aws-sdk/client-sagemaker';
import type { Cloud, Operation, Writable } from '../service';
import { invalid, inUse, notFound, reasonOf } from './errors';
import type { Events } from './events';
import type { JobProcessOptions } from './jobProcess';
import { type Job, Jobs } from './jobs';
import { filterAndPage, listedFields } from './listing';
import type { Tags } from './tags';
import type { TrainingJobs } from './trainingJob';
import { checkTuningRequest, type TuningPlan } from './tuningRequest';
import { type TunedTraining, TuningRun } from './tuningRun';

interface TuningJob extends Job<DescribeHyperParameterTuningJobResponse> {
  readonly plan: TuningPlan;
  readonly run: TuningRun;
}

export class TuningJobs extends Jobs<DescribeHyperParameterTuningJobResponse, TuningJob> {
  constructor(
    cloud: Cloud,
    private readonly trainings: TrainingJobs,
    tags: Tags,
    events: Events,
    private readonly options: JobProcessOptions = {},
  ) {
    super(cloud, tags, events, {
      member: 'HyperParameterTuningJob',
      kind: 'hyper-parameter-tuning-job',
      title: 'HyperParameter Tuning Job',
      missing: (_arn, name) => notFound(`Amazon SageMaker can't find a tuning job with the name ${name}.`),
      // In the words of https://github.com/aws/sagemaker-python-sdk/pull/2708.
      taken: (_arn, name) =>
        inUse(`A hyperparameter tuning job with the name, ${name}, already exists. Choose a different name.`),
      busy: invalid,
    });
  }

  readonly create: Operation<CreateHyperParameterTuningJobRequest, CreateHyperParameterTuningJobResponse> = async (
    input,
  ) => {
    const plan = await checkTuningRequest(this.cloud, input);
    const name = input.HyperParameterTuningJobName!;
    this.requireFree(name);
    const now = new Date();
    const job = this.jobs.arn(name);
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
    this.jobs.set(name, { shown, plan, run, done: this.follow(shown, run) });
    this.changed(shown);
    return { HyperParameterTuningJobArn: job };
  };

  readonly list: Operation<ListHyperParameterTuningJobsRequest, ListHyperParameterTuningJobsResponse> = async (
    input,
  ) => {
    const all = this.jobs.all().map((job) => this.described(job));
    const { items, NextToken } = filterAndPage(all, listedFields('HyperParameterTuningJob'), input);
    const HyperParameterTuningJobSummaries = items.map((job) => {
      const { Strategy, ResourceLimits } = job.HyperParameterTuningJobConfig!;
      return { ...job, Strategy, ResourceLimits };
    });
    return { HyperParameterTuningJobSummaries, NextToken };
  };

  readonly listTrainingJobs: Operation<
    ListTrainingJobsForHyperParameterTuningJobRequest,
    ListTrainingJobsForHyperParameterTuningJobResponse
  > = async (input) => {
    const { run, plan } = this.find(input);
    const { items, NextToken } = filterAndPage(
      run.children,
      // Ascending is best last, whatever the objective's direction.
      ({ job, value }) => ({ ...listedFields('TrainingJob')(job.shown), value }),
      input,
    );
    return { TrainingJobSummaries: items.map((child) => summary(child, plan)), NextToken };
  };

  protected override stopJob({ shown, run }: TuningJob): void {
    this.set(shown, 'Stopping');
    run.stop();
  }

  protected override described({ shown, run, plan }: TuningJob): DescribeHyperParameterTuningJobResponse {
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
    const job = this.jobs.get(shown.HyperParameterTuningJobName!);
    if (job) this.announce(this.described(job));
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
