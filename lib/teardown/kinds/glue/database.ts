import { DeleteDatabaseCommand } from '@aws-sdk/client-glue';
import type { Kind } from '../../kind';
import { ourDatabases } from './ours';

/** A database that outlived its stack. */
export const glueDatabase: Kind = {
  id: 'glue:database',
  title: 'Glue databases',
  after: [
    { kind: 'glue:table', why: 'deleting a database drops its tables unseen and later' },
    { kind: 'glue:ruleset', why: 'a ruleset is known as ours by this database' },
    { kind: 'logs:stream', why: 'an evaluation run is known as ours by this database' },
  ],
  async list(scope) {
    if (scope.stack !== 'gone') return [];
    return [...(await ourDatabases(scope))].map(([id, because]) => ({ kind: 'glue:database', id, because }));
  },
  async remove(found, scope) {
    await scope.run.clients.glue.send(new DeleteDatabaseCommand({ Name: found.id }));
  },
  permissions: [],
};
