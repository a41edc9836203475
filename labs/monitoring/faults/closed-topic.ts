import { GetTopicAttributesCommand, SetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { waitForPropagation } from '../../../lib/aws/wait';
import { type Fault, remembered, stillBroken, worksAgain } from '../../../lib/course/fault';
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { resourcesOf } from '../resources';
import { failingDrill } from './drill';

/** One value, or several. */
type Some = string | readonly string[];

interface Statement {
  readonly Effect: string;
  readonly Principal?: '*' | Readonly<Record<string, Some>>;
  readonly Action?: Some;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Some>>>>;
}

interface Policy {
  readonly Statement: readonly Statement[];
}

const CLOUDWATCH = 'cloudwatch.amazonaws.com';

/** The topic’s policy was tightened, for alarms that are called otherwise. */
export const closedTopic: Fault = {
  id: 'closed-topic',
  title: 'The policy of the topic lets only alarms publish whose names begin with prod-',
  task: '4.3',
  needs: [],
  prepare: async (run) => ({ policy: await policyOf(run) }),
  async inject(run, memory) {
    const policy = JSON.parse(memory.policy!) as Policy;
    const Statement = policy.Statement.map((one) =>
      isForCloudWatch(one)
        ? {
            ...one,
            Condition: { ArnLike: { 'aws:SourceArn': `arn:*:cloudwatch:${run.region}:${run.account}:alarm:prod-*` } },
          }
        : one,
    );
    await putPolicy(run, JSON.stringify({ ...policy, Statement }));
    // Else the drill might still come through.
    await waitForPropagation(run);
    return failingDrill(run);
  },
  async check(run) {
    const { alarms, topic } = resourcesOf(run);
    const { MetricAlarms = [] } = await run.clients.cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [alarms.drift], AlarmTypes: ['MetricAlarm'] }),
    );
    const alarm = MetricAlarms[0]?.AlarmArn ?? '';
    const policy = JSON.parse(await policyOf(run)) as Policy;
    return policy.Statement.some((one) => isForCloudWatch(one) && letsPublish(one, alarm, run.account))
      ? worksAgain(run, `When the alarm ${alarms.drift} goes off, ${topic} takes its message.`)
      : stillBroken(run, `The alarm ${alarms.drift} may go off, and the responder would not be told.`);
  },
  hints: [
    'Follow the message: alarm, topic, subscription, function. Up to where did it come?',
    'The history of the alarm has an entry for each of its actions, and what that came to.',
    'A topic has a policy: it says who may publish, and on which conditions. Compare them with the ARN of the alarm.',
  ],
  async mend(run, memory) {
    await putPolicy(run, remembered(run, memory, 'policy'));
  },
  seen(run) {
    const { alarms, topic } = resourcesOf(run);
    return [
      `what the alarm’s action came to: aws cloudwatch describe-alarm-history --alarm-name ${quoted(alarms.drift)} --history-item-type Action --query 'AlarmHistoryItems[].[Timestamp,HistorySummary]' --output text`,
      `the topic’s policy: aws sns get-topic-attributes --topic-arn ${quoted(topic)} --query Attributes.Policy --output text`,
    ];
  },
  prevented:
    'A drill after each change of a policy between the alarm and the function: an alarm that cannot tell anybody is silent by itself. The topic’s policy belongs into the stack, beside the alarms that it is for.',
};

const listOf = (some: Some | undefined): readonly string[] => [some ?? []].flat();

const isForCloudWatch = ({ Effect, Principal, Action }: Statement): boolean =>
  Effect === 'Allow' &&
  (Principal === '*' ||
    Object.values(Principal ?? {}).some((one) => listOf(one).some((who) => ['*', CLOUDWATCH].includes(who)))) &&
  listOf(Action).some((one) => /^(\*|sns:(\*|publish))$/i.test(one));

/** Whether the conditions of a statement are met by what CloudWatch sends; one of another kind is taken for not met. */
function letsPublish({ Condition = {} }: Statement, alarm: string, account: string): boolean {
  const sent: Readonly<Record<string, string>> = { 'aws:sourcearn': alarm, 'aws:sourceaccount': account };
  return Object.entries(Condition).every(
    ([operator, keys]) =>
      /^(Arn|String)(Like|Equals)(IfExists)?$/.test(operator) &&
      Object.entries(keys).every(([key, patterns]) =>
        listOf(patterns).some((pattern) => likePattern(pattern).test(sent[key.toLowerCase()] ?? '')),
      ),
  );
}

/** `*` stands for any text, `?` for one character. */
const likePattern = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );

async function policyOf(run: LabRun): Promise<string> {
  const { Attributes = {} } = await run.clients.sns.send(
    new GetTopicAttributesCommand({ TopicArn: resourcesOf(run).topic }),
  );
  return Attributes.Policy ?? '{"Statement":[]}';
}

async function putPolicy(run: LabRun, policy: string): Promise<void> {
  await run.clients.sns.send(
    new SetTopicAttributesCommand({
      TopicArn: resourcesOf(run).topic,
      AttributeName: 'Policy',
      AttributeValue: policy,
    }),
  );
}
