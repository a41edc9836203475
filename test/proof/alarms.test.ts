/** Alarms of the local cloud, end to end with the stock SDK: what they watch, whom they tell, and who may not be told. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import {
  DeleteAlarmsCommand,
  DeleteAnomalyDetectorCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAnomalyDetectorsCommand,
  GetMetricDataCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { AddPermissionCommand, CreateFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { FilterLogEventsCommand, GetQueryResultsCommand, StartQueryCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTopicCommand, SetTopicAttributesCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/boot/start';
import { Clients } from '../../lib/target/clients';
import { expectConformity, keepDecisionsApart } from './private-target';
import { until } from './until';

const ROOT = join(__dirname, '..', '..');

let cloud: LocalCloud;
let clients: Clients;

beforeAll(async () => {
  keepDecisionsApart();
  cloud = await startLocalCloud({ life: 'private', region: 'us-east-1', faces: [], progress: () => undefined });
  clients = clientsOf(cloud.state);
});
afterAll(async () => {
  clients?.destroy();
  try {
    if (cloud) await expectConformity(cloud);
  } finally {
    await cloud?.stop();
  }
});

function clientsOf(credentials: { accessKeyId: string; secretAccessKey: string }): Clients {
  const { region, endpoint } = cloud.state;
  return new Clients({ region, endpoint, ca: cloud.ca, credentials, pollMs: 50 });
}

const publish = (MetricName: string, Value: number): Promise<unknown> =>
  clients.cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Own', MetricData: [{ MetricName, Value }] }));

const alarm = (AlarmName: string, input: Partial<PutMetricAlarmCommandInput> = {}): Promise<unknown> =>
  clients.cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: 'Own',
      MetricName: AlarmName,
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      ...input,
    }),
  );

const becomes = (name: string, state: string): Promise<true> =>
  until(async () => {
    const types = { AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const] };
    const found = await clients.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name], ...types }));
    return [...found.MetricAlarms!, ...found.CompositeAlarms!][0]?.StateValue === state || undefined;
  });

const actions = (AlarmName: string): Promise<string[]> =>
  until(async () => {
    const found = await clients.cloudwatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: 'Action' }),
    );
    const said = found.AlarmHistoryItems!.map((item) => item.HistorySummary!);
    return said.length > 0 ? said : undefined;
  });

/** A queue that SNS and EventBridge may send to. */
async function queue(name: string) {
  const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: name }));
  const arn = `arn:aws:sqs:us-east-1:${cloud.state.account}:${name}`;
  const Principal = { Service: ['sns.amazonaws.com', 'events.amazonaws.com'] };
  const Statement = [{ Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: arn }];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const next = (): Promise<Record<string, unknown>> =>
    until(async () => {
      const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      if (!Messages[0]) return undefined;
      await clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0].ReceiptHandle }));
      return JSON.parse(Messages[0].Body!) as Record<string, unknown>;
    });
  const waiting = async (): Promise<boolean> => {
    const AttributeNames = ['ApproximateNumberOfMessages' as const];
    const { Attributes } = await clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    return Number(Attributes?.ApproximateNumberOfMessages) > 0;
  };
  return { arn, next, waiting };
}

test('a topic gets the message of an alarm, unless its policy leaves CloudWatch out', async () => {
  const { arn, next } = await queue('messages');
  const { TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name: 'told' }));
  await clients.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arn }));
  await alarm('latency', { AlarmActions: [TopicArn!], AlarmDescription: 'too slow' });
  await publish('latency', 5);
  const message = JSON.parse((await next()).Message as string) as Record<string, unknown>;
  expect(message).toMatchObject({
    AlarmName: 'latency',
    AlarmDescription: 'too slow',
    NewStateValue: 'ALARM',
    OldStateValue: 'OK',
    Trigger: { MetricName: 'latency', Statistic: 'MAXIMUM', Threshold: 1 },
  });
  expect(await actions('latency')).toEqual([`Successfully executed action ${TopicArn}`]);

  const deny = {
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: TopicArn,
  };
  const AttributeValue = JSON.stringify({ Version: '2012-10-17', Statement: [deny] });
  await clients.sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
  await alarm('other', { AlarmActions: [TopicArn!] });
  await publish('other', 5);
  expect((await actions('other'))[0]).toContain('not authorized to perform: SNS:Publish');
});

