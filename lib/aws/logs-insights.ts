/** CloudWatch Logs Insights: a query over a log group, and its rows. */
import { GetQueryResultsCommand, StartQueryCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { LabRun } from '../course/run';
import { InProgress, waitWithProgress } from './wait';

export interface LogQuery {
  readonly group: string;
  readonly from: Date;
  readonly to: Date;
  readonly query: string;
  /** What to do where it does not end. */
  readonly next: string;
}

/** What a query gave, by column; `@ptr` leads to a line. */
export type LogRow = Readonly<Record<string, string>>;

/** Most rows of an answer. */
export const MOST_ROWS = 1000;

/** Lines that begin with # are comments in Logs Insights too; what is sent is what counts. */
const withoutComments = (query: string): string => query.replace(/^\s*#.*$/gm, '').trim();

/** Runs a query. @throws the service's error for one that it does not understand */
export async function queryLogs(run: LabRun, { group, from, to, query, next }: LogQuery): Promise<LogRow[]> {
  const { logs } = run.clients;
  const { queryId } = await logs.send(
    new StartQueryCommand({
      logGroupName: group,
      startTime: Math.floor(from.getTime() / 1000),
      endTime: Math.ceil(to.getTime() / 1000),
      queryString: withoutComments(query),
      limit: MOST_ROWS,
    }),
  );
  return waitWithProgress(run, {
    what: 'the query',
    minutes: 15,
    next,
    ask: async () => {
      const { status, results = [] } = await logs.send(new GetQueryResultsCommand({ queryId }));
      if (status === 'Scheduled' || status === 'Running') return new InProgress(status);
      if (status !== 'Complete') throw new Error(`the query ended as ${status}`);
      return results.map((row) => Object.fromEntries(row.map(({ field = '', value = '' }) => [field, value])));
    },
  });
}
