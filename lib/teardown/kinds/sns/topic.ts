import { DeleteTopicCommand, ListTagsForResourceCommand } from '@aws-sdk/client-sns';
import { arnHere, arnsOf, onlyTagged, SEARCH_BY_TAG } from '../../arns';
import { isOfStack, taggedNames } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import type { Found, Kind } from '../../kind';
import { hasTags } from '../../tags';

/** A topic with our tags that no stack deletes. Its subscriptions go with it, as those of the stack's topic do. */
export const snsTopic: Kind = {
  id: 'sns:topic',
  title: 'SNS topics',
  after: [{ kind: 'cloudwatch:alarm', why: 'an alarm would publish to a topic that is gone' }],
  async list(scope) {
    const found: Found[] = [];
    for (const name of await taggedNames(scope, 'sns', '')) {
      const id = arnHere(scope.run, 'sns', name);
      // A subscription's ARN is its topic's with an id behind it.
      if (name.includes(':') || (await isOfStack(scope, 'AWS::SNS::Topic', id))) continue;
      const topic = await orUndefined(scope.run.clients.sns.send(new ListTagsForResourceCommand({ ResourceArn: id })));
      if (hasTags(topic?.Tags, scope.run)) found.push({ kind: 'sns:topic', id, because: 'with our tags' });
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.sns.send(new DeleteTopicCommand({ TopicArn: found.id }));
  },
  permissions: [
    SEARCH_BY_TAG,
    {
      actions: ['sns:ListTagsForResource'],
      resources: (place) => arnsOf(place, 'sns', '*'),
      reason: 'the tags of a topic decide whether it is ours',
    },
    {
      actions: ['sns:DeleteTopic'],
      resources: (place) => arnsOf(place, 'sns', '*'),
      reason: 'a learner may name a topic freely; the condition lets only those with our tags go',
      conditions: onlyTagged,
    },
  ],
};
