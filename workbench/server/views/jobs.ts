/** Runs of the lab's jobs, and what they wrote to their logs. */
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetJobRunsCommand, StartJobRunCommand } from '@aws-sdk/client-glue';
import { orUndefined } from '../../../lib/aws/not-found';
import { processingJobsOf, trainingJobsOf } from '../../../lib/aws/sagemaker';
import { type LabRun, output } from '../../../lib/course/run';
import type { JobsView, JobType, LogView } from '../../api';
import { iso, outputsOf, type View, wrongName } from './view';

const ROLES = ['TrainRole', 'MonitorRole', 'RetrainRole'] as const;
const PAGE = 50;
const LINES = 500;
/** Pages of a log may be empty and yet not the last. */
const EMPTY_PAGES = 10;
/** As Glue and SageMaker make names of runs and jobs. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/;

type Job = JobsView['jobs'][number];

export const jobs: View = {
  title: 'Jobs and logs',
  outputs: ['TransformJob', ...ROLES],
  async read({ run }, { of, type, token }): Promise<JobsView | LogView> {
    if (of !== undefined) return logOf(run, type, of, token);
    const roles = outputsOf(run, ROLES);
    const [glue, ...rest] = await Promise.all([
      glueRuns(run, token),
      ...(token === undefined ? roles.flatMap((role) => [trainings(run, role), processings(run, role)]) : []),
    ]);
    const all = [...glue.jobs, ...rest.flat()];
    return {
      glueJob: run.outputs.TransformJob,
      jobs: all.sort((a, b) => (b.began ?? '').localeCompare(a.began ?? '')),
      next: glue.next,
    };
  },
  /** With the arguments that the job has, as the console's Run does. */
  async act({ run }, { start }): Promise<{ started: string } | undefined> {
    const { TransformJob: name } = run.outputs;
    if (start !== true || name === undefined) return undefined;
    const { JobRunId = '' } = await run.clients.glue.send(new StartJobRunCommand({ JobName: name }));
    return { started: JobRunId };
  },
};

async function glueRuns(run: LabRun, token: string | undefined): Promise<JobsView> {
  const { TransformJob: name } = run.outputs;
  if (name === undefined) return { jobs: [] };
  const page = await orUndefined(
    run.clients.glue.send(new GetJobRunsCommand({ JobName: name, MaxResults: PAGE, NextToken: token })),
  );
  const found = (page?.JobRuns ?? []).map((one): Job => ({
    type: 'glue',
    name: one.Id ?? '',
    state: one.JobRunState ?? '',
    began: iso(one.StartedOn),
    seconds: one.ExecutionTime,
    reason: one.ErrorMessage,
  }));
  return { jobs: found, next: page?.NextToken || undefined };
}

const between = (start?: Date, end?: Date): number | undefined =>
  start && end ? Math.round((end.getTime() - start.getTime()) / 1000) : undefined;

async function trainings(run: LabRun, role: string): Promise<Job[]> {
  return (await trainingJobsOf(run, role)).map((one) => ({
    type: 'training',
    name: one.TrainingJobName ?? '',
    state: one.TrainingJobStatus ?? '',
    began: iso(one.TrainingStartTime ?? one.CreationTime),
    seconds: between(one.TrainingStartTime, one.TrainingEndTime),
    reason: one.FailureReason,
  }));
}

async function processings(run: LabRun, role: string): Promise<Job[]> {
  return (await processingJobsOf(run, role)).map((one) => ({
    type: 'processing',
    name: one.ProcessingJobName ?? '',
    state: one.ProcessingJobStatus ?? '',
    began: iso(one.ProcessingStartTime ?? one.CreationTime),
    seconds: between(one.ProcessingStartTime, one.ProcessingEndTime),
    reason: one.FailureReason ?? one.ExitMessage,
  }));
}

const groupOf: Readonly<Record<JobType, (run: LabRun) => string>> = {
  glue: (run) => `${output(run, 'LogPrefix')}/jobs/output`,
  training: () => '/aws/sagemaker/TrainingJobs',
  processing: () => '/aws/sagemaker/ProcessingJobs',
};

async function logOf(run: LabRun, type: string | undefined, name: string, token?: string): Promise<LogView> {
  if (!NAME.test(name) || type === undefined || !Object.hasOwn(groupOf, type)) throw wrongName('job', name);
  const about = {
    logGroupName: groupOf[type as JobType](run),
    // Streams of a run of Glue are its id, those of SageMaker begin with the job's name and a slash.
    logStreamNamePrefix: type === 'glue' ? name : `${name}/`,
    limit: LINES,
  };
  let next = token;
  for (let page = 0; page < EMPTY_PAGES; page += 1) {
    const { events = [], nextToken } =
      (await orUndefined(run.clients.logs.send(new FilterLogEventsCommand({ ...about, nextToken: next })))) ?? {};
    next = nextToken;
    if (events.length === 0 && next !== undefined) continue;
    const lines = events.map(({ timestamp = 0, message = '' }) => ({
      at: new Date(timestamp).toISOString(),
      text: message.trimEnd(),
    }));
    return { lines, next };
  }
  return { lines: [], next };
}
