import {
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { logPrefixOf } from '../../../course/names';
import { arnHere } from '../../arns';
import { orUndefined } from '../../errors';
import type { Scope } from '../../kind';
import { listAll } from '../../pages';
import type { Tags } from '../../tags';

/** Names of the log groups whose names start so. */
export function groupsStarting(scope: Scope, prefix: string): Promise<readonly string[]> {
  return scope.once(`log groups ${prefix}`, () =>
    listAll(async (nextToken) => {
      const about = { logGroupNamePrefix: prefix, nextToken };
      const page = await scope.run.clients.logs.send(new DescribeLogGroupsCommand(about));
      return { items: page.logGroups?.flatMap(({ logGroupName }) => logGroupName ?? []), next: page.nextToken };
    }),
  );
}

/** Start of the names of the log groups that a lab makes. */
export const ownPrefix = ({ run }: Scope): string => `${logPrefixOf(run.lab, run.learner)}/`;

export async function groupExists(scope: Scope, name: string): Promise<boolean> {
  const own = ownPrefix(scope);
  return (await groupsStarting(scope, name.startsWith(own) ? own : name)).includes(name);
}

/** Names of a group's streams that start so; none where there is no such group. */
export function streamsStarting({ run }: Scope, group: string, prefix: string): Promise<string[]> {
  return listAll(async (nextToken) => {
    const about = { logGroupName: group, logStreamNamePrefix: prefix, nextToken };
    const page = await orUndefined(run.clients.logs.send(new DescribeLogStreamsCommand(about)));
    return { items: page?.logStreams?.flatMap(({ logStreamName }) => logStreamName ?? []), next: page?.nextToken };
  });
}

export async function tagsOfGroup(scope: Scope, name: string): Promise<Tags> {
  const arn = arnHere(scope.run, 'logs', `log-group:${name}`);
  const answer = await orUndefined(scope.run.clients.logs.send(new ListTagsForResourceCommand({ resourceArn: arn })));
  return answer?.tags;
}
