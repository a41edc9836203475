import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
} from '@aws-sdk/client-sns';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { resourcesOf } from '../resources';

/** Somebody wanted fewer messages: the subscription takes only those with an attribute that no alarm sets. */
export const filteredTopic: Fault = {
  id: 'filtered-topic',
  title: 'The responder’s subscription got a filter policy that no alarm’s message passes',
  task: '4.2',
  needs: [],
  async prepare(run) {
    const [subscription] = await subscriptionsOf(run);
    if (subscription === undefined)
      throw new LabError(`Nobody is subscribed to ${resourcesOf(run).topic} for the responder.`, {
        why: 'The lab’s subscription was removed.',
        next: `${labCommand(run, 'down')}, then ${labCommand(run, 'up')}`,
      });
    return { subscription };
  },
  async inject(run, memory) {
    const { topic, logs } = { ...resourcesOf(run), logs: `${run.outputs.LogPrefix}/responder` };
    await setFilter(run, memory.subscription!, JSON.stringify({ severity: ['critical'] }));
    await run.clients.sns.send(new PublishCommand({ TopicArn: topic, Message: 'Fire drill.' }));
    return `The fire drill of ${run.clock.now().toISOString()} failed: a message was published to ${topic}, and the log ${logs} has no line of it. The dead-letter queue is as it was.`;
  },
  async check(run) {
    const { topic, responder } = resourcesOf(run);
    for (const subscription of await subscriptionsOf(run)) {
      const { Attributes = {} } = await run.clients.sns.send(
        new GetSubscriptionAttributesCommand({ SubscriptionArn: subscription }),
      );
      if (letsAlarmsThrough(Attributes))
        return worksAgain(run, `What an alarm publishes to ${topic} reaches the function ${responder}.`);
    }
    return stillBroken(run, `What an alarm publishes to ${topic} does not reach the function ${responder}.`);
  },
  hints: [
    'Follow the message: topic, subscription, function. The topic took it (NumberOfMessagesPublished); did it deliver it?',
    'CloudWatch has NumberOfNotificationsFilteredOut for topics. What of a subscription lets messages out?',
  ],
  async mend(run, memory) {
    await setFilter(run, remembered(run, memory, 'subscription'), '{}');
  },
  seen(run) {
    const { topic } = resourcesOf(run);
    return [
      `the subscription’s FilterPolicy: aws sns get-subscription-attributes --subscription-arn "$(aws sns list-subscriptions-by-topic --topic-arn ${topic} --query "Subscriptions[?Protocol=='lambda'].SubscriptionArn" --output text)"`,
      'the topic’s metric NumberOfNotificationsFilteredOut in CloudWatch',
    ];
  },
  prevented:
    'A test of the whole way, from a message on the topic to the function’s log, after each change of a part of it; and an alarm on NumberOfNotificationsFilteredOut-NoMessageAttributes.',
};

/** The first of a topic's pages has up to a hundred; the lab's has one. */
async function subscriptionsOf(run: LabRun): Promise<readonly string[]> {
  const { topic, responder } = resourcesOf(run);
  const { Subscriptions = [] } = await run.clients.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic }));
  return Subscriptions.filter(
    ({ Protocol, Endpoint }) => Protocol === 'lambda' && Endpoint?.endsWith(`:function:${responder}`),
  ).flatMap(({ SubscriptionArn }) => SubscriptionArn ?? []);
}

/** Whether an alarm's message passes: it has no attributes, and its body says NewStateValue. */
function letsAlarmsThrough({ FilterPolicy = '', FilterPolicyScope }: Record<string, string>): boolean {
  const policy = JSON.parse(FilterPolicy || '{}') as Record<string, unknown>;
  const keys = Object.keys(policy);
  if (keys.length === 0) return true;
  return (
    FilterPolicyScope === 'MessageBody' &&
    keys.join() === 'NewStateValue' &&
    [policy.NewStateValue].flat().includes('ALARM')
  );
}

async function setFilter(run: LabRun, subscription: string, policy: string): Promise<void> {
  await run.clients.sns.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn: subscription,
      AttributeName: 'FilterPolicy',
      AttributeValue: policy,
    }),
  );
}
