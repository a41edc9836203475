import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { logPrefixOf } from '../../../course/names';
import { logGroupArns, onlyTagged, SEARCH_BY_TAG } from '../../arns';
import { isTheStacks, proof, taggedArns } from '../../ownership-proof';
import type { Found, Kind, Scope } from '../../kind';
import { isOthers, type Tags } from '../../tags';
import { groupExists, groupsStarting, ownPrefix, tagsOfGroup } from './groups';

/**
 * A log group with our tags that no stack deletes: a learner's, or one that outlived its stack. One below the lab's own
 * prefix is ours without tags as well: our roles write nowhere else, and a late line makes its group again, untagged.
 */
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
      const tags = await tagsOfGroup(scope, name);
      const because = (await proof(scope, 'logGroups', name, () => Promise.resolve(tags))) ?? byName(scope, name, tags);
      if (because && (await groupExists(scope, name))) found.push({ kind: 'logs:group', id: name, because });
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.logs.send(new DeleteLogGroupCommand({ logGroupName: found.id }));
  },
  permissions: [
    SEARCH_BY_TAG,
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
    {
      actions: ['logs:DeleteLogGroup'],
      resources: (place) => logGroupArns(place, `${logPrefixOf(place.lab, place.learner)}/*`),
      reason: 'a group of the lab that a late line made again has no tags',
    },
  ],
};

/** Belonging by prefix: up to the slash behind the learner, and unless its tags say that it is another lab's or learner's. */
function byName(scope: Scope, name: string, tags: Tags): string | undefined {
  const prefix = ownPrefix(scope);
  if (!name.startsWith(prefix) || isOthers(tags, scope.run)) return undefined;
  return `it lies below ${prefix}, where only this lab's roles write`;
}

async function candidates(scope: Scope): Promise<Set<string>> {
  const prefix = `:logs:${scope.run.region}:${scope.run.account}:log-group:`;
  const tagged = [...(await taggedArns(scope))]
    .filter((arn) => arn.includes(prefix))
    .map((arn) => arn.slice(arn.indexOf(prefix) + prefix.length).replace(/:\*$/, ''));
  return new Set([...scope.ownership.logGroups, ...tagged, ...(await groupsStarting(scope, ownPrefix(scope)))]);
}
