import { DeleteTableCommand, GetTablesCommand } from '@aws-sdk/client-glue';
import { sqlName } from '../../../course/names';
import { glueArns } from '../../arns';
import { orUndefined } from '../../errors';
import type { Found, Kind } from '../../kind';
import { ourDatabases } from './ours';

/** Tables of our database, whoever made them. Their partitions and versions go with them. */
export const glueTable: Kind = {
  id: 'glue:table',
  title: 'Glue tables',
  after: [
    { kind: 'glue:crawl', why: 'a running crawl would make them again' },
    { kind: 'athena:query', why: 'a running query may be making one' },
    { kind: 'glue:quality-run', why: 'a run reads its table while it goes on' },
  ],
  async list(scope) {
    const found: Found[] = [];
    for (const [database, because] of await ourDatabases(scope)) {
      let token: string | undefined;
      do {
        const page = await orUndefined(
          scope.run.clients.glue.send(new GetTablesCommand({ DatabaseName: database, NextToken: token })),
        );
        for (const { Name } of page?.TableList ?? []) {
          found.push({ kind: 'glue:table', id: `${database}.${Name}`, because: `in the database ${because}` });
        }
        token = page?.NextToken;
      } while (token);
    }
    return found;
  },
  async remove(found, scope) {
    const dot = found.id.indexOf('.');
    // Glue drops the table's partitions and versions itself, a little later.
    // https://docs.aws.amazon.com/glue/latest/webapi/API_DeleteTable.html
    await scope.run.clients.glue.send(
      new DeleteTableCommand({ DatabaseName: found.id.slice(0, dot), Name: found.id.slice(dot + 1) }),
    );
  },
  permissions: [
    {
      actions: ['glue:GetDatabase', 'glue:GetTables', 'glue:DeleteTable'],
      resources: (place) => {
        const database = sqlName(place.lab, place.learner);
        return glueArns(place, 'catalog', `database/${database}`, `table/${database}/*`);
      },
    },
  ],
};
