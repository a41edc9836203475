import { DeleteTableCommand, GetTablesCommand } from '@aws-sdk/client-glue';
import { sqlName } from '../../../course/names';
import { glueArns } from '../../arns';
import { orUndefined } from '../../errors';
import type { Found, Kind } from '../../kind';
import { listAll } from '../../pages';
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
    const { glue } = scope.run.clients;
    for (const [DatabaseName, because] of await ourDatabases(scope)) {
      const tables = await listAll(async (NextToken) => {
        const page = await orUndefined(glue.send(new GetTablesCommand({ DatabaseName, NextToken })));
        return { items: page?.TableList, next: page?.NextToken };
      });
      for (const { Name } of tables)
        found.push({ kind: 'glue:table', id: `${DatabaseName}.${Name}`, because: `in the database ${because}` });
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
