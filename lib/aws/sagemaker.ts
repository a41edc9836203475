/** SageMaker's jobs and model versions, as steps and checks need them. */
import {
  CreateHyperParameterTuningJobCommand,
  CreateProcessingJobCommand,
  CreateTrainingJobCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  ListHyperParameterTuningJobsCommand,
  ListProcessingJobsCommand,
  ListTrainingJobsCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  type CreateHyperParameterTuningJobRequest,
  type CreateProcessingJobRequest,
  type CreateTrainingJobRequest,
  type DescribeHyperParameterTuningJobResponse,
  type DescribeProcessingJobResponse,
  type DescribeTrainingJobResponse,
  type HyperParameterTrainingJobDefinition,
  type HyperParameterTrainingJobSummary,
} from '@aws-sdk/client-sagemaker';
import { isJobOf } from '../course/names';
import type { LabRun } from '../course/run';
import { everyPage } from '../target/pages';
import { inParallel } from './s3';
import { wasRetried } from './retried';
import { InProgress, waitWithProgress } from './wait';

/** Jobs that a check describes, newest first: more than a lease allows, few enough for AWS's rate limits. */
const LOOKED_AT = 60;
/** Jobs whose names it reads, a hundred with each request. */
const LISTED = 1000;

interface Waiting {
  readonly minutes: number;
  readonly next: string;
}

/** Tags in SageMaker's form. */
export function sagemakerTags(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** `s3://bucket/a/b` as bucket and key. @throws Error for anything else */
export function parseS3(uri: string): { readonly bucket: string; readonly key: string } {
  const found = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri);
  if (!found) throw new Error(`${JSON.stringify(uri)} is no S3 URI.`);
  return { bucket: found[1]!, key: found[2]! };
}

/** A job whose request was sent. One that was sent again may be told that the name is taken: by what the first one made. */
async function started(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if ((error as Error).name !== 'ResourceInUse' || !wasRetried(error)) throw error;
  }
}

/** Starts a training job and waits until it ended, well or not. */
export async function runTraining(
  run: LabRun,
  request: CreateTrainingJobRequest,
  { minutes, next }: Waiting,
): Promise<DescribeTrainingJobResponse> {
  const name = request.TrainingJobName!;
  await started(run.clients.sagemaker.send(new CreateTrainingJobCommand(request)));
  return waitWithProgress(run, {
    what: `training job ${name}`,
    minutes,
    next,
    ask: async () => {
      const job = await run.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
      return ended(job.TrainingJobStatus) ? job : new InProgress(job.SecondaryStatus ?? 'Starting');
    },
  });
}

/** Starts a processing job and waits until it ended, well or not. */
export async function runProcessing(
  run: LabRun,
  request: CreateProcessingJobRequest,
  { minutes, next }: Waiting,
): Promise<DescribeProcessingJobResponse> {
  const name = request.ProcessingJobName!;
  await started(run.clients.sagemaker.send(new CreateProcessingJobCommand(request)));
  return waitWithProgress(run, {
    what: `processing job ${name}`,
    minutes,
    next,
    ask: async () => {
      const job = await run.clients.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
      return ended(job.ProcessingJobStatus) ? job : new InProgress(job.ProcessingJobStatus ?? 'InProgress');
    },
  });
}

/** Starts a tuning job and waits until it ended, well or not. */
export async function runTuning(
  run: LabRun,
  request: CreateHyperParameterTuningJobRequest,
  { minutes, next }: Waiting,
): Promise<DescribeHyperParameterTuningJobResponse> {
  const name = request.HyperParameterTuningJobName!;
  await started(run.clients.sagemaker.send(new CreateHyperParameterTuningJobCommand(request)));
  return waitWithProgress(run, {
    what: `tuning job ${name}`,
    minutes,
    next,
    ask: async () => {
      const job = await describeTuning(run, name);
      if (ended(job.HyperParameterTuningJobStatus)) return job;
      const { Completed = 0, InProgress: running = 0 } = job.TrainingJobStatusCounters ?? {};
      return new InProgress(
        `${job.HyperParameterTuningJobStatus}, ${Completed} trainings completed, ${running} running`,
      );
    },
  });
}

function ended(status: string | undefined): boolean {
  return ['Completed', 'Failed', 'Stopped'].includes(status ?? '');
}

export function describeTuning(run: LabRun, name: string): Promise<DescribeHyperParameterTuningJobResponse> {
  return run.clients.sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }));
}