test('a rule gets the event of each change of state', async () => {
  const { arn, next, waiting } = await queue('events');
  const pattern = {
    source: ['aws.cloudwatch', 'mine'],
    'detail-type': ['CloudWatch Alarm State Change'],
    detail: { alarmName: ['drift'], state: { value: ['ALARM'] } },
  };
  const detail = { alarmName: 'drift', state: { value: 'ALARM' } };
  const mine = { Source: 'mine', DetailType: pattern['detail-type'][0], Detail: JSON.stringify(detail) };
  await clients.eventbridge.send(new PutRuleCommand({ Name: 'drift', EventPattern: JSON.stringify(pattern) }));
  await clients.eventbridge.send(new PutTargetsCommand({ Rule: 'drift', Targets: [{ Id: 'q', Arn: arn }] }));
  // A rule that is new misses some: it is asked until it passes one on.
  await until(async () => {
    await clients.eventbridge.send(new PutEventsCommand({ Entries: [mine] }));
    return (await waiting()) || undefined;
  });
  await alarm('drift');
  await publish('drift', 7.8);
  let told = await next();
  while (told.source === 'mine') told = await next();
  expect(told).toMatchObject({
    source: 'aws.cloudwatch',
    resources: [`arn:aws:cloudwatch:us-east-1:${cloud.state.account}:alarm:drift`],
    detail: {
      alarmName: 'drift',
      previousState: { value: 'OK' },
      state: { value: 'ALARM', reason: expect.stringContaining('[7.8 ') as string },
      configuration: { metrics: [{ metricStat: { metric: { namespace: 'Own', name: 'drift' }, stat: 'Maximum' } }] },
    },
  });
});

/** As AWSLambdaBasicExecutionRole has it: without that a function writes no log. */
const WRITES_LOGS = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
  ],
});

/** A function with this code, by its name. */
async function functionOf(FunctionName: string, code: string): Promise<string> {
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const role = new CreateRoleCommand({ RoleName: FunctionName, AssumeRolePolicyDocument });
  const { Role } = await clients.iam.send(role);
  await clients.iam.send(
    new PutRolePolicyCommand({ RoleName: FunctionName, PolicyName: 'logs', PolicyDocument: WRITES_LOGS }),
  );
  const { FunctionArn } = await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: Role!.Arn,
      Code: { ZipFile: zipSync({ 'index.js': strToU8(code) }) },
    }),
  );
  return FunctionArn!;
}

/** What a function answers, and its error, if it fails. */
async function answerOf(FunctionName: string) {
  const { Payload, FunctionError } = await clients.lambda.send(new InvokeCommand({ FunctionName }));
  return { failed: FunctionError, said: Buffer.from(Payload!).toString() };
}

test('a function runs on the version of Node.js that its runtime names', async () => {
  await functionOf('version', 'exports.handler = async () => process.version;');
  expect(await answerOf('version')).toEqual({
    failed: undefined,
    said: expect.stringMatching(/^"v22\.\d+\.\d+"$/) as string,
  });
});

