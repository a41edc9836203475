/** Schedules of EventBridge Scheduler that start Processing jobs, as their role and no one else. */
import {
  CreateStackCommand,
  DeleteStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DeleteRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { DescribeProcessingJobCommand, ListProcessingJobsCommand } from '@aws-sdk/client-sagemaker';
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/boot/start';
import { imageUri } from '../../lib/facts/images';
import { Clients } from '../../lib/target/clients';
import { expectConformity, keepDecisionsApart } from './private-target';

let cloud: LocalCloud;
let clients: Clients;
const arnOf = (service: string, rest: string): string => `arn:aws:${service}:us-east-1:${cloud.state.account}:${rest}`;
const role = (name: string): string => `arn:aws:iam::${cloud.state.account}:role/${name}`;

async function makeRole(name: string, service: string, statements: object[]): Promise<void> {
  const trust = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
  const Version = '2012-10-17';
  const AssumeRolePolicyDocument = JSON.stringify({ Version, Statement: [trust] });
  await clients.iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
  await grant(name, statements);
}

async function grant(name: string, statements: object[]): Promise<void> {
  const Statement = statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement }));
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await clients.iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'p', PolicyDocument }));
}

const JOBS = { Action: ['sagemaker:CreateProcessingJob', 'sagemaker:AddTags'] };
const DEAD = { Action: 'sqs:SendMessage' };

beforeAll(async () => {
  keepDecisionsApart();
  cloud = await startLocalCloud({ life: 'private', region: 'us-east-1', faces: [], progress: () => undefined });
  const { region, endpoint, accessKeyId, secretAccessKey } = cloud.state;
  const credentials = { accessKeyId, secretAccessKey };
  clients = new Clients({ region, endpoint, ca: cloud.ca, credentials, pollMs: 50 });
  await makeRole('job', 'sagemaker.amazonaws.com', [{ Action: ['s3:*', 'logs:*'] }]);
  await makeRole('clock', 'scheduler.amazonaws.com', [JOBS, DEAD, { Action: 'iam:PassRole', Resource: role('job') }]);
  await clients.sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
});
afterAll(async () => {
  clients?.destroy();
  try {
    if (cloud) await expectConformity(cloud);
  } finally {
    await cloud?.stop();
  }
});

function schedule(Name: string, change: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput {
  const Input = JSON.stringify({
    ProcessingJobName: `look-<aws.scheduler.execution-id>`,
    RoleArn: role('job'),
    AppSpecification: {
      ImageUri: imageUri('scikitLearn', 'us-east-1'),
      ContainerEntrypoint: ['python3', '-c', 'import os; print("due", os.environ["DUE"])'],
    },
    Environment: { DUE: '<aws.scheduler.scheduled-time>' },
    ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.t3.medium', VolumeSizeInGB: 1 } },
    Tags: [{ Key: 'from', Value: 'schedule' }],
  });
  return {
    Name,
    ScheduleExpression: 'cron(0 * ? * * *)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: 'arn:aws:scheduler:::aws-sdk:sagemaker:createProcessingJob',
      RoleArn: role('clock'),
      Input,
      RetryPolicy: { MaximumRetryAttempts: 0 },
      DeadLetterConfig: { Arn: arnOf('sqs', 'dead') },
    },
    ...change,
  };
}

const jobs = async (): Promise<string[]> => {
  const { ProcessingJobSummaries } = await clients.sagemaker.send(new ListProcessingJobsCommand({}));
  return ProcessingJobSummaries!.map((job) => job.ProcessingJobName!);
};

test('a run starts a job with a name of its own, and tells it the scheduled time', async () => {
  await clients.scheduler.send(new CreateScheduleCommand(schedule('hourly')));
  const due = new Date('2026-07-01T05:00:00Z');
  expect(await cloud.fire('hourly', due)).toMatchObject({ delivered: true, attempts: 1 });
  expect(await cloud.fire('hourly', due)).toMatchObject({ delivered: true });
  const names = await jobs();
  expect(names).toHaveLength(2);
  expect(new Set(names).size).toBe(2);
  const job = await clients.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: names[0] }));
  expect(job.ProcessingJobName).toMatch(/^look-[0-9a-f-]{36}$/);
  expect(job.Environment).toEqual({ DUE: '2026-07-01T05:00:00Z' });
  const asked = (await cloud.requests()).filter((request) => request.action === 'sagemaker:CreateProcessingJob');
  expect(asked.map((request) => request.principal)).toEqual([
    expect.stringContaining('assumed-role/clock/'),
    expect.stringContaining('assumed-role/clock/'),
  ]);
});