/** Training jobs that use a role, newest first, whoever made them and whatever their names are. */
export async function trainingJobsOf(run: LabRun, role: string): Promise<DescribeTrainingJobResponse[]> {
  const { sagemaker } = run.clients;
  const names = await newestNames(run, async (page) => {
    const { TrainingJobSummaries = [], NextToken } = await sagemaker.send(new ListTrainingJobsCommand(page));
    return { names: TrainingJobSummaries.map((job) => job.TrainingJobName!), next: NextToken };
  });
  const jobs = await describeAll(names, (TrainingJobName) =>
    sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName })),
  );
  return jobs.filter(({ RoleArn }) => RoleArn === role);
}

/** Processing jobs that use a role, newest first. */
export async function processingJobsOf(run: LabRun, role: string): Promise<DescribeProcessingJobResponse[]> {
  const { sagemaker } = run.clients;
  const names = await newestNames(run, async (page) => {
    const { ProcessingJobSummaries = [], NextToken } = await sagemaker.send(new ListProcessingJobsCommand(page));
    return { names: ProcessingJobSummaries.map((job) => job.ProcessingJobName!), next: NextToken };
  });
  const jobs = await describeAll(names, (ProcessingJobName) =>
    sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName })),
  );
  return jobs.filter(({ RoleArn }) => RoleArn === role);
}

/** Tuning jobs whose trainings use a role, newest first. */
export async function tuningJobsOf(run: LabRun, role: string): Promise<DescribeHyperParameterTuningJobResponse[]> {
  const names = await newestNames(run, async (page) => {
    const { HyperParameterTuningJobSummaries: jobs = [], NextToken } = await run.clients.sagemaker.send(
      new ListHyperParameterTuningJobsCommand(page),
    );
    return { names: jobs.map((job) => job.HyperParameterTuningJobName!), next: NextToken };
  });
  const jobs = await describeAll(names, (name) => describeTuning(run, name));
  return jobs.filter((job) => definitionsOf(job).some(({ RoleArn }) => RoleArn === role));
}

/** What a tuning job trains: the API takes one definition, or a list as SageMaker's console makes it. */
export function definitionsOf({
  TrainingJobDefinition: one,
  TrainingJobDefinitions: several = [],
}: DescribeHyperParameterTuningJobResponse): readonly HyperParameterTrainingJobDefinition[] {
  return one === undefined ? several : [one, ...several];
}

interface Page {
  readonly SortBy: 'CreationTime';
  readonly SortOrder: 'Descending';
  readonly MaxResults: number;
  readonly NextToken: string | undefined;
}

/**
 * Names of jobs to look at, newest first: the newest of the account, and of those before them the ones that this
 * learner's steps have named, since a class that shares an account makes hundreds in an hour.
 */
async function newestNames(
  run: LabRun,
  list: (page: Page) => Promise<{ readonly names: readonly string[]; readonly next?: string }>,
): Promise<string[]> {
  const all = await everyPage(async (NextToken) => {
    const { names, next } = await list({ SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: 100, NextToken });
    return { items: names, next };
  }, LISTED);
  const older = all.slice(LOOKED_AT).filter((name) => isJobOf(run.learner, name));
  return [...all.slice(0, LOOKED_AT), ...older.slice(0, LOOKED_AT)];
}

/** The trainings of a tuning job, newest first. */
export async function trainingsOfTuning(run: LabRun, name: string): Promise<HyperParameterTrainingJobSummary[]> {
  const page = await run.clients.sagemaker.send(
    new ListTrainingJobsForHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name, MaxResults: 100 }),
  );
  return page.TrainingJobSummaries ?? [];
}

/** Describes each, a few at a time, in the order of the names; what is gone meanwhile is left out. */
async function describeAll<T>(names: readonly string[], describe: (name: string) => Promise<T>): Promise<T[]> {
  const found = new Map<string, T>();
  await inParallel(
    names,
    async (name) => {
      try {
        found.set(name, await describe(name));
      } catch (error) {
        if (!isNoSuchJob(error)) throw error;
      }
    },
    4,
  );
  return names.flatMap((name) => found.get(name) ?? []);
}

/** A job that is not there: SageMaker says it with two names. */
export function isNoSuchJob(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ResourceNotFound') return true;
  return error.name === 'ValidationException' && /not found|does not exist|could not find/i.test(error.message);
}
