import { DeleteDataQualityRulesetCommand, ListDataQualityRulesetsCommand } from '@aws-sdk/client-glue';
import { glueArns } from '../../arns';
import { isTheStacks, taggedArns } from '../../ownership-proof';
import type { Found, Kind } from '../../kind';
import { listAll } from '../../pages';
import { ourDatabases } from './ours';

/** A ruleset that a learner made for a table of our database, or with our tags, or one that outlived its stack. */
export const glueRuleset: Kind = {
  id: 'glue:ruleset',
  title: 'Data Quality rulesets',
  after: [{ kind: 'glue:quality-run', why: 'a run reads its ruleset while it goes on' }],
  async list(scope) {
    const { glue } = scope.run.clients;
    const databases = await ourDatabases(scope);
    const tagged = await taggedArns(scope);
    const found: Found[] = [];
    const rulesets = await listAll(async (NextToken) => {
      const page = await glue.send(new ListDataQualityRulesetsCommand({ NextToken }));
      return { items: page.Rulesets, next: page.NextToken };
    });
    for (const { Name, TargetTable } of rulesets) {
      if (!Name || (await isTheStacks(scope, 'rulesets', Name))) continue;
      const suffix = `:glue:${scope.run.region}:${scope.run.account}:dataQualityRuleset/${Name}`;
      const because = databases.has(TargetTable?.DatabaseName ?? '')
        ? `for a table of our database ${TargetTable?.DatabaseName}`
        : [...tagged].some((arn) => arn.endsWith(suffix)) && 'with our tags';
      if (because) found.push({ kind: 'glue:ruleset', id: Name, because });
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.glue.send(new DeleteDataQualityRulesetCommand({ Name: found.id }));
  },
  permissions: [
    {
      actions: ['glue:ListDataQualityRulesets', 'glue:DeleteDataQualityRuleset'],
      resources: (place) => glueArns(place, 'dataQualityRuleset/*'),
      reason: 'a ruleset that a learner made is found by its target table, and may have any name and no tag',
    },
  ],
};
