import { DeleteQueueCommand, GetQueueUrlCommand, ListQueueTagsCommand } from '@aws-sdk/client-sqs';
import { arnsOf, onlyTagged, SEARCH_BY_TAG } from '../../arns';
import { provenNames, stackNames, taggedNames } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import type { Found, Kind } from '../../kind';

/** A queue with our tags that no stack deletes: a learner's, or one that outlived its stack. */
export const sqsQueue: Kind = {
  id: 'sqs:queue',
  title: 'SQS queues',
  after: [],
  async list(scope) {
    const { sqs } = scope.run.clients;
    const why = new Map<string, string>();
    for (const name of await taggedNames(scope, 'sqs', '')) why.set(name, 'with our tags');
    const recorded = await provenNames(scope, 'queues', async (url) => {
      return (await sqs.send(new ListQueueTagsCommand({ QueueUrl: url }))).Tags;
    });
    for (const [url, because] of recorded) why.set(nameIn(url), because);
    const theStacks = new Set((await stackNames(scope)).queues.map(nameIn));
    const found: Found[] = [];
    for (const [id, because] of why) {
      if (theStacks.has(id)) continue;
      // What is found by tags may be gone already: the index lags behind.
      if ((await orUndefined(sqs.send(new GetQueueUrlCommand({ QueueName: id })))) === undefined) continue;
      found.push({ kind: 'sqs:queue', id, because });
    }
    return found;
  },
  async remove(found, scope) {
    const { sqs } = scope.run.clients;
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: found.id }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  },
  permissions: [
    SEARCH_BY_TAG,
    {
      actions: ['sqs:GetQueueUrl', 'sqs:ListQueueTags'],
      resources: (place) => arnsOf(place, 'sqs', '*'),
      reason: 'the tags of a queue decide whether it is ours',
    },
    {
      actions: ['sqs:DeleteQueue'],
      resources: (place) => arnsOf(place, 'sqs', '*'),
      reason: 'a learner may name a queue freely; the condition lets only those with our tags go',
      conditions: onlyTagged,
    },
  ],
};

function nameIn(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
