/** CloudFormation acts as the role of a stack: each action on a resource needs the role's permission. */
import {
  CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { ListModelPackageGroupsCommand } from '@aws-sdk/client-sagemaker';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { Target } from '../../lib/target';
import { openPrivateTarget } from './private-target';

let target: Target;
let roleArn: string;

const ROLE = 'deployer';

/** A parameter, an alarm and a package group: `value` changes with updates. */
function template(value: string): string {
  return JSON.stringify({
    Resources: {
      Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/stack-role/one', Type: 'String', Value: value } },
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: 'stack-role',
          Namespace: 'N',
          MetricName: 'M',
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
          AlarmDescription: value,
        },
      },
      Group: {
        Type: 'AWS::SageMaker::ModelPackageGroup',
        DependsOn: ['Parameter', 'Alarm'],
        Properties: { ModelPackageGroupName: 'stack-role', Tags: [{ Key: 'lab', Value: 'x' }] },
      },
    },
  });
}

const GROUP_ACTIONS = [
  ...['sagemaker:CreateModelPackageGroup', 'sagemaker:DescribeModelPackageGroup', 'sagemaker:DeleteModelPackageGroup'],
  ...['sagemaker:GetModelPackageGroupPolicy', 'sagemaker:ListTags', 'sagemaker:AddTags'],
];
const ALARM_ACTIONS = ['cloudwatch:PutMetricAlarm', 'cloudwatch:DescribeAlarms', 'cloudwatch:DeleteAlarms'];
const PARAMETER_ACTIONS = ['ssm:PutParameter', 'ssm:GetParameters', 'ssm:DeleteParameter', 'ssm:AddTagsToResource'];
const ALL = [...GROUP_ACTIONS, ...ALARM_ACTIONS, ...PARAMETER_ACTIONS];

async function allow(...actions: string[]): Promise<void> {
  const statement = { Effect: 'Allow', Action: actions, Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await target.clients.iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'deploy', PolicyDocument }));
}

async function makeRole(name: string, service = 'cloudformation.amazonaws.com'): Promise<string> {
  const trust = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const { Role } = await target.clients.iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
  return Role!.Arn!;
}

/** Waits until the stack stands still. */
async function settled(StackName: string) {
  for (;;) {
    const { Stacks } = await target.clients.cloudformation.send(new DescribeStacksCommand({ StackName }));
    if (!Stacks![0]!.StackStatus!.endsWith('_IN_PROGRESS')) return Stacks![0]!;
    await target.clock.sleep(target.clients.pollMs);
  }
}

async function create(StackName: string, more: Partial<CreateStackCommandInput> = {}) {
  const asked = { StackName, TemplateBody: template('a'), RoleARN: roleArn, ...more };
  const { StackId } = await target.clients.cloudformation.send(new CreateStackCommand(asked));
  return settled(StackId!);
}

async function remove(StackName: string) {
  const { Stacks } = await target.clients.cloudformation.send(new DescribeStacksCommand({ StackName }));
  await target.clients.cloudformation.send(new DeleteStackCommand({ StackName }));
  return settled(Stacks![0]!.StackId!);
}

async function reasons(StackName: string): Promise<string> {
  const { StackEvents } = await target.clients.cloudformation.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents!
    .map(({ LogicalResourceId, ResourceStatusReason = '' }) => `${LogicalResourceId}: ${ResourceStatusReason}`)
    .join('\n');
}

beforeAll(async () => {
  target = await openPrivateTarget();
  roleArn = await makeRole(ROLE);
});

afterAll(() => target.close());

it('makes, updates and deletes what the role allows, and says whose role it is', async () => {
  await allow(...ALL);
  expect(await create('allowed')).toMatchObject({ StackStatus: 'CREATE_COMPLETE', RoleARN: roleArn });
  // An update that names no role acts as the one that the stack has.
  await allow(...ALL.filter((action) => action !== 'ssm:PutParameter'));
  const update = { StackName: 'allowed', TemplateBody: template('b') };
  await target.clients.cloudformation.send(new UpdateStackCommand(update));
  expect((await settled('allowed')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await reasons('allowed')).toMatch(
    /^Parameter: User: arn:aws:sts::000000000000:assumed-role\/deployer\/AWSCloudFormation is not authorized to perform: ssm:PutParameter on resource: arn:aws:ssm:us-east-1:000000000000:parameter\/stack-role\/one because no identity-based policy allows the ssm:PutParameter action/m,
  );
  const { Parameter } = await target.clients.ssm.send(new GetParameterCommand({ Name: '/stack-role/one' }));
  expect(Parameter!.Value).toBe('a');
  await allow(...ALL);
  expect((await remove('allowed')).StackStatus).toBe('DELETE_COMPLETE');
});

it.each([
  ['sagemaker:CreateModelPackageGroup', 'Group'],
  ['sagemaker:AddTags', 'Group'],
  ['cloudwatch:PutMetricAlarm', 'Alarm'],
])('fails a resource for which the role lacks %s, and rolls back the others', async (lacking, resource) => {
  await allow(...ALL.filter((action) => action !== lacking));
  const stack = await create('lacking');
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await reasons('lacking')).toContain(`${resource}: User: `);
  expect(await reasons('lacking')).toContain(`is not authorized to perform: ${lacking} on resource: arn:aws:`);
  expect(await target.denied()).toContainEqual(expect.objectContaining({ action: lacking }));
  const { MetricAlarms } = await target.clients.cloudwatch.send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms).toEqual([]);
  await remove('lacking');
});

