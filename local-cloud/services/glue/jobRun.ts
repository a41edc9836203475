/** Glue job runs: states, and the operations on them. The script really runs; see jobRunProcess. */
import { randomBytes } from 'node:crypto';
import type * as glue from '@aws-sdk/client-glue';
import { ServiceError, type Cloud, type Operation } from '../service';
import { runArguments } from './jobRunArguments';
import { JobProcess, type Outcome } from './jobRunProcess';
import { page } from './page';

type State = NonNullable<glue.JobRun['JobRunState']>;

const ENDED: ReadonlySet<State> = new Set<State>(['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMEOUT', 'ERROR']);
/** DPUs of one worker: https://docs.aws.amazon.com/glue/latest/dg/worker-types.html */
const DPU: Readonly<Record<string, number>> = { 'G.025X': 0.25, 'G.1X': 1, 'G.2X': 2, 'G.4X': 4, 'G.8X': 8 };

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Held {
  readonly run: Writable<glue.JobRun>;
  readonly process: JobProcess;
  readonly done: Promise<void>;
}

export interface JobRunOptions {
  /** Milliseconds of a minute of a run's timeout. @default 60000 */
  readonly minuteMs?: number;
}

/** The runs of one local cloud. */
export class JobRuns {
  private readonly held = new Map<string, Held[]>();
  private stopped = false;

  constructor(
    private readonly cloud: Cloud,
    private readonly options: JobRunOptions = {},
  ) {}

  /** Runs that are not over; finished ones vanish with their job, which is the emulator's to hold. */
  inventory(): string[] {
    return [...this.held.values()]
      .flat()
      .filter(({ run }) => !ENDED.has(run.JobRunState!))
      .map(({ run }) => `glue/job-run/${run.JobName}/${run.Id}`);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    const all = [...this.held.values()].flat();
    for (const { process } of all) process.end();
    await Promise.all(all.map(({ done }) => done));
  }

  readonly start: Operation<glue.StartJobRunRequest, glue.StartJobRunResponse> = async (input) => {
    const job = await this.job(input.JobName, 'Failed to start job run due to missing metadata');
    const kind = job.Command?.Name;
    if (kind !== 'glueetl' && kind !== 'pythonshell') {
      throw invalid(`The local cloud runs jobs with the command glueetl or pythonshell, not ${kind}.`);
    }
    if (!job.Command?.ScriptLocation) throw invalid(`The job ${job.Name} has no script location.`);
    const timeout = input.Timeout ?? job.Timeout ?? 480;
    if (!Number.isInteger(timeout) || timeout < 1) throw invalid(`Timeout must be at least 1 minute, not ${timeout}.`);
    if (input.MaxCapacity !== undefined && (input.WorkerType ?? input.NumberOfWorkers) !== undefined) {
      throw invalid('Please set only Worker Type and Number of Workers, or Max Capacity, not both.');
    }
    const runs = this.runsOf(job);
    const most = job.ExecutionProperty?.MaxConcurrentRuns ?? 1;
    if (runs.filter(({ run }) => !ENDED.has(run.JobRunState!)).length >= most) {
      throw new ServiceError('ConcurrentRunsExceededException', `Concurrent runs exceeded for ${job.Name}`);
    }
    const given = input.Arguments ?? runs.find(({ run }) => run.Id === input.JobRunId)?.run.Arguments;
    return { JobRunId: this.launch(job, { ...input, Arguments: given, Timeout: timeout }, 0).Id };
  };

  readonly get: Operation<glue.GetJobRunRequest, glue.GetJobRunResponse> = async (input) => {
    const job = await this.job(input.JobName);
    const found = this.runsOf(job).find(({ run }) => run.Id === input.RunId);
    if (!found) throw notFound(`Job run ${input.RunId} of the job ${input.JobName} was not found.`);
    return { JobRun: shown(found.run) };
  };

  /** Newest first. */
  readonly list: Operation<glue.GetJobRunsRequest, glue.GetJobRunsResponse> = async (input) => {
    const job = await this.job(input.JobName);
    const runs = this.runsOf(job).map(({ run }) => shown(run));
    const { items, NextToken } = page(runs.reverse(), input.MaxResults ?? 200, input.NextToken);
    return { JobRuns: items, NextToken };
  };

  readonly batchStop: Operation<glue.BatchStopJobRunRequest, glue.BatchStopJobRunResponse> = async (input) => {
    const job = await this.job(input.JobName);
    const answer: Required<Pick<glue.BatchStopJobRunResponse, 'SuccessfulSubmissions' | 'Errors'>> = {
      SuccessfulSubmissions: [],
      Errors: [],
    };
    for (const JobRunId of input.JobRunIds ?? []) {
      const found = this.runsOf(job).find(({ run }) => run.Id === JobRunId);
      const problem = !found
        ? { ErrorCode: 'EntityNotFoundException', ErrorMessage: `Job run ${JobRunId} was not found.` }
        : ENDED.has(found.run.JobRunState!)
          ? { ErrorCode: 'InvalidInputException', ErrorMessage: `Job run ${JobRunId} is ${found.run.JobRunState}.` }
          : undefined;
      if (problem || !found) {
        answer.Errors.push({ JobName: input.JobName, JobRunId, ErrorDetail: problem });
        continue;
      }
      this.set(found.run, 'STOPPING');
      found.process.end();
      answer.SuccessfulSubmissions.push({ JobName: input.JobName, JobRunId });
    }
    return answer;
  };

