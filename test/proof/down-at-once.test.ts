/** `down` while others act on the same lab: a second `down`, the lease, an update; and a lab whose lease somebody broke. */
import { CreateStackCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { DeleteRoleCommand, DeleteRolePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { ListSubscriptionsByTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Lease } from './lease';
import { Stage } from './stage';
import { until } from './until';

let stage: Stage;
let before: readonly string[];
beforeAll(async () => {
  stage = await Stage.open('data-prep');
  await stage.up('ana');
  before = await stage.target.inventory();
});
afterAll(() => stage?.close());

async function changedSince(): Promise<{ more: string[]; fewer: string[] }> {
  const now = await stage.target.inventory();
  return { more: now.filter((one) => !before.includes(one)), fewer: before.filter((one) => !now.includes(one)) };
}
const NOTHING = { more: [], fewer: [] };
const DOWN = 'down data-prep --target local --yes';

/** A role without its policies, and then none: as somebody does it who tidies up in the console. */
async function deleteRole(logicalId: string): Promise<void> {
  const RoleName = await stage.physical('AWS::IAM::Role', logicalId);
  const { iam } = stage.target.clients;
  for (const PolicyName of (await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames ?? [])
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
}

/** The lease is over, and its function runs. @returns what it did */
async function leaseActs(): Promise<{ did?: string; why?: string }> {
  const lease = await Lease.of(stage);
  await lease.end();
  return lease.act();
}

test('--dry-run shows what steps made, in order, and sends nothing but reads', async () => {
  await stage.up();
  await stage.act('ingest', 'crawl');
  const inventory = await stage.target.inventory();
  const { requests } = stage.target.recorder;
  const from = requests.length;
  const { code, out } = await stage.cli('down data-prep --target local --dry-run');
  expect(code).toBe(0);
  const at = (text: string): number => {
    const index = out.indexOf(text);
    expect([text, index]).not.toEqual([text, -1]);
    return index;
  };
  expect(at('Glue tables: ')).toBeLessThan(at('the stack MlaLabs-DataPrep (CREATE_COMPLETE)'));
  expect(at('the stack MlaLabs-DataPrep')).toBeLessThan(at('the record /mla-labs/me/data-prep'));
  const asked = requests.slice(from).map(({ operation }) => operation);
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((operation) => !/^(Describe|List|Get|BatchGet|Head)/.test(operation))).toEqual([]);
  expect(await stage.target.inventory()).toEqual(inventory);
});

test('two downs at once, and one of another learner beside them: each ends, nothing is left, nobody loses anything', async () => {
  const both = await Promise.all([stage.cli(DOWN), stage.cli(DOWN)]);
  expect(both.map(({ code, err }) => [code, code === 0 ? '' : err])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  expect(await changedSince()).toEqual(NOTHING);
});

test('down while the lease acts', async () => {
  await stage.up();
  await stage.act('ingest');
  const [lease, down] = await Promise.all([leaseActs(), stage.cli(DOWN)]);
  expect(['deleted', 'nothing', 'swept']).toContain(lease.did);
  expect([down.code, down.code === 0 ? '' : down.err]).toEqual([0, '']);
  expect(await changedSince()).toEqual(NOTHING);
});

test('down while the stack is updated: the update is cancelled or ends, then all goes', async () => {
  await stage.up();
  const { cloudformation } = stage.target.clients;
  const { stackName } = await stage.run();
  const Parameters = [{ ParameterKey: 'LeaseHours', ParameterValue: '9' }];
  const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
  await cloudformation.send(
    new UpdateStackCommand({ StackName: stackName, UsePreviousTemplate: true, Parameters, Capabilities, Tags: tags() }),
  );
  const down = await stage.cli(DOWN);
  expect([down.code, down.code === 0 ? '' : down.err]).toEqual([0, '']);
  expect(await changedSince()).toEqual(NOTHING);
});

function tags(): { Key: string; Value: string }[] {
  return [
    { Key: 'mla-labs:lab', Value: 'data-prep' },
    { Key: 'mla-labs:learner', Value: 'me' },
  ];
}

test('a half made stack, whose creation failed and was not rolled back, goes', async () => {
  const { cloudformation } = stage.target.clients;
  const TemplateBody = JSON.stringify({
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
      },
      Never: { Type: 'AWS::Lambda::Function', DependsOn: 'Role', Properties: { Role: 'none', Code: {} } },
    },
  });
  await cloudformation.send(
    new CreateStackCommand({
      StackName: 'MlaLabs-DataPrep',
      TemplateBody,
      OnFailure: 'DO_NOTHING',
      Capabilities: ['CAPABILITY_IAM'],
      Tags: tags(),
    }),
  );
  const down = await stage.cli(DOWN);
  expect([down.code, down.code === 0 ? '' : down.err]).toEqual([0, '']);
  expect(await changedSince()).toEqual(NOTHING);
});

test('the lease’s role is gone: down says so, sweeps itself, and does not wait for a function that cannot answer', async () => {
  await stage.up();
  await stage.act('ingest');
  await deleteRole('Lease');
  const down = await stage.cli(DOWN);
  expect([down.code, down.code === 0 ? '' : down.err]).toEqual([0, '']);
  expect(down.out.replaceAll(/\s+/g, ' ')).toContain('somebody deleted the role of the function');
  expect(await changedSince()).toEqual(NOTHING);
});

test('a role of the lab is gone, and the learner’s machine off: the lease alone ends the lab, tells so, and leaves nothing of its own', async () => {
  const { sns, sqs } = stage.target.clients;
  await stage.up('me', {}, { LeaseEmail: 'me@example.com' });
  await stage.act('ingest');
  // What the topic sends by e-mail, a queue gets as well.
  const TopicArn = await stage.physical('AWS::SNS::Topic', 'Lease');
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  expect(Subscriptions).toMatchObject([{ Protocol: 'email', Endpoint: 'me@example.com' }]);
  const Endpoint = `arn:aws:sqs:${stage.target.region}:${stage.target.account}:letters`;
  const sender = { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage' };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...sender, Resource: Endpoint }] });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'letters', Attributes: { Policy } }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
  await deleteRole('TransformRole');
  expect(await leaseActs()).toMatchObject({ did: 'deleted' });
  await until(() => stage.stackIsGone());
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  expect(Messages).toHaveLength(1);
  const { Subject, Message } = JSON.parse(Messages[0]!.Body!) as { Subject: string; Message: string };
  expect(Subject).toBe('mla-labs: data-prep is being removed');
  expect(Message).toContain('./lab down data-prep');
  await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  expect(await changedSince()).toEqual(NOTHING);
});
