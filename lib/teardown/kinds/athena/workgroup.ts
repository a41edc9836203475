import { DeleteWorkGroupCommand } from '@aws-sdk/client-athena';
import type { Kind } from '../../kind';
import { ourWorkGroups } from './ours';

/** A workgroup that outlived its stack. */
export const athenaWorkgroup: Kind = {
  id: 'athena:workgroup',
  title: 'Athena workgroups',
  after: [
    { kind: 'athena:query', why: 'a running query belongs to it' },
    { kind: 'athena:named-query', why: 'a saved query is known as ours by it' },
    { kind: 'athena:prepared-statement', why: 'a prepared statement is known as ours by it' },
  ],
  async list(scope) {
    if (scope.stack !== 'gone') return [];
    return [...(await ourWorkGroups(scope))].map(([id, because]) => ({ kind: 'athena:workgroup', id, because }));
  },
  async remove(found, scope) {
    await scope.run.clients.athena.send(
      new DeleteWorkGroupCommand({ WorkGroup: found.id, RecursiveDeleteOption: true }),
    );
  },
  permissions: [],
};
