import {
  BatchGetQueryExecutionCommand,
  ListQueryExecutionsCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { Found, Kind, Scope } from '../../kind';
import { listAll } from '../../pages';
import { untilGone } from '../../wait';
import { onWorkGroup, ourWorkGroups } from './ours';

const GOING_ON = new Set(['QUEUED', 'RUNNING']);
/** Queries looked at, newest first: Athena stops a query after 30 minutes, so an older one has ended. */
const LATEST = 200;

/** A query that is going on in our workgroup. */
export const athenaQuery: Kind = {
  id: 'athena:query',
  title: 'running queries',
  after: [],
  blocks: 'it writes its results to the bucket when it ends',
  async list(scope) {
    const found: Found[] = [];
    for (const [workGroup, because] of await ourWorkGroups(scope)) {
      const ids = await latest(scope, workGroup);
      for (let at = 0; at < ids.length; at += 50) {
        for (const id of await goingOn(scope, ids.slice(at, at + 50))) {
          found.push({ kind: 'athena:query', id, because: `in the workgroup ${workGroup} ${because}` });
        }
      }
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: found.id }));
    await untilGone(
      scope,
      `the query ${found.id} to stop`,
      async () => (await goingOn(scope, [found.id])).length === 0,
    );
  },
  permissions: [
    onWorkGroup('athena:ListQueryExecutions', 'athena:BatchGetQueryExecution', 'athena:StopQueryExecution'),
  ],
};

function latest({ run }: Scope, WorkGroup: string): Promise<string[]> {
  return listAll(async (NextToken) => {
    const about = { WorkGroup, MaxResults: 50, NextToken };
    const page = await run.clients.athena.send(new ListQueryExecutionsCommand(about));
    return { items: page.QueryExecutionIds, next: page.NextToken };
  }, LATEST);
}

async function goingOn(scope: Scope, ids: string[]): Promise<string[]> {
  const answer = await scope.run.clients.athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: ids }));
  return (answer.QueryExecutions ?? [])
    .filter((query) => GOING_ON.has(query.Status?.State ?? ''))
    .map((query) => query.QueryExecutionId!);
}
