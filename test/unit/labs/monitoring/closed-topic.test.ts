/** Whether a topic takes an alarm's message, however its policy says so. */
import type { LabRun } from '../../../../lib/course/run';
import { closedTopic } from '../../../../labs/monitoring/faults/closed-topic';

const ALARM = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:mla-labs-monitoring-me--drift';
const CLOUDWATCH = { Service: 'cloudwatch.amazonaws.com' };

async function judged(statement: object): Promise<boolean> {
  const answers: Readonly<Record<string, unknown>> = {
    GetTopicAttributesCommand: { Attributes: { Policy: JSON.stringify({ Statement: [statement] }) } },
    DescribeAlarmsCommand: { MetricAlarms: [{ AlarmArn: ALARM }] },
  };
  const client = { send: async ({ constructor }: { constructor: { name: string } }) => answers[constructor.name] };
  const outputs = new Proxy({}, { get: (_all, key) => String(key) });
  const run = {
    ...{ lab: 'monitoring', learner: 'me', target: 'aws', account: '123456789012', region: 'us-east-1' },
    ...{ outputs, modes: {}, clients: { sns: client, cloudwatch: client } },
  } as unknown as LabRun;
  return (await closedTopic.check(run, { memory: {}, since: new Date(0) })).done;
}

const allow = (more: object): object => ({ Effect: 'Allow', Principal: CLOUDWATCH, Action: 'sns:Publish', ...more });

test.each([
  ['no condition', allow({})],
  ['the account', allow({ Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } } })],
  [
    'a pattern of alarms',
    allow({ Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:cloudwatch:*:123456789012:alarm:*' } } }),
  ],
  ['one of several alarms', allow({ Condition: { ArnEquals: { 'aws:SourceArn': ['arn:aws:x', ALARM] } } })],
  ['SNS: in capitals, in a list', allow({ Action: ['SNS:Publish', 'SNS:Subscribe'] })],
  ['everybody', allow({ Principal: '*' })],
  ['several principals', allow({ Principal: { Service: ['events.amazonaws.com', CLOUDWATCH.Service] } })],
])('%s: it does', async (_what, statement) => expect(await judged(statement)).toBe(true));

test.each([
  ['other alarms', allow({ Condition: { ArnLike: { 'aws:SourceArn': 'arn:*:cloudwatch:*:*:alarm:prod-*' } } })],
  ['another account', allow({ Condition: { StringEquals: { 'aws:SourceAccount': '210987654321' } } })],
  ['a dot that is no pattern', allow({ Condition: { ArnLike: { 'aws:SourceArn': ALARM.replace(':', '.') } } })],
  ['a condition that nobody knows', allow({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
  ['another service', allow({ Principal: { Service: 'events.amazonaws.com' } })],
  ['another action', allow({ Action: 'sns:Subscribe' })],
  ['a denial', allow({ Effect: 'Deny' })],
])('%s: it does not', async (_what, statement) => expect(await judged(statement)).toBe(false));
