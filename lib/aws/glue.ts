/** What labs read from Glue's Data Catalog, and how they wait for a job. */
import {
  GetJobRunCommand,
  GetJobRunsCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  StartJobRunCommand,
  type JobRun,
  type Partition,
  type Table,
} from '@aws-sdk/client-glue';
import { Exit, LabError } from '../course/errors';
import type { LabRun } from '../course/run';
import { orUndefined } from './not-found';
import { everyPage } from '../target/pages';
import { wasRetried } from './retried';
import { InProgress, waitWithProgress } from './wait';

/** A table, or undefined when the database or the table is not there. */
export async function getTable(run: LabRun, database: string, name: string): Promise<Table | undefined> {
  const answer = await orUndefined(run.clients.glue.send(new GetTableCommand({ DatabaseName: database, Name: name })));
  return answer?.Table;
}

/** All tables of a database; none when it is not there. */
export async function listTables(run: LabRun, database: string): Promise<Table[]> {
  return everyPage(async (NextToken) => {
    const page = await orUndefined(run.clients.glue.send(new GetTablesCommand({ DatabaseName: database, NextToken })));
    return { items: page?.TableList, next: page?.NextToken };
  });
}

export async function getPartitions(run: LabRun, database: string, table: string): Promise<Partition[]> {
  return everyPage(async (NextToken) => {
    const page = await orUndefined(
      run.clients.glue.send(new GetPartitionsCommand({ DatabaseName: database, TableName: table, NextToken })),
    );
    return { items: page?.Partitions, next: page?.NextToken };
  });
}

/** Runs of a job, newest first. */
export async function getJobRuns(run: LabRun, job: string): Promise<JobRun[]> {
  const answer = await orUndefined(run.clients.glue.send(new GetJobRunsCommand({ JobName: job, MaxResults: 50 })));
  const when = ({ StartedOn }: JobRun): number => StartedOn?.getTime() ?? 0;
  return [...(answer?.JobRuns ?? [])].sort((a, b) => when(b) - when(a));
}

const ENDED = ['SUCCEEDED', 'FAILED', 'ERROR', 'STOPPED', 'TIMEOUT', 'EXPIRED'];

/** Starts a job and waits until it ended, well or not. @throws LabError when an earlier run has not ended */
export async function runJob(
  run: LabRun,
  job: string,
  options: { readonly minutes: number; readonly next: string; readonly arguments?: Record<string, string> },
): Promise<JobRun> {
  const id = await startRun(run, job, options);
  run.progress(`Glue job ${job}, run ${id}`);
  return waitWithProgress(run, {
    what: `Glue job ${job}`,
    minutes: options.minutes,
    next: options.next,
    ask: async () => {
      const { JobRun: seen } = await run.clients.glue.send(new GetJobRunCommand({ JobName: job, RunId: id }));
      const state = seen?.JobRunState ?? 'STARTING';
      return seen && ENDED.includes(state) ? seen : new InProgress(state);
    },
  });
}

async function startRun(
  run: LabRun,
  job: string,
  { next, arguments: given }: { readonly next: string; readonly arguments?: Record<string, string> },
): Promise<string | undefined> {
  try {
    return (await run.clients.glue.send(new StartJobRunCommand({ JobName: job, Arguments: given }))).JobRunId;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConcurrentRunsExceededException') throw error;
    const going = (await getJobRuns(run, job)).find(({ JobRunState: state = '' }) => !ENDED.includes(state));
    if (going && wasRetried(error)) return going.Id;
    throw new LabError(
      `The Glue job ${job} is running already${going ? `: ${going.Id} is ${going.JobRunState}` : ''}.`,
      {
        why: 'One run at a time may write its files. A run goes on when the command that started it is interrupted.',
        next: `wait until it has ended (${next} tells), then do the step again`,
        exit: Exit.Refused,
        cause: error,
      },
    );
  }
}
