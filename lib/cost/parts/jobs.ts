/** Training and Processing jobs, by the seconds that SageMaker bills. Those that have ended are one line an instance type. */
import {
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  ListProcessingJobsCommand,
  ListTrainingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { count } from '../../course/say';
import { inParallel } from '../../aws/s3';
import type { PricedItem } from '../../facts/prices';
import { orUndefined } from '../../teardown/errors';
import { earliest, MOST, type Look } from '../look';
import { NOTHING_MORE, priced, type Line, type NotKnown, type Part } from '../line';

const PRICES: Readonly<Record<string, PricedItem>> = {
  'training ml.m5.large': 'sagemakerTrainingM5LargeHour',
  'Processing ml.t3.medium': 'sagemakerProcessingT3MediumHour',
  'Processing ml.t3.xlarge': 'sagemakerProcessingT3XlargeHour',
};

/** The price of an instance in a job, where it is known. */
export function priceOfJob(sort: Job['sort'], instance: string): PricedItem | undefined {
  const key = `${sort} ${instance}`;
  return Object.hasOwn(PRICES, key) ? PRICES[key] : undefined;
}

export interface Job {
  readonly name: string;
  readonly sort: 'training' | 'Processing';
  readonly instance: string;
  readonly started?: Date;
  readonly running: boolean;
  /** Seconds of all its instances that are billed so far. */
  readonly seconds: number;
  readonly instances: number;
  /** Seconds after which SageMaker ends it. */
  readonly mostSeconds: number;
}

export const trainingJobs: Part = {
  what: 'training jobs',
  kind: 'sagemaker:training-run',
  read: async (look) => linesOf(look, await ourTraining(look)),
};

export const processingJobs: Part = {
  what: 'Processing jobs',
  kind: 'sagemaker:processing-run',
  read: async (look) => linesOf(look, await ourProcessing(look)),
};

interface Found {
  readonly jobs: readonly Job[];
  /** Whether there are older ones. */
  readonly more: boolean;
}

/** Trainings of tuning jobs included: each is a training job, and the tuning itself costs nothing. */
function ourTraining(look: Look): Promise<Found> {
  const { sagemaker } = look.run.clients;
  return look.scope.once('costing training', async () => {
    const { TrainingJobSummaries = [], NextToken } = await sagemaker.send(
      new ListTrainingJobsCommand({ CreationTimeAfter: look.since, MaxResults: MOST }),
    );
    const names = TrainingJobSummaries.flatMap(({ TrainingJobName }) => TrainingJobName ?? []);
    const jobs = await each(names, async (TrainingJobName): Promise<Job | undefined> => {
      const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
      if (!(await look.isOurs(job.RoleArn, [job.OutputDataConfig?.S3OutputPath]))) return undefined;
      const { InstanceType: instance = '', InstanceCount: instances = 1 } = job.ResourceConfig ?? {};
      const started = job.TrainingStartTime;
      const running = ['InProgress', 'Stopping'].includes(job.TrainingJobStatus ?? '');
      // Of one instance; on spot, it is the smaller figure that is billed.
      // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
      const billed = job.BillableTimeInSeconds ?? (started ? look.secondsSince(started, job.TrainingEndTime) : 0);
      const mostSeconds = job.StoppingCondition?.MaxRuntimeInSeconds ?? 86_400;
      return {
        name: TrainingJobName,
        sort: 'training',
        instance,
        instances,
        started,
        running,
        seconds: billed * instances,
        mostSeconds,
      };
    });
    return { jobs, more: NextToken !== undefined };
  });
}

export function ourProcessing(look: Look): Promise<Found> {
  const { sagemaker } = look.run.clients;
  return look.scope.once('costing processing', async () => {
    const { ProcessingJobSummaries = [], NextToken } = await sagemaker.send(
      new ListProcessingJobsCommand({ CreationTimeAfter: look.since, MaxResults: MOST }),
    );
    const names = ProcessingJobSummaries.flatMap(({ ProcessingJobName }) => ProcessingJobName ?? []);
    const jobs = await each(names, async (ProcessingJobName): Promise<Job | undefined> => {
      const job = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }));
      const uris = job.ProcessingOutputConfig?.Outputs?.map((one) => one.S3Output?.S3Uri) ?? [];
      if (!(await look.isOurs(job.RoleArn, uris))) return undefined;
      const { InstanceType: instance = '', InstanceCount: instances = 1 } =
        job.ProcessingResources?.ClusterConfig ?? {};
      const started = job.ProcessingStartTime;
      const running = ['InProgress', 'Stopping'].includes(job.ProcessingJobStatus ?? '');
      const seconds = started ? look.secondsSince(started, job.ProcessingEndTime) * instances : 0;
      const mostSeconds = job.StoppingCondition?.MaxRuntimeInSeconds ?? 86_400;
      return {
        name: ProcessingJobName,
        sort: 'Processing',
        instance,
        instances,
        started,
        running,
        seconds,
        mostSeconds,
      };
    });
    return { jobs, more: NextToken !== undefined };
  });
}

async function each(names: readonly string[], ask: (name: string) => Promise<Job | undefined>): Promise<Job[]> {
  const jobs: Job[] = [];
  await inParallel(
    names,
    async (name) => {
      const job = await orUndefined(ask(name));
      if (job) jobs.push(job);
    },
    5,
  );
  return jobs.sort((a, b) => a.name.localeCompare(b.name));
}

function linesOf(look: Look, { jobs, more }: Found): (Line | NotKnown)[] {
  const found: (Line | NotKnown)[] = jobs.filter(({ running }) => running).map((job) => runningLine(look, job));
  const ended = new Map<string, Job[]>();
  for (const job of jobs.filter(({ running }) => !running)) {
    const key = `${job.sort} ${job.instance}`;
    ended.set(key, [...(ended.get(key) ?? []), job]);
  }
  for (const group of ended.values()) found.push(endedLine(look, group));
  if (more)
    found.push({
      what: `${jobs[0]?.sort ?? ''} jobs before the newest ${MOST}`.trim(),
      because: `only ${MOST} are looked at`,
    });
  return found;
}

function runningLine(
  look: Look,
  { name, sort, instance, instances, started, seconds, mostSeconds }: Job,
): Line | NotKnown {
  const what = `${sort} job ${name}: ${instances} × ${instance}`;
  const item = priceOfJob(sort, instance);
  if (item === undefined) return noPrice(what, instance);
  return priced(look, (usd) => {
    const usdPerHour = started ? instances * usd(item) : 0;
    const left = Math.min(86_400, Math.max(0, mostSeconds - seconds / instances));
    return {
      what,
      since: started,
      usdSoFar: (seconds / 3600) * usd(item),
      usdPerHour,
      usdNextDay: (usdPerHour * left) / 3600,
    };
  });
}

function endedLine(look: Look, group: readonly Job[]): Line | NotKnown {
  const { sort, instance } = group[0]!;
  const seconds = group.reduce((sum, job) => sum + job.seconds, 0);
  const what = `${count(group.length, `${sort} job`)} on ${instance} that ran, ${Math.round(seconds)} s billed`;
  const item = priceOfJob(sort, instance);
  if (item === undefined) return noPrice(what, instance);
  return priced(look, (usd) => ({
    what,
    since: earliest(group.map(({ started }) => started)),
    usdSoFar: (seconds / 3600) * usd(item),
    ...NOTHING_MORE,
  }));
}

const noPrice = (what: string, instance: string): NotKnown => ({
  what,
  because: `lib/facts/prices.json has no price of ${instance === '' ? 'its instance' : instance} in such a job`,
});
