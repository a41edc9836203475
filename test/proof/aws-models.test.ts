/** What breaks AWS's own models is refused as AWS refuses it, and told to whoever rehearses: requests, and properties of stacks. */
import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { StartJobRunCommand } from '@aws-sdk/client-glue';
import { PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Target } from '../../lib/target';
import type { Clients } from '../../lib/target/clients';
import { openPrivateTarget } from './private-target';

let target: Target;
beforeAll(async () => {
  target = await openPrivateTarget();
});
afterAll(() => target.close());

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

describe('a request', () => {
  test.each<[string, string, string, (clients: Clients) => Promise<unknown>]>([
    [
      'iam:CreateRole',
      'roleName',
      'ValidationError',
      ({ iam }) => iam.send(new CreateRoleCommand({ RoleName: 'a b', AssumeRolePolicyDocument: TRUST })),
    ],
    [
      'glue:StartJobRun',
      'timeout',
      'ValidationException',
      ({ glue }) => glue.send(new StartJobRunCommand({ JobName: 'j', Timeout: 0 })),
    ],
    [
      's3:PutBucketVersioning',
      'versioningConfiguration.status',
      'InvalidArgument',
      ({ s3 }) =>
        s3.send(
          new PutBucketVersioningCommand({ Bucket: 'b', VersioningConfiguration: { Status: 'On' as 'Enabled' } }),
        ),
    ],
    [
      'cloudwatch:PutMetricData',
      'namespace',
      'ValidationException',
      ({ cloudwatch }) => cloudwatch.send(new PutMetricDataCommand({ Namespace: ':x', MetricData: [] })),
    ],
  ])('%s that breaks its model at %s is refused, and told with its sender', async (operation, member, code, send) => {
    await expect(send(target.clients)).rejects.toMatchObject({
      name: code,
      message: expect.stringMatching(
        new RegExp(`1 validation error detected: Value '.*' at '${member}' failed to satisfy`),
      ),
    });
    expect(await target.invalid()).toContainEqual({
      principal: `arn:aws:iam::${target.account}:user/learner`,
      client: expect.stringMatching(/^aws-sdk-js\//),
      side: 'request',
      operation,
      member,
      problem: expect.stringContaining('failed to satisfy constraint'),
    });
  });

  test('that conforms is carried out, and an error that AWS has is no fault', async () => {
    const before = (await target.invalid()).length;
    await target.clients.iam.send(new CreateRoleCommand({ RoleName: 'right', AssumeRolePolicyDocument: TRUST }));
    await expect(target.clients.iam.send(new GetRoleCommand({ RoleName: 'gone' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
    expect(await target.invalid()).toHaveLength(before);
  });
});

/** Waits until the stack stands still. */
async function settled(StackName: string): Promise<string> {
  for (;;) {
    const { Stacks } = await target.clients.cloudformation.send(new DescribeStacksCommand({ StackName }));
    if (!Stacks![0]!.StackStatus!.endsWith('_IN_PROGRESS')) return Stacks![0]!.StackStatus!;
    await target.clock.sleep(target.clients.pollMs);
  }
}

async function reasons(StackName: string): Promise<string> {
  const { StackEvents } = await target.clients.cloudformation.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents!.map(({ ResourceStatusReason = '' }) => ResourceStatusReason).join('\n');
}

const bodyOf = (Type: string, Properties: object): string =>
  JSON.stringify({ Resources: { Thing: { Type, Properties } } });

describe('a stack', () => {
  test.each<[string, string, object, string]>([
    ['misspelt', 'AWS::SNS::Topic', { TopicNme: 't' }, '#: extraneous key [TopicNme] is not permitted'],
    ['read-only', 'AWS::SQS::Queue', { Arn: 'a' }, '#: extraneous key [Arn] is not permitted'],
    ['incomplete', 'AWS::SSM::Parameter', { Type: 'String' }, '#: required key [Value] not found'],
    [
      'impossible',
      'AWS::Logs::LogGroup',
      { RetentionInDays: 8 },
      '#/RetentionInDays: failed validation constraint for keyword [enum]',
    ],
  ])('with a property that is %s is refused, and nothing is made', async (name, type, properties, words) => {
    await target.clients.cloudformation.send(
      new CreateStackCommand({ StackName: name, TemplateBody: bodyOf(type, properties) }),
    );
    expect(await settled(name)).toBe('ROLLBACK_COMPLETE');
    expect(await reasons(name)).toContain(`Properties validation failed for resource Thing with message:\n${words}`);
  });

  const role = (properties: object): string =>
    bodyOf('AWS::IAM::Role', { AssumeRolePolicyDocument: JSON.parse(TRUST) as object, ...properties });

  test('that keeps the name of a role which has to be replaced is refused, and the role stays as it is', async () => {
    const named = { StackName: 'named', Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
    const { cloudformation, iam } = target.clients;
    await cloudformation.send(new CreateStackCommand({ ...named, TemplateBody: role({ RoleName: 'kept' }) }));
    expect(await settled('named')).toBe('CREATE_COMPLETE');
    await cloudformation.send(
      new UpdateStackCommand({ ...named, TemplateBody: role({ RoleName: 'kept', Path: '/a/' }) }),
    );
    expect(await settled('named')).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await reasons('named')).toContain(
      'CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename kept and update the stack again.',
    );
    expect((await iam.send(new GetRoleCommand({ RoleName: 'kept' }))).Role!.Path).toBe('/');
  });

  test('whose role has no name of its own gets another, and the first one goes', async () => {
    const unnamed = { StackName: 'unnamed', Capabilities: ['CAPABILITY_IAM' as const] };
    const { cloudformation, iam } = target.clients;
    const outputs = { Outputs: { Name: { Value: { Ref: 'Thing' } } } };
    const body = (Path: string): string => JSON.stringify({ ...(JSON.parse(role({ Path })) as object), ...outputs });
    const made = async (): Promise<string> =>
      (await cloudformation.send(new DescribeStacksCommand({ StackName: 'unnamed' }))).Stacks![0]!.Outputs![0]!
        .OutputValue!;
    await cloudformation.send(new CreateStackCommand({ ...unnamed, TemplateBody: body('/') }));
    expect(await settled('unnamed')).toBe('CREATE_COMPLETE');
    const first = await made();
    await cloudformation.send(new UpdateStackCommand({ ...unnamed, TemplateBody: body('/a/') }));
    expect(await settled('unnamed')).toBe('UPDATE_COMPLETE');
    const second = await made();
    expect(second).not.toBe(first);
    expect((await iam.send(new GetRoleCommand({ RoleName: second }))).Role!.Path).toBe('/a/');
    await expect(iam.send(new GetRoleCommand({ RoleName: first }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
  });
});

test('no answer breaks a model', async () => {
  expect((await target.invalid()).filter(({ side }) => side === 'answer')).toEqual([]);
});