test('time that passes runs what becomes due, each for its own time, and ends when its jobs have', async () => {
  const before = await jobs();
  await clients.sqs.send(new CreateQueueCommand({ QueueName: 'looks' }));
  const target = { Id: 'looks', Arn: arnOf('sqs', 'looks') };
  await clients.eventbridge.send(new PutRuleCommand({ Name: 'look', ScheduleExpression: 'rate(15 minutes)' }));
  await clients.eventbridge.send(new PutTargetsCommand({ Rule: 'look', Targets: [target] }));
  const from = Date.now();
  const ran = await cloud.passTime(90 * 60);
  const hours = ran.filter((one) => one.endsWith(' schedule hourly')).map((one) => new Date(one.split(' ')[0]!));
  expect(hours.length).toBeGreaterThanOrEqual(1);
  expect(
    hours.every((due) => due.getUTCMinutes() === 0 && due.getTime() > from && due.getTime() <= from + 90 * 60_000),
  ).toBe(true);
  const fresh = (await jobs()).filter((name) => !before.includes(name));
  const described = await Promise.all(
    fresh.map((ProcessingJobName) => clients.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }))),
  );
  expect(described.map(({ Environment }) => Environment!.DUE).sort()).toEqual(
    hours.map((due) => due.toISOString().replace('.000', '')),
  );
  expect(described.map(({ ProcessingJobStatus }) => ProcessingJobStatus)).not.toContain('InProgress');
  expect(ran.filter((one) => one.endsWith(' rule look'))).toHaveLength(6);
  const QueueUrl = `${cloud.state.endpoint}/${cloud.state.account}/looks`;
  const { Attributes } = await clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(Attributes!.ApproximateNumberOfMessages).toBe('6');
  expect([...ran].sort()).toEqual(ran);
  // Time goes on from there: the next hour is another one.
  const [next] = (await cloud.passTime(60 * 60)).filter((one) => one.endsWith(' schedule hourly'));
  expect(new Date(next!.split(' ')[0]!).getTime()).toBe(hours.at(-1)!.getTime() + 3_600_000);
  await clients.eventbridge.send(new RemoveTargetsCommand({ Rule: 'look', Ids: ['looks'] }));
  await clients.eventbridge.send(new DeleteRuleCommand({ Name: 'look' }));
});

test.each([
  ['sagemaker:CreateProcessingJob', [DEAD, { Action: 'iam:PassRole' }]],
  ['iam:PassRole', [JOBS, DEAD]],
])('without %s the run fails there, and the dead-letter queue tells why', async (action, statements) => {
  const before = await jobs();
  await grant('clock', statements);
  const outcome = await cloud.fire('hourly');
  expect(outcome).toMatchObject({ delivered: false, attempts: 1 });
  expect(outcome.message).toContain(`not authorized to perform: ${action}`);
  await expect(cloud.passTime(3600)).rejects.toThrow(`The schedule hourly failed: AccessDeniedException`);
  expect(await jobs()).toEqual(before);
  const received = await clients.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: `${cloud.state.endpoint}/${cloud.state.account}/dead`,
      MessageAttributeNames: ['All'],
    }),
  );
  const [message] = received.Messages!;
  expect(message!.MessageAttributes).toMatchObject({
    SCHEDULE_ARN: { StringValue: arnOf('scheduler', 'schedule/default/hourly') },
    ERROR_MESSAGE: { StringValue: expect.stringContaining(action) as string },
    RETRY_ATTEMPTS: { StringValue: '0' },
  });
  await clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: `${cloud.state.endpoint}/${cloud.state.account}/dead` }),
  );
  await grant('clock', [JOBS, DEAD, { Action: 'iam:PassRole' }]);
});

