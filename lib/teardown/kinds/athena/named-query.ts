import { DeleteNamedQueryCommand, ListNamedQueriesCommand } from '@aws-sdk/client-athena';
import { isTheStacks } from '../../belonging';
import type { Found, Kind } from '../../kind';
import { onWorkGroup, ourWorkGroups } from './ours';

/** A query that a learner saved in our workgroup. */
export const athenaNamedQuery: Kind = {
  id: 'athena:named-query',
  title: 'saved queries',
  after: [],
  async list(scope) {
    const found: Found[] = [];
    for (const [workGroup, because] of await ourWorkGroups(scope)) {
      let token: string | undefined;
      do {
        const page = await scope.run.clients.athena.send(
          new ListNamedQueriesCommand({ WorkGroup: workGroup, NextToken: token }),
        );
        for (const id of page.NamedQueryIds ?? []) {
          if (await isTheStacks(scope, 'namedQueries', id)) continue;
          found.push({ kind: 'athena:named-query', id, because: `in the workgroup ${workGroup} ${because}` });
        }
        token = page.NextToken;
      } while (token);
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.athena.send(new DeleteNamedQueryCommand({ NamedQueryId: found.id }));
  },
  permissions: [onWorkGroup('athena:ListNamedQueries', 'athena:DeleteNamedQuery')],
};
