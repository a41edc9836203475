import { DeletePreparedStatementCommand, ListPreparedStatementsCommand } from '@aws-sdk/client-athena';
import type { Found, Kind } from '../../kind';
import { listAll } from '../../pages';
import { onWorkGroup, ourWorkGroups } from './ours';

/** A prepared statement in our workgroup. */
export const athenaPreparedStatement: Kind = {
  id: 'athena:prepared-statement',
  title: 'prepared statements',
  after: [],
  async list(scope) {
    const found: Found[] = [];
    for (const [workGroup, because] of await ourWorkGroups(scope)) {
      const statements = await listAll(async (NextToken) => {
        const about = { WorkGroup: workGroup, NextToken };
        const page = await scope.run.clients.athena.send(new ListPreparedStatementsCommand(about));
        return { items: page.PreparedStatements, next: page.NextToken };
      });
      for (const { StatementName } of statements) {
        const id = `${workGroup}/${StatementName}`;
        found.push({ kind: 'athena:prepared-statement', id, because: `in the workgroup ${because}` });
      }
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
