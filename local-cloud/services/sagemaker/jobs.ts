/** What training, processing and tuning jobs have in common: their store, and the operations that differ in words only. */
import type { Cloud, Operation, Writable } from '../service';
import { inUse, invalid } from './errors';
import type { Events } from './events';
import { Resources } from './resources';
import type { Tags } from './tags';

/** A job whose description is of the type `D`. */
export interface Job<D> {
  readonly shown: Writable<D>;
  /** `kill` ends it at once, as the end of the local cloud does. */
  readonly run: { stop(): void; kill(): void };
  /** Settles when the job is over; never fails. */
  readonly done: Promise<void>;
}

export interface JobType {
  /** As its members' names begin: `TrainingJob`. */
  readonly member: string;
  /** As ARNs have it: `training-job`. */
  readonly kind: string;
  /** As events have it: `Training Job`. */
  readonly title: string;
  readonly missing: (arn: string, name: string) => Error;
  /** Refuses to create a job whose name is another's. */
  readonly taken: (arn: string, name: string) => Error;
  /** Refuses to delete a job that goes on. @default inUse */
  readonly busy?: (message: string) => Error;
}

const TERMINAL: ReadonlySet<string> = new Set(['Completed', 'Failed', 'Stopped']);

export abstract class Jobs<D extends object, J extends Job<D>> {
  protected readonly jobs: Resources<J>;

  constructor(
    protected readonly cloud: Cloud,
    protected readonly tags: Tags,
    protected readonly events: Events,
    private readonly type: JobType,
  ) {
    this.jobs = new Resources(cloud, type.kind, type.missing);
  }

  inventory(): string[] {
    return this.jobs.inventory();
  }

  busy(): string[] {
    const going = this.jobs.all().filter((job) => !this.isOver(job));
    return going.map(({ shown }) => `${this.type.title.toLowerCase()} ${this.member(shown, 'Name')}`);
  }

  async stopAll(): Promise<void> {
    for (const { run } of this.jobs.all()) run.kill();
    await Promise.all(this.jobs.all().map(({ done }) => done));
  }

  readonly describe: Operation<object, D> = async (input) => this.described(this.find(input));

  readonly stop: Operation<object, void> = async (input) => {
    const job = this.find(input);
    if (this.isOver(job)) {
      const { title } = this.type;
      throw invalid(`The request was rejected because the ${title.toLowerCase()} is in status ${this.statusOf(job)}.`);
    }
    this.stopJob(job);
  };

  readonly delete: Operation<object, void> = async (input) => {
    const job = this.find(input);
    const name = this.member(job.shown, 'Name');
    if (!this.isOver(job)) {
      const { title, busy = inUse } = this.type;
      throw busy(
        `The ${title.toLowerCase()} ${name} is in status ${this.statusOf(job)} and cannot be deleted. Stop it first.`,
      );
    }
    this.jobs.delete(name);
    this.tags.forget(this.member(job.shown, 'Arn'));
  };

  /** The description that DescribeX answers. */
  protected described({ shown }: J): D {
    return shown;
  }

  protected stopJob({ run }: J): void {
    run.stop();
  }

  protected isOver(job: J): boolean {
    return TERMINAL.has(this.statusOf(job));
  }

  /** @throws ServiceError ResourceInUse for a name that is another's */
  protected requireFree(name: string): void {
    const taken = this.jobs.get(name);
    if (!taken) return;
    throw this.type.taken(this.member(taken.shown, 'Arn'), name);
  }

  /** Puts the event of a job's present state. */
  protected announce(shown: D): void {
    this.events.put(`SageMaker ${this.type.title} State Change`, shown, [this.member(shown, 'Arn')]);
  }

  protected find(input: object): J {
    return this.jobs.find(this.member(input, 'Name'));
  }

  private statusOf({ shown }: J): string {
    return this.member(shown, 'Status');
  }

  /** `TrainingJobName` and its like, which requests and descriptions have alike. */
  private member(of: object, suffix: 'Name' | 'Arn' | 'Status'): string {
    return (of as Readonly<Record<string, string>>)[`${this.type.member}${suffix}`]!;
  }
}
