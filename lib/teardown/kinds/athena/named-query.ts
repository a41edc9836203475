import { DeleteNamedQueryCommand, ListNamedQueriesCommand } from '@aws-sdk/client-athena';
import { isTheStacks } from '../../ownership-proof';
import type { Found, Kind } from '../../kind';
import { listAll } from '../../pages';
import { onWorkGroup, ourWorkGroups } from './ours';

/** A query that a learner saved in our workgroup. */
export const athenaNamedQuery: Kind = {
  id: 'athena:named-query',
  title: 'saved queries',
  after: [],
  async list(scope) {
    const found: Found[] = [];
    for (const [workGroup, because] of await ourWorkGroups(scope)) {
      const ids = await listAll(async (NextToken) => {
        const about = { WorkGroup: workGroup, NextToken };
        const page = await scope.run.clients.athena.send(new ListNamedQueriesCommand(about));
        return { items: page.NamedQueryIds, next: page.NextToken };
      });
      for (const id of ids) {
        if (await isTheStacks(scope, 'namedQueries', id)) continue;
        found.push({ kind: 'athena:named-query', id, because: `in the workgroup ${workGroup} ${because}` });
      }
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.athena.send(new DeleteNamedQueryCommand({ NamedQueryId: found.id }));
  },
  permissions: [onWorkGroup('athena:ListNamedQueries', 'athena:DeleteNamedQuery')],
};