  /** Deleting a job stops none of its runs; they only cannot be asked for any more. Deleting what is gone succeeds. */
  readonly deleteJob: Operation<glue.DeleteJobRequest, glue.DeleteJobResponse> = async (input) => {
    const answer = await this.cloud.emulate<glue.DeleteJobResponse>('glue', 'DeleteJob', input);
    const running = (this.held.get(input.JobName!) ?? []).filter(({ run }) => !ENDED.has(run.JobRunState!));
    if (running.length > 0) this.held.set(input.JobName!, running);
    else this.held.delete(input.JobName!);
    return answer;
  };

  private async job(name: string | undefined, message = `The job ${name} was not found.`): Promise<glue.Job> {
    if (!name) throw invalid('JobName is required.');
    try {
      const input: glue.GetJobRequest = { JobName: name };
      return (await this.cloud.emulate<glue.GetJobResponse>('glue', 'GetJob', input)).Job!;
    } catch (error) {
      if ((error as ServiceError).code !== 'EntityNotFoundException') throw error;
      throw notFound(message);
    }
  }

  /** The runs of this job, and not of an earlier one with its name (CloudFormation deletes without asking us). */
  private runsOf(job: glue.Job): Held[] {
    const born = seconds(job.CreatedOn);
    return (this.held.get(job.Name!) ?? []).filter(({ run }) => run.StartedOn!.getTime() / 1000 >= born);
  }

  private launch(job: glue.Job, input: glue.StartJobRunRequest, attempt: number, previous?: string): glue.JobRun {
    const Id = previous
      ? `${previous.split('_attempt_')[0]}_attempt_${attempt}`
      : `jr_${randomBytes(32).toString('hex')}`;
    const args = runArguments(job, input.Arguments, Id);
    const WorkerType = input.WorkerType ?? job.WorkerType;
    const NumberOfWorkers = input.NumberOfWorkers ?? job.NumberOfWorkers;
    const capacity = input.MaxCapacity ?? job.MaxCapacity ?? (NumberOfWorkers ?? 2) * (DPU[WorkerType ?? 'G.1X'] ?? 1);
    const now = new Date();
    const run: Writable<glue.JobRun> = {
      Id,
      Attempt: attempt,
      PreviousRunId: previous,
      JobName: job.Name,
      JobMode: 'SCRIPT',
      JobRunState: 'STARTING',
      StartedOn: now,
      LastModifiedOn: now,
      Arguments: input.Arguments,
      PredecessorRuns: [],
      AllocatedCapacity: Math.ceil(capacity),
      ExecutionTime: 0,
      Timeout: input.Timeout,
      MaxCapacity: capacity,
      WorkerType,
      NumberOfWorkers,
      LogGroupName: args.outputGroup.replace(/\/output$/, ''),
      GlueVersion: job.GlueVersion,
      ExecutionClass: 'STANDARD',
    };
    const jobProcess = new JobProcess(this.cloud, {
      runId: Id,
      role: job.Role ?? '',
      kind: job.Command!.Name as 'glueetl' | 'pythonshell',
      scriptLocation: job.Command!.ScriptLocation!,
      glueVersion: job.GlueVersion ?? '',
      arguments: args,
    });
    const done = this.follow(run, jobProcess).then(() => {
      const again = run.JobRunState === 'FAILED' && attempt < (job.MaxRetries ?? 0) && !this.stopped;
      if (again) this.launch(job, input, attempt + 1, Id);
    });
    this.held.set(job.Name!, [...(this.held.get(job.Name!) ?? []), { run, process: jobProcess, done }]);
    return run;
  }

  private async follow(run: Writable<glue.JobRun>, jobProcess: JobProcess): Promise<void> {
    let began: number | undefined;
    let late = false;
    const timer = setTimeout(
      () => {
        late = true;
        jobProcess.end();
      },
      Math.min(run.Timeout! * (this.options.minuteMs ?? 60_000), 2 ** 31 - 1),
    );
    const outcome = await jobProcess.run(() => {
      began = Date.now();
      if (run.JobRunState === 'STARTING') this.set(run, 'RUNNING');
    });
    clearTimeout(timer);
    run.CompletedOn = new Date();
    run.ExecutionTime = began === undefined ? 0 : Math.max(1, Math.round((run.CompletedOn.getTime() - began) / 1000));
    this.set(run, endState(run, outcome, late));
    if (run.JobRunState === 'TIMEOUT') run.ErrorMessage = `The job run timed out after ${run.Timeout} minutes.`;
    else if (run.JobRunState === 'FAILED' && !outcome.ok) run.ErrorMessage = outcome.message;
  }

  private set(run: Writable<glue.JobRun>, state: State): void {
    run.JobRunState = state;
    run.LastModifiedOn = new Date();
  }
}

function endState(run: glue.JobRun, outcome: Outcome, late: boolean): State {
  if (outcome.ok) return 'SUCCEEDED';
  if (run.JobRunState === 'STOPPING') return 'STOPPED';
  return late ? 'TIMEOUT' : 'FAILED';
}

/** ExecutionTime counts while it runs. */
function shown(run: glue.JobRun): glue.JobRun {
  const running = run.JobRunState === 'RUNNING';
  return running ? { ...run, ExecutionTime: Math.round((Date.now() - run.StartedOn!.getTime()) / 1000) } : { ...run };
}

/** The emulator answers epoch seconds where the SDK's type has a Date. */
function seconds(time: unknown): number {
  return time instanceof Date ? Math.floor(time.getTime() / 1000) : Number(time ?? 0);
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}

function notFound(message: string): ServiceError {
  return new ServiceError('EntityNotFoundException', message);
}
