/** Queries in the lab's Athena workgroup: those that ran, and one that the learner asks for. */
import { GetQueryExecutionCommand, GetQueryResultsCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import { recentQueries } from '../../../lib/aws/athena';
import { type LabRun, output } from '../../../lib/course/run';
import { Tariff } from '../../../lib/facts/prices';
import type { QueriesView, QueryView } from '../../api';
import { iso, type View, wrongName } from './view';

const PAGE = 200;
const RECENT = 20;
/** Athena bills no less of a query. @see https://aws.amazon.com/athena/pricing/ */
const LEAST_BYTES = 10e6;

export const query: View = {
  title: 'Query editor',
  outputs: ['WorkGroup'],
  async read({ run }, { of, token }): Promise<QueriesView | QueryView> {
    const workGroup = output(run, 'WorkGroup');
    if (of !== undefined) return queryOf(run, workGroup, of, token);
    const recent = await recentQueries(run, workGroup, RECENT);
    return {
      workGroup,
      database: output(run, 'Database'),
      usdPerTb: new Tariff(run.region).usd('athenaScannedTb'),
      recent: recent.slice(0, RECENT).map(({ QueryExecutionId = '', Query = '', Status }) => ({
        id: QueryExecutionId,
        sql: Query,
        state: Status?.State ?? '',
        at: iso(Status?.SubmissionDateTime),
      })),
    };
  },
  async act({ run }, { sql }): Promise<{ id: string } | undefined> {
    if (typeof sql !== 'string' || sql.trim() === '') return undefined;
    const { QueryExecutionId = '' } = await run.clients.athena.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        WorkGroup: output(run, 'WorkGroup'),
        QueryExecutionContext: { Database: output(run, 'Database') },
      }),
    );
    return { id: QueryExecutionId };
  },
};

async function queryOf(run: LabRun, workGroup: string, id: string, token?: string): Promise<QueryView> {
  const { athena } = run.clients;
  const { QueryExecution: found } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
  if (found?.WorkGroup !== workGroup) throw wrongName('query', id);
  const scannedBytes = found.Statistics?.DataScannedInBytes ?? 0;
  const state = found.Status?.State ?? 'QUEUED';
  const billed = found.StatementType === 'DML' && state !== 'FAILED' ? Math.max(LEAST_BYTES, scannedBytes) : 0;
  const view = {
    id,
    sql: found.Query ?? '',
    state,
    reason: found.Status?.StateChangeReason,
    scannedBytes,
    usd: (billed * new Tariff(run.region).usd('athenaScannedTb')) / 1e12,
  };
  if (state !== 'SUCCEEDED') return { ...view, columns: [], rows: [] };
  const page = await athena.send(
    new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: token, MaxResults: PAGE + 1 }),
  );
  const columns = (page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name = '' }) => Name);
  const rows = (page.ResultSet?.Rows ?? []).map(({ Data = [] }) => Data.map(({ VarCharValue = null }) => VarCharValue));
  // The first row of a SELECT repeats the names of its columns.
  const header = token === undefined && columns.every((name, at) => rows[0]?.[at] === name);
  return { ...view, columns, rows: header ? rows.slice(1) : rows, next: page.NextToken };
}
