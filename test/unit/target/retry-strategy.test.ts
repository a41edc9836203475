/** A client that is throttled for thousands of requests tries each of them as often as the first. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { StandardRetryStrategy } from '@smithy/core/retry';
import { RetriesByRequest } from '../../../lib/target/retry-strategy';

const IDENTITY =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000000000000</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';
const THROTTLED =
  '<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>';

let server: Server;
let asked = 0;
/** How often each request is throttled before it is answered. */
let refusals = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1;
    const attempt = Number(/attempt=(\d+)/.exec(String(request.headers['amz-sdk-request']))?.[1]);
    response.writeHead(attempt <= refusals ? 400 : 200, { 'content-type': 'text/xml' });
    response.end(attempt <= refusals ? THROTTLED : IDENTITY);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function client(strategy: RetriesByRequest): STSClient {
  return new STSClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    retryStrategy: strategy,
  });
}

/** No pauses: how long they are is the SDK's. */
beforeEach(() => {
  asked = 0;
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => jest.restoreAllMocks());

test('no request pays for what others needed', async () => {
  refusals = 2;
  const sts = client(new RetriesByRequest(3));
  // The quota of a client of the SDK would be used up after some fifty.
  for (let request = 0; request < 80; request += 1)
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({ Account: '000000000000' });
  expect(asked).toBe(240);
  sts.destroy();
});

test('a request that is throttled without end is given up after its attempts, with the service’s own error', async () => {
  refusals = 1000;
  const sts = client(new RetriesByRequest(3));
  await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'Throttling' });
  expect(asked).toBe(3);
  sts.destroy();
});

test('the SDK’s own strategy gives a client one quota for all', async () => {
  const strategy = new StandardRetryStrategy(3);
  const before = strategy.getCapacity();
  const token = await strategy.acquireInitialRetryToken('');
  await strategy.refreshRetryTokenForRetry(token, { errorType: 'THROTTLING' });
  expect(strategy.getCapacity()).toBeLessThan(before);
});
