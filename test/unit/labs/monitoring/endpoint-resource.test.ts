/** The function behind the endpoint's stack, where AWS takes its time: new roles, and an endpoint that takes long. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient, type InvokeCommand } from '@aws-sdk/client-lambda';
import { handler } from '../../../../labs/monitoring/runtime/endpoint-resource/handler';
import type { CustomResourceEvent } from '../../../../lib/infra/lambda/answer';

const STACK = 'mla-labs-monitoring-me--endpoint';
const VERSION = 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mla-labs-monitoring-me/1';
const EVENT = {
  RequestType: 'Update',
  ResponseURL: 'https://localhost/answer?signature=x',
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/MlaLabs-Monitoring/0123',
  RequestId: 'request-1',
  ResourceType: 'Custom::MlaLabsEndpoint',
  LogicalResourceId: 'Endpoint',
  ResourceProperties: { stack: STACK, group: 'mla-labs-monitoring-me', deployRole: 'arn:r', learner: 'me' },
} as const satisfies CustomResourceEvent;
const context = (seconds: number) => ({ awsRequestId: 'run-1', getRemainingTimeInMillis: () => seconds * 1000 });

const put = jest.spyOn(globalThis, 'fetch');
const invoked = jest.spyOn(LambdaClient.prototype, 'send');
const formation = jest.spyOn(CloudFormationClient.prototype, 'send');
const answers = () => put.mock.calls.map(([, init]) => JSON.parse(String(init?.body)) as { Status: string });

/** What CloudFormation says, one after the other; the last goes on. */
function says(...script: (string | Error)[]): string[] {
  const asked: string[] = [];
  formation.mockImplementation((command: object) => {
    const name = command.constructor.name;
    asked.push(name);
    if (name === 'UpdateStackCommand') return {};
    const next = script.length > 1 ? script.shift()! : script[0]!;
    if (next instanceof Error) throw next;
    return {
      Stacks: [{ StackStatus: next, Parameters: [{ ParameterKey: 'ModelPackageArn', ParameterValue: VERSION }] }],
    };
  });
  return asked;
}

beforeEach(() => {
  jest.useFakeTimers();
  put.mockReset().mockImplementation(() => Promise.resolve(new Response(null, { status: 200 })));
  invoked.mockReset().mockImplementation(() => undefined);
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => jest.useRealTimers());

async function passes(going: Promise<void>): Promise<void> {
  await jest.advanceTimersByTimeAsync(3 * 60_000);
  await going;
}

test('a role that IAM does not know everywhere yet is asked for again, and the lab is not rolled back', async () => {
  const denied = Object.assign(new Error('User: arn:… is not authorized to perform: cloudformation:DescribeStacks'), {
    name: 'AccessDenied',
  });
  says(denied, denied, 'UPDATE_COMPLETE');
  await passes(handler(EVENT, context(900)));
  expect(answers()).toEqual([expect.objectContaining({ Status: 'SUCCESS' })]);
});

test('a permission that never comes is told within minutes', async () => {
  says(Object.assign(new Error('is not authorized'), { name: 'AccessDenied' }));
  await passes(handler(EVENT, context(900)));
  expect(answers()).toEqual([expect.objectContaining({ Status: 'FAILED' })]);
});

test('an endpoint that takes longer than a function lives: the next run waits on, and begins nothing', async () => {
  process.env.AWS_LAMBDA_FUNCTION_NAME = 'mla-labs-monitoring-me--serve';
  says('UPDATE_COMPLETE', 'UPDATE_IN_PROGRESS');
  await passes(handler(EVENT, context(90)));
  expect(answers()).toEqual([]);
  const { input } = invoked.mock.calls[0]![0] as InvokeCommand;
  expect(input).toMatchObject({ FunctionName: 'mla-labs-monitoring-me--serve', InvocationType: 'Event' });
  const next = JSON.parse(Buffer.from(input.Payload as Uint8Array).toString()) as CustomResourceEvent;
  const asked = says('UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE');
  await passes(handler(next, context(90)));
  expect(asked).not.toContain('UpdateStackCommand');
  expect(answers()).toEqual([expect.objectContaining({ Status: 'SUCCESS' })]);
});

test('one that takes more than an hour has failed', async () => {
  says('UPDATE_IN_PROGRESS');
  await passes(handler({ ...EVENT, handedOver: 3 }, context(90)));
  expect(invoked).not.toHaveBeenCalled();
  expect(answers()).toEqual([
    expect.objectContaining({ Status: 'FAILED', Reason: expect.stringContaining('UPDATE_IN_PROGRESS') as string }),
  ]);
});

test('CloudFormation is given a token by which it knows an update that is sent again', async () => {
  says('UPDATE_COMPLETE');
  await passes(handler(EVENT, context(900)));
  const sent = formation.mock.calls.map(([command]) => command as { input: { ClientRequestToken?: string } });
  const [update] = sent.filter(({ constructor: { name } }) => name === 'UpdateStackCommand');
  expect(update!.input.ClientRequestToken).toMatch(/^[\da-f-]{36}$/);
});
