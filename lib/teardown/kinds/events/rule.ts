import {
  DeleteRuleCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { arnHere, arnsOf, SEARCH_BY_TAG } from '../../arns';
import { isOfStack, taggedNames, usesOurRole } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import type { Found, Kind, Scope } from '../../kind';
import { listAll } from '../../pages';
import { goesWithStack } from '../cloudformation/ours';
import { ourPipelines } from '../codepipeline/ours';

/** A rule that a learner made on the default bus: with our tags, or with no targets but ours. */
export const eventsRule: Kind = {
  id: 'events:rule',
  title: 'EventBridge rules',
  after: [],
  async list(scope) {
    const { eventbridge } = scope.run.clients;
    const tagged = await taggedNames(scope, 'events', 'rule/');
    const rules = await listAll(async (NextToken) => {
      const page = await eventbridge.send(new ListRulesCommand({ NextToken }));
      return { items: page.Rules, next: page.NextToken };
    });
    const found: Found[] = [];
    for (const { Name: name = '', ManagedBy } of rules) {
      // A service's own rule is the service's to delete.
      if (ManagedBy || (await goesWithStack(scope, 'AWS::Events::Rule', name))) continue;
      const because = tagged.includes(name) ? 'with our tags' : await whyByTargets(scope, await targetsOf(scope, name));
      if (because) found.push({ kind: 'events:rule', id: name, because });
    }
    return found;
  },
  async remove(found, scope) {
    const { eventbridge } = scope.run.clients;
    const Ids = (await targetsOf(scope, found.id)).flatMap(({ Id }) => Id ?? []);
    if (Ids.length > 0) await eventbridge.send(new RemoveTargetsCommand({ Rule: found.id, Ids }));
    await eventbridge.send(new DeleteRuleCommand({ Name: found.id }));
  },
  permissions: [
    SEARCH_BY_TAG,
    { actions: ['events:ListRules'], resources: () => ['*'], reason: 'EventBridge lists all rules or none' },
    {
      actions: ['events:ListTargetsByRule', 'events:RemoveTargets', 'events:DeleteRule'],
      resources: (place) => arnsOf(place, 'events', 'rule/*'),
      reason: 'a rule that a learner made may have any name and no tag; the code asks first where it leads',
    },
  ],
};

async function targetsOf({ run }: Scope, Rule: string): Promise<readonly Target[]> {
  return listAll(async (NextToken) => {
    const page = await orUndefined(run.clients.eventbridge.send(new ListTargetsByRuleCommand({ Rule, NextToken })));
    return { items: page?.Targets, next: page?.NextToken };
  });
}

async function whyByTargets(scope: Scope, targets: readonly Target[]): Promise<string | undefined> {
  for (const { Arn = '', RoleArn } of targets) {
    if (!(await usesOurRole(scope, RoleArn)) && !(await leadsToUs(scope, Arn))) return undefined;
  }
  return targets.length > 0 ? `it leads to our ${targets[0]?.Arn}` : undefined;
}

async function leadsToUs(scope: Scope, arn: string): Promise<boolean> {
  const lambda = arnHere(scope.run, 'lambda', 'function:');
  if (arn.startsWith(lambda)) return isOfStack(scope, 'AWS::Lambda::Function', arn.slice(lambda.length));
  if (arn.startsWith(arnHere(scope.run, 'sns', ''))) return isOfStack(scope, 'AWS::SNS::Topic', arn);
  if (!scope.kinds.has('codepipeline:pipeline')) return false;
  return (await ourPipelines(scope)).some(({ name }) => arn === arnHere(scope.run, 'codepipeline', name));
}