test('a schedule that is due runs by itself, once, and goes when it shall', async () => {
  const before = await jobs();
  const soon = new Date(Date.now() + 4000).toISOString().slice(0, 19);
  const once = { ScheduleExpression: `at(${soon})`, ActionAfterCompletion: 'DELETE' as const };
  await clients.scheduler.send(new CreateScheduleCommand(schedule('once', once)));
  for (;;) {
    const left = await clients.scheduler.send(new GetScheduleCommand({ Name: 'once' })).catch(() => undefined);
    if (!left && (await jobs()).length > before.length) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect((await jobs()).length).toBe(before.length + 1);
});

test('who makes a schedule must be allowed to pass its role', async () => {
  await clients.iam.send(new CreateUserCommand({ UserName: 'maker' }));
  const Statement = [{ Effect: 'Allow', Action: 'scheduler:*', Resource: '*' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await clients.iam.send(new PutUserPolicyCommand({ UserName: 'maker', PolicyName: 'p', PolicyDocument }));
  const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName: 'maker' }));
  const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  const maker = new Clients({ ...clients.settings, credentials });
  await expect(maker.scheduler.send(new CreateScheduleCommand(schedule('not-mine')))).rejects.toThrow(
    'not authorized to perform: iam:PassRole',
  );
  maker.destroy();
});

test('a stack makes and removes a schedule, alarms and an anomaly detector', async () => {
  const { Name: _name, ...properties } = schedule('unused');
  const metric = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'Own', MetricName }, Period: 60, Stat: 'Sum' },
  });
  const Resources = {
    Schedule: { Type: 'AWS::Scheduler::Schedule', Properties: properties },
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'share',
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: '5',
        EvaluationPeriods: '1',
        Metrics: [{ Id: 'e', Expression: '100 * errors / calls' }, metric('errors', 'e'), metric('calls', 'c')],
      },
    },
    Either: {
      Type: 'AWS::CloudWatch::CompositeAlarm',
      Properties: { AlarmName: 'either', AlarmRule: { 'Fn::Sub': 'ALARM("${Alarm}") OR FALSE' } },
    },
    Model: {
      Type: 'AWS::CloudWatch::AnomalyDetector',
      Properties: { Namespace: 'Own', MetricName: 'calls', Stat: 'Sum' },
    },
  };
  const before = await cloud.inventory();
  const stack = { StackName: 'watch' };
  const { cloudformation, cloudwatch } = clients;
  await cloudformation.send(new CreateStackCommand({ ...stack, TemplateBody: JSON.stringify({ Resources }) }));
  await waitUntilStackCreateComplete({ client: cloudformation, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, stack);
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['share'] }));
  expect(MetricAlarms).toMatchObject([{ Threshold: 5, Metrics: [{ Expression: '100 * errors / calls' }, {}, {}] }]);
  const { CompositeAlarms } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: ['either'], AlarmTypes: ['CompositeAlarm'] }),
  );
  expect(CompositeAlarms).toMatchObject([{ AlarmRule: 'ALARM("share") OR FALSE', StateValue: 'OK' }]);
  const { Schedules } = await clients.scheduler.send(new ListSchedulesCommand({ NamePrefix: 'watch-Schedule' }));
  expect(Schedules).toHaveLength(1);
  expect(await cloud.fire(Schedules![0]!.Name!)).toMatchObject({ delivered: true });
  await cloudformation.send(new DeleteStackCommand(stack));
  await waitUntilStackDeleteComplete({ client: cloudformation, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, stack);
  const jobs = (things: readonly string[]): string[] => things.filter((thing) => !/processing-job|stream/.test(thing));
  expect(jobs(await cloud.inventory())).toEqual(jobs(before));
});

test('a role that Scheduler may not assume is refused at once, and so is an action that reads', async () => {
  const input = schedule('wrong');
  const refused = (Target: CreateScheduleCommandInput['Target']) =>
    clients.scheduler.send(new CreateScheduleCommand({ ...input, Target }));
  await expect(refused({ ...input.Target!, RoleArn: role('job') })).rejects.toThrow(
    'must allow AWS EventBridge Scheduler to assume the role',
  );
  const Arn = 'arn:aws:scheduler:::aws-sdk:sagemaker:listEndpoints';
  await expect(refused({ ...input.Target!, Arn })).rejects.toThrow('not a supported api action');
  const { State, ...update } = { ...schedule('hourly'), State: 'DISABLED' as const };
  await clients.scheduler.send(new UpdateScheduleCommand({ ...update, State }));
  expect((await clients.scheduler.send(new GetScheduleCommand({ Name: 'hourly' }))).State).toBe('DISABLED');
  await clients.scheduler.send(new DeleteScheduleCommand({ Name: 'hourly' }));
  await expect(cloud.fire('hourly')).rejects.toThrow('does not exist');
});
