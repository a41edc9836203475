/** One tuning job at work: chooses, trains a few at a time, stops what is clearly worse, and remembers the best. */
import { randomBytes } from 'node:crypto';
import type { CreateHyperParameterTuningJobRequest, Tag } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../service';
import { isWorse } from './earlyStopping';
import { JobFailure } from './errors';
import { Search } from './search';
import type { TrainingJob, TrainingJobs } from './trainingJob';
import type { TuningPlan } from './tuningRequest';

/** Trainings in a row from the start that may fail before the tuning job gives up. */
const ATTEMPTS = 5;

/** A training of a tuning job. */
export interface TunedTraining {
  readonly job: TrainingJob;
  readonly tuned: Readonly<Record<string, string>>;
  readonly trial: number;
  /** Its objective's last value, once it is over. */
  value?: number;
  over: boolean;
}

export class TuningRun {
  readonly children: TunedTraining[] = [];
  private search: Search | undefined;
  private stopping = false;
  private reached = false;
  private readonly secondMs: number;

  constructor(
    private readonly cloud: Cloud,
    private readonly trainings: TrainingJobs,
    private readonly input: CreateHyperParameterTuningJobRequest,
    private readonly plan: TuningPlan,
    private readonly arn: string,
    private readonly tags: () => Tag[],
    private readonly changed: () => void,
    options: { readonly secondMs?: number } = {},
  ) {
    this.secondMs = options.secondMs ?? 1000;
  }

  /** The training with the best objective so far. */
  get best(): TunedTraining | undefined {
    const known = this.children.filter(({ value }) => value !== undefined);
    return known.sort((a, b) => (this.plan.maximize ? b.value! - a.value! : a.value! - b.value!))[0];
  }

  get wasStopped(): boolean {
    return this.stopping && !this.reached;
  }

  /** Starts no more trainings, and stops those that run. */
  stop(): void {
    this.stopping = true;
    for (const { job, over } of this.children) if (!over) job.run.stop();
  }

  kill(): void {
    this.stop();
    for (const { job } of this.children) job.run.kill();
  }

  /** @throws JobFailure when no training succeeds */
  async execute(): Promise<void> {
    const { plan, input } = this;
    const config = input.HyperParameterTuningJobConfig!;
    this.search = new Search(this.cloud, {
      strategy: config.Strategy!,
      direction: plan.maximize ? 'Maximize' : 'Minimize',
      seed: config.RandomSeed ?? null,
      trials: plan.trainings,
      ranges: plan.ranges,
    });
    const most = config.ResourceLimits?.MaxRuntimeInSeconds;
    const limit =
      most === undefined ? undefined : setTimeout(() => this.stop(), Math.min(most * this.secondMs, 2 ** 31 - 1));
    try {
      await this.trainAll();
    } finally {
      clearTimeout(limit);
      await this.search.end();
    }
    if (!this.stopping && !this.best) throw new JobFailure(noneSucceeded(this.children.length));
  }

  private async trainAll(): Promise<void> {
    const running = new Set<Promise<void>>();
    for (let trial = 0; trial < this.plan.trainings && !this.stopping; trial += 1) {
      if (!this.best && this.children.filter(({ over }) => over).length >= ATTEMPTS) break;
      const child = await this.launch(trial);
      if (!child) break;
      const done = child.job.done.then(() => this.finished(child));
      const slot = done.finally(() => running.delete(slot));
      running.add(slot);
      if (running.size >= this.plan.parallel) await Promise.race(running);
    }
    await Promise.all(running);
  }

  private async launch(trial: number): Promise<TunedTraining | undefined> {
    const tuned = await this.search!.ask(trial);
    if (this.stopping) return undefined;
    const definition = this.input.TrainingJobDefinition!;
    const { StaticHyperParameters, DefinitionName: _name, ...training } = definition;
    const job = this.trainings.launch(
      {
        ...training,
        ResourceConfig: definition.ResourceConfig!,
        TrainingJobName: this.childName(trial),
        HyperParameters: { ...StaticHyperParameters, ...tuned, _tuning_objective_metric: this.plan.objective },
        Tags: this.tags(),
      },
      {
        tuningJobArn: this.arn,
        parallel: Math.min(this.plan.parallel, this.plan.trainings),
        onReading: (running) => this.look(running),
      },
    );
    const child: TunedTraining = { job, tuned, trial, over: false };
    this.children.push(child);
    this.changed();
    return child;
  }

  private childName(trial: number): string {
    const number = String(trial + 1).padStart(3, '0');
    return `${this.input.HyperParameterTuningJobName}-${number}-${randomBytes(4).toString('hex')}`;
  }

  private look(job: TrainingJob): void {
    if (this.input.HyperParameterTuningJobConfig!.TrainingJobEarlyStoppingType !== 'Auto') return;
    const series = (one: TrainingJob): number[] => one.metrics.series(this.plan.objective);
    const finished = this.children
      .filter((child) => child.over && child.value !== undefined)
      .map((child) => series(child.job));
    if (isWorse(series(job), finished, this.plan.maximize)) job.run.stop();
  }

  private finished(child: TunedTraining): void {
    const { shown, metrics } = child.job;
    child.over = true;
    const last = metrics.series(this.plan.objective).at(-1);
    if (shown.TrainingJobStatus !== 'Failed') child.value = last;
    this.search!.tell(child.trial, child.value);
    const target = this.input.HyperParameterTuningJobConfig!.TuningJobCompletionCriteria?.TargetObjectiveMetricValue;
    if (target !== undefined && child.value !== undefined && !this.stopping) {
      this.reached = this.plan.maximize ? child.value >= target : child.value <= target;
      if (this.reached) this.stop();
    }
    this.changed();
  }
}

function noneSucceeded(attempts: number): string {
  return `No training job succeeded after ${attempts} attempts. For additional details, please take a look at the training job failures by listing training jobs for the hyperparameter tuning job.`;
}