test.each([
  ['requires', "const { S3Client } = require('@aws-sdk/client-s3'); exports.handler = async () => typeof S3Client;"],
  ['requires-late', "exports.handler = async () => typeof require('@aws-sdk/client-sagemaker');"],
  ['imports', "exports.handler = async () => typeof (await import('@smithy/core'));"],
  ['requires-another', "const zip = require('fflate'); exports.handler = async () => typeof zip;"],
])('a function that %s a package which it does not bring fails', async (name, code) => {
  await functionOf(name, code);
  const { failed, said } = await answerOf(name);
  expect(failed).toBeDefined();
  expect(said).toMatch(/Cannot find (module|package) '(@aws-sdk|@smithy|fflate)/);
});

test('a function is invoked when its policy lets alarms do so, and not before', async () => {
  const FunctionArn = await functionOf(
    'responder',
    'exports.handler = async (event) => console.log("GOT " + JSON.stringify(event));',
  );
  await alarm('errors', { AlarmActions: [FunctionArn], OKActions: [FunctionArn] });
  await until(async () =>
    (await actions('errors')).some((said) => said.includes('not authorized to perform: lambda:InvokeFunction'))
      ? true
      : undefined,
  );
  await clients.lambda.send(
    new AddPermissionCommand({
      FunctionName: 'responder',
      StatementId: 'alarms',
      Action: 'lambda:InvokeFunction',
      Principal: 'lambda.alarms.cloudwatch.amazonaws.com',
      SourceArn: `arn:aws:cloudwatch:us-east-1:${cloud.state.account}:alarm:errors`,
    }),
  );
  await publish('errors', 5);
  const line = await until(async () => {
    const group = { logGroupName: '/aws/lambda/responder', filterPattern: 'GOT' };
    const found = await clients.logs.send(new FilterLogEventsCommand(group)).catch(() => ({ events: [] }));
    return found.events?.[0]?.message;
  });
  expect(line).toContain('"alarmName":"errors"');
  expect(line).toContain('"source":"aws.cloudwatch"');
});

test('Logs Insights counts what the function logged, when its query is sound', async () => {
  const ask = (queryString: string) =>
    clients.logs.send(
      new StartQueryCommand({
        logGroupNames: ['/aws/lambda/responder'],
        startTime: Math.floor(Date.now() / 1000) - 3600,
        endTime: Math.ceil(Date.now() / 1000) + 60,
        queryString,
      }),
    );
  const { queryId } = await ask(`
    fields @timestamp
    | filter alarmData.alarmName = 'errors'
    | stats count(*) as calls by alarmData.state.value as state`);
  const answer = await until(async () => {
    const found = await clients.logs.send(new GetQueryResultsCommand({ queryId }));
    return found.status === 'Complete' ? found : undefined;
  });
  expect(answer.results).toEqual([
    [
      { field: 'state', value: 'ALARM' },
      { field: 'calls', value: '1' },
    ],
  ]);
  await expect(ask('pattern @message')).rejects.toMatchObject({
    name: 'MalformedQueryException',
    message: expect.stringContaining('does not have the command pattern') as string,
  });
});

test('a composite alarm follows the alarms that it names, back as well once their datapoints are old', async () => {
  await alarm('left');
  await alarm('right');
  await clients.cloudwatch.send(
    new PutCompositeAlarmCommand({ AlarmName: 'both', AlarmRule: 'ALARM("left") AND ALARM("right")' }),
  );
  await publish('left', 5);
  await becomes('left', 'ALARM');
  await becomes('both', 'OK');
  await publish('right', 5);
  await becomes('both', 'ALARM');
  await cloud.elapse(600);
  await becomes('left', 'OK');
  await becomes('both', 'OK');
});

test('an alarm on a band makes a model that outlives it', async () => {
  await alarm('band', {
    Namespace: undefined,
    MetricName: undefined,
    Statistic: undefined,
    Period: undefined,
    Threshold: undefined,
    ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold',
    ThresholdMetricId: 'ad1',
    Metrics: [
      { Id: 'm1', MetricStat: { Metric: { Namespace: 'Own', MetricName: 'calls' }, Period: 300, Stat: 'Sum' } },
      { Id: 'ad1', Expression: 'ANOMALY_DETECTION_BAND(m1, 2)' },
    ],
  });
  const { MetricAlarms } = await clients.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['band'] }));
  expect(MetricAlarms![0]).toMatchObject({ StateValue: 'INSUFFICIENT_DATA', ThresholdMetricId: 'ad1' });
  expect(MetricAlarms![0]!.StateReason).toContain('still being trained');
  await clients.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['band'] }));
  const model = { Namespace: 'Own', MetricName: 'calls' };
  const describe = new DescribeAnomalyDetectorsCommand(model);
  expect((await clients.cloudwatch.send(describe)).AnomalyDetectors).toMatchObject([
    { SingleMetricAnomalyDetector: { ...model, Stat: 'Sum' }, StateValue: 'PENDING_TRAINING' },
  ]);
  expect((await cloud.inventory()).filter((thing) => thing.includes('_anomaly_detectors'))).toHaveLength(1);
  const gone = new DeleteAnomalyDetectorCommand({ SingleMetricAnomalyDetector: { ...model, Stat: 'Sum' } });
  await clients.cloudwatch.send(gone);
  await expect(clients.cloudwatch.send(gone)).rejects.toThrow('does not exist');
});

