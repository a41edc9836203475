import { DeletePreparedStatementCommand, ListPreparedStatementsCommand } from '@aws-sdk/client-athena';
import type { Found, Kind } from '../../kind';
import { onWorkGroup, ourWorkGroups } from './ours';

/** A prepared statement in our workgroup. */
export const athenaPreparedStatement: Kind = {
  id: 'athena:prepared-statement',
  title: 'prepared statements',
  after: [],
  async list(scope) {
    const found: Found[] = [];
    for (const [workGroup, because] of await ourWorkGroups(scope)) {
      let token: string | undefined;
      do {
        const page = await scope.run.clients.athena.send(
          new ListPreparedStatementsCommand({ WorkGroup: workGroup, NextToken: token }),
        );
        for (const { StatementName } of page.PreparedStatements ?? []) {
          found.push({
            kind: 'athena:prepared-statement',
            id: `${workGroup}/${StatementName}`,
            because: `in the workgroup ${because}`,
          });
        }
        token = page.NextToken;
      } while (token);
    }
    return found;
  },
  async remove(found, scope) {
    const cut = found.id.indexOf('/');
    await scope.run.clients.athena.send(
      new DeletePreparedStatementCommand({ WorkGroup: found.id.slice(0, cut), StatementName: found.id.slice(cut + 1) }),
    );
  },
  permissions: [onWorkGroup('athena:ListPreparedStatements', 'athena:DeletePreparedStatement')],
};
