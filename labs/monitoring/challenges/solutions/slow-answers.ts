/**
 * An alarm on the p99 of ModelLatency, whose unit is microseconds; three slow minutes of four ring. It tells a topic with a
 * queue behind it, which the desk reads. In an account, subscribe an e-mail address of yours in its place.
 */
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { partName, tagsOf } from '../../../../lib/course/names';
import type { LabRun } from '../../../../lib/course/run';
import { VARIANT } from '../../names';
import { resourcesOf } from '../../resources';

export async function solve(run: LabRun): Promise<void> {
  const { cloudwatch, sns, sqs } = run.clients;
  const name = partName('monitoring', run.learner, 'slow');
  const tags = tagsOf(run.lab, run.learner);
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name, Tags }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, tags }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const QueueArn = Attributes!.QueueArn!;
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: QueueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
      },
    ],
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: QueueArn }));
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: name,
      AlarmDescription: 'Of a hundred answers, the slowest takes longer than 400 ms, for three minutes of four.',
      Namespace: 'AWS/SageMaker',
      MetricName: 'ModelLatency',
      Dimensions: [
        { Name: 'EndpointName', Value: resourcesOf(run).endpoint },
        { Name: 'VariantName', Value: VARIANT },
      ],
      ExtendedStatistic: 'p99',
      Period: 60,
      EvaluationPeriods: 4,
      DatapointsToAlarm: 3,
      Threshold: 400_000,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [TopicArn!],
      Tags,
    }),
  );
}
