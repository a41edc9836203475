/** Endpoints made by CloudFormation and asked by stock clients: updates that come through, one that an alarm takes back. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeEndpointCommand, ListEndpointConfigsCommand, ListModelsCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { makeTarGz } from '../../lib/aws/archive';
import type { Target } from '../../lib/target';
import { AwsCli } from './aws-cli';
import { openPrivateTarget } from './private-target';

const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0';

function alarm(AlarmName: string, MetricName: string): object {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName,
      Namespace: 'AWS/SageMaker',
      MetricName,
      Dimensions: [
        { Name: 'EndpointName', Value: 'flights' },
        { Name: 'VariantName', Value: 'AllTraffic' },
      ],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    },
  };
}

const TEMPLATE = JSON.stringify({
  Parameters: {
    Data: { Type: 'String' },
    Role: { Type: 'String' },
    Bake: { Type: 'Number' },
    Alarm: { Type: 'String' },
  },
  Resources: {
    Errors: alarm('errors', 'Invocation5XXErrors'),
    Refusals: alarm('refusals', 'Invocation4XXErrors'),
    Model: {
      Type: 'AWS::SageMaker::Model',
      Properties: {
        ExecutionRoleArn: { Ref: 'Role' },
        PrimaryContainer: {
          Image: IMAGE,
          ModelDataUrl: { Ref: 'Data' },
          Environment: { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' },
        },
      },
    },
    Config: {
      Type: 'AWS::SageMaker::EndpointConfig',
      Properties: {
        ProductionVariants: [
          {
            VariantName: 'AllTraffic',
            ModelName: { 'Fn::GetAtt': ['Model', 'ModelName'] },
            InstanceType: 'ml.t2.medium',
            InitialInstanceCount: 1,
            InitialVariantWeight: 1,
          },
        ],
      },
    },
    Endpoint: {
      Type: 'AWS::SageMaker::Endpoint',
      DependsOn: ['Errors', 'Refusals'],
      Properties: {
        EndpointName: 'flights',
        EndpointConfigName: { 'Fn::GetAtt': ['Config', 'EndpointConfigName'] },
        DeploymentConfig: {
          BlueGreenUpdatePolicy: {
            TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 },
            TerminationWaitInSeconds: { Ref: 'Bake' },
          },
          AutoRollbackConfiguration: { Alarms: [{ AlarmName: { Ref: 'Alarm' } }] },
        },
      },
    },
  },
  Outputs: { Config: { Value: { 'Fn::GetAtt': ['Config', 'EndpointConfigName'] } } },
});

function script(word: string): string {
  const answer = word === 'broken' ? 'raise ValueError("broken")' : `return "${word}", "text/csv"`;
  return `def model_fn(model_dir):\n    return 1\n\ndef transform_fn(model, body, content_type, accept):\n    ${answer}\n`;
}

let target: Target;
let cli: AwsCli;
let role: string;
let folder: string;
let flowing = true;
let flow: Promise<void> = Promise.resolve();

beforeAll(async () => {
  cli = new AwsCli();
  folder = mkdtempSync(join(tmpdir(), 'mla-endpoints-'));
  target = await openPrivateTarget();
  const { iam, s3 } = target.clients;
  const statement = (more: object): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });
  const trust = statement({ Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' });
  const made = await iam.send(new CreateRoleCommand({ RoleName: 'serve', AssumeRolePolicyDocument: trust }));
  role = made.Role!.Arn!;
  const Action = ['s3:GetObject', 'logs:*', 'cloudwatch:DescribeAlarms'];
  const PolicyDocument = statement({ Action, Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'serve', PolicyName: 'serve', PolicyDocument }));
  await s3.send(new CreateBucketCommand({ Bucket: 'models' }));
  const put = (Key: string, Body: Buffer): Promise<unknown> =>
    s3.send(new PutObjectCommand({ Bucket: 'models', Key, Body }));
  await put('flights', readFileSync(resolve('data/prepared/model/model.tar.gz')));
  for (const word of ['good', 'broken', 'better'])
    await put(word, makeTarGz([{ name: 'code/inference.py', content: Buffer.from(script(word)) }]));
});

afterAll(async () => {
  flowing = false;
  await flow;
  cli.stop();
  try {
    await target.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function deployed(model: string, bake = '60', Alarm = 'errors'): Promise<string> {
  const { cloudformation } = target.clients;
  const StackName = 'endpoint';
  const given = { Data: `s3://models/${model}`, Role: role, Bake: bake, Alarm };
  const Parameters = Object.entries(given).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
  const input = { StackName, TemplateBody: TEMPLATE, Parameters };
  const standing = await cloudformation.send(new DescribeStacksCommand({ StackName })).catch(() => undefined);
  if (standing?.Stacks?.length) await cloudformation.send(new UpdateStackCommand(input));
  else await cloudformation.send(new CreateStackCommand(input));
  return settled();
}

async function settled(): Promise<string> {
  for (;;) {
    const answer = await target.clients.cloudformation
      .send(new DescribeStacksCommand({ StackName: 'endpoint' }))
      .catch(() => undefined);
    const status = answer?.Stacks?.[0]?.StackStatus ?? 'DELETE_COMPLETE';
    if (!status.endsWith('IN_PROGRESS')) return status;
    await target.clock.sleep(target.clients.pollMs);
  }
}

async function ask(body = '1'): Promise<string> {
  const input = { EndpointName: 'flights', ContentType: 'text/csv', Accept: 'text/csv', Body: body };
  const { Body } = await target.clients.sagemakerRuntime.send(new InvokeEndpointCommand(input));
  return Buffer.from(Body!).toString();
}

function shell(line: string, env?: NodeJS.ProcessEnv): { status: number | null; output: string } {
  return cli.shell(target, line, { cwd: folder, env });
}

async function hosting(): Promise<[number, number, string]> {
  const { sagemaker } = target.clients;
  const { Models = [] } = await sagemaker.send(new ListModelsCommand({}));
  const { EndpointConfigs = [] } = await sagemaker.send(new ListEndpointConfigsCommand({}));
  const shown = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'flights' }));
  expect(shown.EndpointStatus).toBe('InService');
  return [Models.length, EndpointConfigs.length, shown.EndpointConfigName!];
}

test('a stack brings an endpoint up; the AWS CLI waits for it and asks it, with permission only', async () => {
  expect(await deployed('good')).toBe('CREATE_COMPLETE');
  const invoke =
    "aws sagemaker-runtime invoke-endpoint --endpoint-name flights --content-type text/csv --body '1,2' out";
  const done = shell(`aws sagemaker wait endpoint-in-service --endpoint-name flights && ${invoke} && cat out`);
  expect(done.output).toContain('"InvokedProductionVariant": "AllTraffic"');
  expect(done.output.trim().endsWith('good')).toBe(true);
  const { iam } = target.clients;
  await iam.send(new CreateUserCommand({ UserName: 'stranger' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'stranger' }));
  const keys = { AWS_ACCESS_KEY_ID: AccessKey!.AccessKeyId!, AWS_SECRET_ACCESS_KEY: AccessKey!.SecretAccessKey! };
  const refused = shell(invoke, { ...keys, AWS_SESSION_TOKEN: '' });
  expect(refused.output).toMatch(/AccessDenied.*sagemaker:InvokeEndpoint/s);
  const denied = await target.denied();
  expect(denied.map(({ action }) => action)).toContain('sagemaker:InvokeEndpoint');
});

test('a release that errors is taken back by its alarm: the stack rolls back, the old model serves', async () => {
  const before = await hosting();
  const answers: string[] = [];
  flow = (async () => {
    while (flowing) answers.push(await ask().catch((error: Error) => error.name));
  })();
  expect(await deployed('broken', '3600')).toBe('UPDATE_ROLLBACK_COMPLETE');
  flowing = false;
  await flow;
  expect(new Set(answers)).toEqual(new Set(['good', 'ModelError']));
  expect(await ask()).toBe('good');
  expect(await hosting()).toEqual(before);
  const { StackEvents = [] } = await target.clients.cloudformation.send(
    new DescribeStackEventsCommand({ StackName: 'endpoint' }),
  );
  const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED')!;
  expect(failed.LogicalResourceId).toBe('Endpoint');
  expect(failed.ResourceStatusReason).toContain('did not stabilize. The deployment was rolled back');
});

test('a release that works replaces model and configuration, and leaves none of the old', async () => {
  const [, , old] = await hosting();
  // The errors of the last release keep their alarm up for a minute: another alarm watches this one.
  expect(await deployed('flights', '0', 'refusals')).toBe('UPDATE_COMPLETE');
  const [models, configs, now] = await hosting();
  expect([models, configs]).toEqual([1, 1]);
  expect(now).not.toBe(old);
  await expect(ask('1,2,3')).rejects.toMatchObject({ name: 'ModelError', OriginalStatusCode: 400 });
});

test('deleting the stack leaves nothing behind', async () => {
  await target.clients.cloudformation.send(new DeleteStackCommand({ StackName: 'endpoint' }));
  expect(await settled()).toBe('DELETE_COMPLETE');
  const done = shell('aws sagemaker wait endpoint-deleted --endpoint-name flights && aws sagemaker list-endpoints');
  expect(JSON.parse(done.output).Endpoints).toEqual([]);
  expect((await target.inventory()).filter((name) => name.startsWith('sagemaker/'))).toEqual([]);
});