test('graphs read exact dimensions and metric math, the newest value first', async () => {
  const at = (seconds: number): Date => new Date(Date.parse('2026-06-01T12:00:00Z') + seconds * 1000);
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  const put = (MetricName: string, Value: number, ago: number, Dimensions?: { Name: string; Value: string }[]) =>
    clients.cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: 'Graph',
        MetricData: [{ MetricName, Value, Timestamp: new Date(now - ago * 60_000), Dimensions }],
      }),
    );
  await put('errors', 1, 2);
  await put('errors', 90, 2, [{ Name: 'Endpoint', Value: 'another' }]);
  await put('calls', 10, 2);
  await put('calls', 20, 1);
  const stat = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'Graph', MetricName }, Period: 60, Stat: 'Sum' },
  });
  const { MetricDataResults } = await clients.cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - 300_000),
      EndTime: new Date(now + 60_000),
      MetricDataQueries: [
        { Id: 'share', Expression: 'FILL(errors, 0) / calls', Label: 'share of errors' },
        stat('errors', 'errors'),
        stat('calls', 'calls'),
      ],
    }),
  );
  expect(MetricDataResults).toMatchObject([{ Id: 'share', Label: 'share of errors', Values: [0, 0.1] }]);
  const none = new GetMetricDataCommand({
    StartTime: at(0),
    EndTime: at(600),
    MetricDataQueries: [{ Id: 'x', Expression: 'RATE(errors)' }, stat('errors', 'errors')],
  });
  await expect(clients.cloudwatch.send(none)).rejects.toThrow('does not have the metric math function RATE');
});

test('the AWS CLI, which speaks CBOR, publishes, puts alarms and reads them', async () => {
  const { accessKeyId, secretAccessKey, endpoint, caFile, region } = cloud.state;
  const aws = (...args: string[]): { status: number | null; out: string } => {
    const env = {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_CA_BUNDLE: caFile,
    };
    const done = spawnSync(join(ROOT, '.venv', 'bin', 'aws'), ['cloudwatch', ...args], { env, encoding: 'utf8' });
    return { status: done.status, out: done.stdout + done.stderr };
  };
  const rule = '--statistic Maximum --period 60 --evaluation-periods 1 --threshold 1'.split(' ');
  const what = '--namespace Own --metric-name cli --dimensions Name=a,Value=b'.split(' ');
  expect(
    aws('put-metric-alarm', '--alarm-name', 'cli', ...what, ...rule, '--comparison-operator', 'GreaterThanThreshold'),
  ).toEqual({ status: 0, out: '' });
  const datum = 'MetricName=cli,Value=2.5,Dimensions=[{Name=a,Value=b}]';
  expect(aws('put-metric-data', '--namespace', 'Own', '--metric-data', datum)).toEqual({ status: 0, out: '' });
  await becomes('cli', 'ALARM');
  expect(aws('describe-alarms', '--alarm-names', 'cli', '--query', 'MetricAlarms[0].StateReason').out).toContain(
    '[2.5 ',
  );
  expect(aws('put-metric-data', '--namespace', 'AWS/X', '--metric-data', datum).out).toContain('AWS/X');
});

test('who may publish in one namespace only is refused in another, and AWS keeps its own', async () => {
  await clients.iam.send(new CreateUserCommand({ UserName: 'publisher' }));
  const Condition = { StringEquals: { 'cloudwatch:namespace': 'Own' } };
  const Statement = [{ Effect: 'Allow', Action: 'cloudwatch:PutMetricData', Resource: '*', Condition }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await clients.iam.send(new PutUserPolicyCommand({ UserName: 'publisher', PolicyName: 'p', PolicyDocument }));
  const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName: 'publisher' }));
  const limited = clientsOf({ accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! });
  const put = (Namespace: string) =>
    limited.cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'm', Value: 1 }] }));
  await put('Own');
  await expect(put('Another')).rejects.toThrow('not authorized to perform: cloudwatch:PutMetricData');
  limited.destroy();
  const own = { Namespace: 'AWS/SageMaker', MetricData: [{ MetricName: 'm', Value: 1 }] };
  await expect(clients.cloudwatch.send(new PutMetricDataCommand(own))).rejects.toThrow('AWS/SageMaker');
});
