/** Queries of the lab's workgroup, by the bytes that they scanned. */
import { BatchGetQueryExecutionCommand, ListQueryExecutionsCommand, type QueryExecution } from '@aws-sdk/client-athena';
import { billedBytes } from '../../aws/athena';
import { count } from '../../course/say';
import { ourWorkGroups } from '../../teardown/kinds/athena/ours';
import { earliest, type Look } from '../look';
import { NOTHING_MORE, priced, type Line, type Part } from '../line';

/** Athena's own page. */
const PAGE = 50;
const PAGES = 4;

export const queries: Part = {
  what: 'queries',
  kind: 'athena:query',
  async read(look) {
    const found: Line[] = [];
    for (const workGroup of (await ourWorkGroups(look.scope)).keys()) {
      const { all, more } = await newest(look, workGroup);
      if (all.length === 0) continue;
      const bytes = all.reduce((sum, query) => sum + billedBytes(query), 0);
      found.push(
        priced(look, (usd) => ({
          what: `${more ? 'the newest ' : ''}${count(all.length, 'query', 'queries')}, ${Math.round(bytes / 1e6)} MB billed`,
          since: earliest(all.map(({ Status }) => Status?.SubmissionDateTime)),
          usdSoFar: (bytes * usd('athenaScannedTb')) / 1e12,
          ...NOTHING_MORE,
        })),
      );
    }
    return found;
  },
};

async function newest(look: Look, WorkGroup: string): Promise<{ all: QueryExecution[]; more: boolean }> {
  const { athena } = look.run.clients;
  const all: QueryExecution[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const list = await athena.send(new ListQueryExecutionsCommand({ WorkGroup, MaxResults: PAGE, NextToken }));
    const QueryExecutionIds = list.QueryExecutionIds ?? [];
    if (QueryExecutionIds.length === 0) return { all, more: false };
    const { QueryExecutions = [] } = await athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds }));
    const young = QueryExecutions.filter(({ Status }) => look.isOfThisLab(Status?.SubmissionDateTime));
    all.push(...young);
    NextToken = list.NextToken;
    // They come newest first.
    if (!NextToken || young.length < QueryExecutions.length) return { all, more: false };
  }
  return { all, more: true };
}
