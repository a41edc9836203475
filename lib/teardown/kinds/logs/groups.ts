import { DescribeLogGroupsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch-logs';
import { arnHere } from '../../arns';
import { orUndefined } from '../../errors';
import type { Scope } from '../../kind';
import type { Tags } from '../../tags';

/** Names of the log groups whose names start so. */
export function groupsStarting(scope: Scope, prefix: string): Promise<readonly string[]> {
  return scope.once(`log groups ${prefix}`, async () => {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await scope.run.clients.logs.send(
        new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix, nextToken: token }),
      );
      for (const { logGroupName } of page.logGroups ?? []) if (logGroupName) names.push(logGroupName);
      token = page.nextToken;
    } while (token);
    return names;
  });
}

export async function groupExists(scope: Scope, name: string): Promise<boolean> {
  return (await groupsStarting(scope, name)).includes(name);
}

export async function tagsOfGroup(scope: Scope, name: string): Promise<Tags> {
  const arn = arnHere(scope.run, 'logs', `log-group:${name}`);
  const answer = await orUndefined(scope.run.clients.logs.send(new ListTagsForResourceCommand({ resourceArn: arn })));
  return answer?.tags;
}
