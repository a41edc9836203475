/** SQL through an Athena workgroup: run it and wait, or look at what others ran. */
import {
  BatchGetQueryExecutionCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  ListQueryExecutionsCommand,
  StartQueryExecutionCommand,
  type GetQueryResultsCommandOutput,
  type QueryExecution,
} from '@aws-sdk/client-athena';
import type { Verdict } from '../course/model';
import { type Exit, LabError } from '../course/errors';
import type { LabRun } from '../course/run';
import { quoted } from '../course/shell';
import { isInconclusive } from './inconclusive-errors';
import { everyPage } from '../target/pages';
import { InProgress, waitWithProgress } from './wait';

/** Where a query runs. */
export interface AthenaSettings {
  readonly workGroup: string;
  readonly database: string;
}

export interface QueryResult {
  readonly id: string;
  readonly columns: readonly string[];
  /** Values as Athena's text; undefined for NULL. */
  readonly rows: readonly (readonly (string | undefined)[])[];
  readonly scannedBytes: number;
}

/** First line of the queries that checks run, so that nobody takes them for a learner's. */
export const CHECK_MARK = '-- a check of mla-labs';

/** A query that failed, with Athena's reason. */
export class QueryFailed extends LabError {}

export interface QueryOptions {
  /** What messages call the query. */
  readonly what: string;
  /** The command that helps when it fails. */
  readonly next: string;
  readonly maxRows?: number;
  /** How the command ends when Athena refuses or fails the query. @default Exit.Failed: ours should work */
  readonly exit?: Exit;
}

/** Runs one statement and waits for its result. @throws QueryFailed with Athena's own reason */
export async function runQuery(
  run: LabRun,
  place: AthenaSettings,
  sql: string,
  options: QueryOptions,
): Promise<QueryResult> {
  const id = await startQuery(run, place, sql, options);
  if (id === undefined) throw new Error(`Athena gave no id for the query ${options.what}.`);
  const done = await waitWithProgress(run, {
    what: options.what,
    minutes: 10,
    next: options.next,
    ask: async () => {
      const { QueryExecution: execution } = await run.clients.athena.send(
        new GetQueryExecutionCommand({ QueryExecutionId: id }),
      );
      const state = execution?.Status?.State ?? 'QUEUED';
      return execution && ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(state) ? execution : new InProgress(state);
    },
  });
  if (done.Status?.State !== 'SUCCEEDED') {
    throw new QueryFailed(`Athena did not finish the query: ${options.what}.`, {
      why: done.Status?.StateChangeReason ?? `Its state is ${done.Status?.State}.`,
      next: options.next,
      exit: options.exit,
    });
  }
  const scannedBytes = done.Statistics?.DataScannedInBytes ?? 0;
  const { columns, rows } = await results(run, id, options.maxRows ?? 10_000);
  return { id, columns, rows, scannedBytes };
}

/** Starts a query. Athena refuses some SQL at once, and tells of other faults only while it runs. */
async function startQuery(
  run: LabRun,
  place: AthenaSettings,
  sql: string,
  { what, next, exit }: QueryOptions,
): Promise<string | undefined> {
  try {
    const { QueryExecutionId: id } = await run.clients.athena.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        WorkGroup: place.workGroup,
        QueryExecutionContext: { Database: place.database },
      }),
    );
    return id;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InvalidRequestException') throw error;
    // One exception for a query that is none and for a workgroup that takes none: only the text tells.
    const why = error.message;
    if (!/^line \d+/.test(why) && /work ?group|output ?location|bucket|S3 path/i.test(why)) {
      const advice = workGroupAdvice(place.workGroup, why);
      throw new QueryFailed(`Athena runs no query now: ${what}.`, { why, next: advice, cause: error });
    }
    throw new QueryFailed(`Athena does not accept the query: ${what}.`, { why, next, exit, cause: error });
  }
}

function workGroupAdvice(workGroup: string, message: string): string {
  const name = quoted(workGroup);
  return /disabled/i.test(message)
    ? `Switch the workgroup on: aws athena update-work-group --work-group ${name} --state ENABLED; then the same again`
    : `Compare the workgroup with the lab's stack: aws athena get-work-group --work-group ${name}`;
}

/** A verdict that needs queries of its own; where Athena cannot answer one for what the data is, its reason is the verdict. */
export async function countedOrNotDone(judge: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await judge();
  } catch (error) {
    if (!(error instanceof QueryFailed) || isInconclusive(error)) throw error;
    return { done: false, saw: `${error.message} ${error.why}`, next: error.next };
  }
}

/** What Athena bills of a query at least. @see https://aws.amazon.com/athena/pricing/ */
export const LEAST_BILLED_BYTES = 10e6;

/** Bytes that Athena bills of a query that has ended: DDL is free, and so is a query that fails. */
export function billedBytes({ StatementType, Status, Statistics }: QueryExecution): number {
  const billed = StatementType === 'DML' && ['SUCCEEDED', 'CANCELLED'].includes(Status?.State ?? '');
  return billed ? Math.max(LEAST_BILLED_BYTES, Statistics?.DataScannedInBytes ?? 0) : 0;
}

/** Columns and rows of a page of results. @param first whether it is the first page */
export function resultsOf(
  { ResultSet }: Pick<GetQueryResultsCommandOutput, 'ResultSet'>,
  first: boolean,
): Pick<QueryResult, 'columns' | 'rows'> {
  const columns = (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name }) => Name ?? '');
  const read = (ResultSet?.Rows ?? []).map(({ Data }) => (Data ?? []).map(({ VarCharValue }) => VarCharValue));
  // The first row of a SELECT repeats the names of its columns; other statements have no such row.
  const header = first && read[0]?.length === columns.length && columns.every((name, i) => read[0]?.[i] === name);
  return { columns, rows: header ? read.slice(1) : read };
}

/** The result of a query that succeeded. @param maxRows at most this many rows are read */
export async function results(
  run: LabRun,
  id: string,
  maxRows: number,
): Promise<Pick<QueryResult, 'columns' | 'rows'>> {
  const rows: (readonly (string | undefined)[])[] = [];
  let columns: string[] = [];
  let token: string | undefined;
  do {
    const page = await run.clients.athena.send(
      new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: token, MaxResults: Math.min(1000, maxRows + 1) }),
    );
    const read = resultsOf(page, token === undefined);
    if (token === undefined) columns = [...read.columns];
    rows.push(...read.rows);
    token = page.NextToken;
  } while (token !== undefined && rows.length < maxRows);
  return { columns, rows: rows.slice(0, maxRows) };
}

/** What ran in a workgroup lately, newest first. @param limit how many executions are looked at */
export async function recentQueries(run: LabRun, workGroup: string, limit: number): Promise<QueryExecution[]> {
  const { athena } = run.clients;
  const found = await everyPage(async (NextToken) => {
    const { QueryExecutionIds = [], NextToken: next } = await athena.send(
      new ListQueryExecutionsCommand({ WorkGroup: workGroup, MaxResults: 50, NextToken }),
    );
    if (QueryExecutionIds.length === 0) return { next };
    const batch = await athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds }));
    return { items: batch.QueryExecutions, next };
  }, limit);
  const when = (execution: QueryExecution): number => execution.Status?.SubmissionDateTime?.getTime() ?? 0;
  return found.filter(({ Query }) => !Query?.includes(CHECK_MARK)).sort((a, b) => when(b) - when(a));
}
