import { DeleteQueryDefinitionCommand, DescribeQueryDefinitionsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { provenNames } from '../../ownership-proof';
import type { Found, Kind, Scope } from '../../kind';
import { listAll } from '../../pages';
import { ourEndpointNames } from '../sagemaker/endpoints';
import { tagsOfGroup } from './groups';

/** A query of Logs Insights that a learner saved over log groups of ours, and of nobody else. */
export const logsQueryDefinition: Kind = {
  id: 'logs:query-definition',
  title: 'saved queries of Logs Insights',
  after: [],
  async list(scope) {
    const saved = await listAll(async (nextToken) => {
      const page = await scope.run.clients.logs.send(new DescribeQueryDefinitionsCommand({ nextToken }));
      return { items: page.queryDefinitions, next: page.nextToken };
    });
    const found: Found[] = [];
    for (const { queryDefinitionId: id, logGroupNames: over = [] } of saved) {
      if (!id || over.length === 0) continue;
      const groups = await ourGroups(scope);
      if (!over.every((group) => groups.has(group))) continue;
      found.push({ kind: 'logs:query-definition', id, because: `over our log group ${over[0]}` });
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.logs.send(new DeleteQueryDefinitionCommand({ queryDefinitionId: found.id }));
  },
  permissions: [
    {
      actions: ['logs:DescribeQueryDefinitions', 'logs:DeleteQueryDefinition'],
      resources: () => ['*'],
      reason: 'saved queries have no ARN and no tags; the code takes only those over log groups of ours',
    },
  ],
};

/** Names of the log groups that only our things write to. */
async function ourGroups(scope: Scope): Promise<Set<string>> {
  const own = await provenNames(scope, 'logGroups', (name) => tagsOfGroup(scope, name));
  const endpoints = [...(await ourEndpointNames(scope)).keys()].map((name) => `/aws/sagemaker/Endpoints/${name}`);
  return new Set([...own.keys(), ...endpoints]);
}
