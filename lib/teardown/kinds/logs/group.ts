import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { logGroupArns, onlyTagged } from '../../arns';
import { isTheStacks, proof, taggedArns } from '../../belonging';
import type { Found, Kind, Scope } from '../../kind';
import { groupExists, groupsStarting, tagsOfGroup } from './groups';

/** A log group with our tags that no stack deletes: a learner's, or one that outlived its stack. */
export const logsGroup: Kind = {
  id: 'logs:group',
  title: 'CloudWatch log groups',
  after: [
    { kind: 'glue:job-run', why: 'a running job would write more' },
    { kind: 'glue:quality-run', why: 'a running evaluation would write more' },
    { kind: 'codebuild:build', why: 'a running build would write more' },
    { kind: 'logs:query-definition', why: 'a saved query is known as ours by its log groups' },
  ],
  async list(scope) {
    const found: Found[] = [];
    for (const name of await candidates(scope)) {
      if (await isTheStacks(scope, 'logGroups', name)) continue;
      const because = await proof(scope, 'logGroups', name, () => tagsOfGroup(scope, name));
      if (because && (await groupExists(scope, name))) found.push({ kind: 'logs:group', id: name, because });
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.logs.send(new DeleteLogGroupCommand({ logGroupName: found.id }));
  },
  permissions: [
    {
      actions: ['logs:DescribeLogGroups'],
      resources: () => ['*'],
      reason: 'a list has no resource types',
    },
    {
      actions: ['logs:ListTagsForResource'],
      resources: (place) => logGroupArns(place, '*'),
      reason: 'the tags of a log group decide whether it is ours',
    },
    {
      actions: ['logs:DeleteLogGroup'],
      resources: (place) => logGroupArns(place, '*'),
      reason: 'a learner may name a log group freely; the condition lets only those with our tags go',
      conditions: onlyTagged,
    },
  ],
};

async function candidates(scope: Scope): Promise<Set<string>> {
  const prefix = `:logs:${scope.run.region}:${scope.run.account}:log-group:`;
  const tagged = [...(await taggedArns(scope))]
    .filter((arn) => arn.includes(prefix))
    .map((arn) => arn.slice(arn.indexOf(prefix) + prefix.length).replace(/:\*$/, ''));
  return new Set([...scope.ownership.logGroups, ...tagged, ...(await groupsStarting(scope, '/mla-labs/'))]);
}
