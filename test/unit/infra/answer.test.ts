import { answer, type CustomResourceEvent } from '../../../lib/infra/lambda/answer';
import { handler } from '../../../lib/infra/lambda/handler';

const EVENT: CustomResourceEvent = {
  RequestType: 'Create',
  ResponseURL: 'https://localhost/answer?signature=x',
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/MlaLabs-DataPrep/0123',
  RequestId: 'request-1',
  ResourceType: 'Custom::MlaLabsRecord',
  LogicalResourceId: 'Record',
  ResourceProperties: {},
};
const put = jest.spyOn(globalThis, 'fetch');
const sent = (): Record<string, string> =>
  JSON.parse(String(put.mock.calls.at(-1)?.[1]?.body)) as Record<string, string>;

beforeEach(() => put.mockReset().mockImplementation(() => Promise.resolve(new Response(null, { status: 200 }))));

test('the answer names the request, and the same thing at every request', async () => {
  await answer(EVENT, 'SUCCESS', 'done');
  expect(put).toHaveBeenCalledWith(EVENT.ResponseURL, expect.objectContaining({ method: 'PUT' }));
  const first = sent();
  expect(first).toMatchObject({ Status: 'SUCCESS', Reason: 'done', RequestId: 'request-1', StackId: EVENT.StackId });
  await answer({ ...EVENT, RequestType: 'Update', RequestId: 'request-2' }, 'SUCCESS', 'done');
  expect(sent().PhysicalResourceId).toBe(first.PhysicalResourceId);
});

test('an answer stays below the 4 KB that CloudFormation takes', async () => {
  await answer(EVENT, 'FAILED', 'x'.repeat(10_000));
  expect(String(put.mock.calls[0]?.[1]?.body).length).toBeLessThan(4096);
});

test('a custom resource that nobody knows fails, and CloudFormation is told', async () => {
  process.env.AWS_REGION = 'eu-west-1';
  Object.assign(process.env, { MLA_LABS_LAB: 'data-prep', MLA_LABS_LEARNER: 'me', MLA_LABS_STACK_ID: EVENT.StackId });
  const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  await handler({ ...EVENT, ResourceType: 'Custom::Other' }, { getRemainingTimeInMillis: () => 60_000 });
  expect(sent()).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('Custom::Other') });
  log.mockRestore();
});

test('a function that does not know its lab still answers', async () => {
  process.env.MLA_LABS_LAB = 'cooking';
  const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  await handler(EVENT, { getRemainingTimeInMillis: () => 60_000 });
  expect(sent()).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('cooking') });
  log.mockRestore();
});