it('does not delete what the role may not delete', async () => {
  await allow(...ALL);
  await create('kept');
  await allow(...ALL.filter((action) => action !== 'sagemaker:DeleteModelPackageGroup'));
  expect((await remove('kept')).StackStatus).toBe('DELETE_FAILED');
  const { ModelPackageGroupSummaryList } = await target.clients.sagemaker.send(new ListModelPackageGroupsCommand({}));
  expect(ModelPackageGroupSummaryList!.map((group) => group.ModelPackageGroupName)).toEqual(['stack-role']);
  await allow(...ALL);
  expect((await remove('kept')).StackStatus).toBe('DELETE_COMPLETE');
});

it('refuses a role that does not trust CloudFormation, and one that is gone', async () => {
  const { cloudformation, iam } = target.clients;
  const other = await makeRole('other', 'lambda.amazonaws.com');
  await expect(create('untrusted', { RoleARN: other })).rejects.toThrow(
    `Role ${other} is invalid or cannot be assumed`,
  );
  await allow(...ALL);
  await create('orphan');
  await iam.send(new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: 'deploy' }));
  await iam.send(new DeleteRoleCommand({ RoleName: ROLE }));
  const gone = `Role ${roleArn} is invalid or cannot be assumed`;
  await expect(cloudformation.send(new DeleteStackCommand({ StackName: 'orphan' }))).rejects.toThrow(gone);
  // Another role that CloudFormation may assume goes on.
  roleArn = await makeRole(ROLE);
  await allow(...ALL);
  expect((await remove('orphan')).StackStatus).toBe('DELETE_COMPLETE');
});

/** CloudFormation as a new user, who may do nothing yet. */
async function as(UserName: string): Promise<CloudFormationClient> {
  const { iam, cloudformation } = target.clients;
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const own = cloudformation.config;
  return new CloudFormationClient({
    region: target.region,
    endpoint: own.endpoint,
    requestHandler: own.requestHandler,
    credentials: { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! },
  });
}

it('asks who describes stacks without naming one for cloudformation:ListStacks too', async () => {
  const looker = await as('looker');
  const may = async (...Action: string[]): Promise<void> => {
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
    });
    const asked = { UserName: 'looker', PolicyName: 'look', PolicyDocument };
    await target.clients.iam.send(new PutUserPolicyCommand(asked));
  };
  await may('cloudformation:DescribeStacks');
  await expect(looker.send(new DescribeStacksCommand({}))).rejects.toThrow(
    'is not authorized to perform: cloudformation:ListStacks',
  );
  await expect(looker.send(new DescribeStacksCommand({ StackName: 'none' }))).rejects.toThrow('does not exist');
  await may('cloudformation:DescribeStacks', 'cloudformation:ListStacks');
  await expect(looker.send(new DescribeStacksCommand({}))).resolves.toMatchObject({ Stacks: expect.any(Array) });
});

it('asks who starts the operation for iam:PassRole, to CloudFormation alone', async () => {
  const { iam } = target.clients;
  const starter = await as('starter');
  const may = async (service: string): Promise<void> => {
    const statements = [
      { Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: roleArn,
        Condition: { StringEquals: { 'iam:PassedToService': service } },
      },
    ];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await iam.send(new PutUserPolicyCommand({ UserName: 'starter', PolicyName: 'start', PolicyDocument }));
  };
  const asked = { StackName: 'passed', TemplateBody: template('a'), RoleARN: roleArn };
  await may('sagemaker.amazonaws.com');
  await expect(starter.send(new CreateStackCommand(asked))).rejects.toThrow(
    `is not authorized to perform: iam:PassRole on resource: ${roleArn}`,
  );
  await may('cloudformation.amazonaws.com');
  await starter.send(new CreateStackCommand(asked));
  // The user may not make a parameter; the role may.
  expect((await settled('passed')).StackStatus).toBe('CREATE_COMPLETE');
  await remove('passed');
});
