/** A CDK app of one stack with 94 resources, of the constructs library alone: what synthesis costs anybody. */
import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';

const stack = new Stack(new App(), 'Sample');
// Topic, subscription, queue and its policy: four resources each.
for (let pair = 1; pair <= 23; pair += 1) {
  new Topic(stack, `Topic${pair}`).addSubscription(new SqsSubscription(new Queue(stack, `Queue${pair}`)));
}
new Topic(stack, 'Alarms');
new Topic(stack, 'Reports');
