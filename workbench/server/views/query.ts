/** Queries in the lab's Athena workgroup: those that ran, and one that the learner asks for. */
import {
  BatchGetNamedQueryCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  ListNamedQueriesCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { billedBytes, LEAST_BILLED_BYTES, recentQueries, resultsOf } from '../../../lib/aws/athena';
import { everyPage } from '../../../lib/target/pages';
import { type LabRun, output } from '../../../lib/course/run';
import { Tariff } from '../../../lib/facts/prices';
import type { QueriesView, QueryView } from '../../api';
import { iso, type View, wrongName } from './view';

const PAGE = 200;
const RECENT = 20;
/** Decimal, as AWS counts them here. */
const TB = 1e12;

export const query: View = {
  title: 'Query editor',
  outputs: ['WorkGroup'],
  async read({ run }, { of, token }): Promise<QueriesView | QueryView> {
    const workGroup = output(run, 'WorkGroup');
    if (of !== undefined) return queryOf(run, workGroup, of, token);
    const [recent, saved] = await Promise.all([recentQueries(run, workGroup, RECENT), savedQueries(run, workGroup)]);
    const usdPerTb = new Tariff(run.region).usd('athenaScannedTb');
    return {
      workGroup,
      database: output(run, 'Database'),
      usdPerTb,
      leastUsd: (LEAST_BILLED_BYTES * usdPerTb) / TB,
      saved,
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

async function savedQueries(run: LabRun, WorkGroup: string): Promise<QueriesView['saved']> {
  const { athena } = run.clients;
  const found = await everyPage(async (NextToken) => {
    const { NamedQueryIds = [], NextToken: next } = await athena.send(
      new ListNamedQueriesCommand({ WorkGroup, NextToken, MaxResults: 50 }),
    );
    if (NamedQueryIds.length === 0) return { next };
    const { NamedQueries = [] } = await athena.send(new BatchGetNamedQueryCommand({ NamedQueryIds }));
    return { items: NamedQueries.map(({ Name: name = '', QueryString: sql = '' }) => ({ name, sql })), next };
  });
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

async function queryOf(run: LabRun, workGroup: string, id: string, token?: string): Promise<QueryView> {
  const { athena } = run.clients;
  const { QueryExecution: found } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
  if (found?.WorkGroup !== workGroup) throw wrongName('query', id);
  const scannedBytes = found.Statistics?.DataScannedInBytes ?? 0;
  const state = found.Status?.State ?? 'QUEUED';
  const view = {
    id,
    sql: found.Query ?? '',
    state,
    reason: found.Status?.StateChangeReason,
    scannedBytes,
    usd: (billedBytes(found) * new Tariff(run.region).usd('athenaScannedTb')) / TB,
  };
  if (state !== 'SUCCEEDED') return { ...view, columns: [], rows: [] };
  const page = await athena.send(
    new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: token, MaxResults: PAGE + 1 }),
  );
  const { columns, rows } = resultsOf(page, token === undefined);
  return {
    ...view,
    columns,
    rows: rows.map((row) => row.map((value) => value ?? null)),
    next: page.NextToken,
  };
}
