/** The one request that is signed without the SDK's client of its service. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FreeTierClient, read } from '../../../lib/target/free-tier';
import { RequestRecorder } from '../../../lib/target/recorder';

let server: Server;
let asked: { headers: IncomingMessage['headers']; body: string } | undefined;
let answer: readonly [status: number, body: object | string];
beforeEach(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (text) => (body += text));
    request.on('end', () => {
      asked = { headers: request.headers, body };
      response.writeHead(answer[0]).end(typeof answer[1] === 'string' ? answer[1] : JSON.stringify(answer[1]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

function client(recorder?: RequestRecorder): FreeTierClient {
  const { port } = server.address() as AddressInfo;
  return new FreeTierClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' },
    recorder,
  });
}

test('it is a JSON 1.0 request of the operation, signed for us-east-1 whatever the Region of the target', async () => {
  answer = [200, { accountPlanType: 'FREE' }];
  const recorder = new RequestRecorder();
  const asking = client(recorder);
  expect(await asking.getAccountPlanState()).toEqual({ accountPlanType: 'FREE' });
  asking.destroy();
  expect(asked!.body).toBe('{}');
  expect(asked!.headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'AWSFreeTierService.GetAccountPlanState',
    'x-amz-security-token': 'token',
  });
  expect(asked!.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/freetier\/aws4_request, SignedHeaders=[^ ]*host[^ ]*, Signature=[0-9a-f]{64}$/,
  );
  expect(recorder.requests).toMatchObject([{ service: 'FreeTier', operation: 'GetAccountPlanState', outcome: 'ok' }]);
});

test('a refusal has the service’s own name', async () => {
  answer = [400, { __type: 'com.amazonaws.freetier#AccessDeniedException', message: 'you may not' }];
  const asking = client();
  await expect(asking.getAccountPlanState()).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'you may not',
  });
  asking.destroy();
});

test.each([
  [502, '<html>', 'SerializationException'],
  [500, '{}', 'Http500'],
])('what is no answer of the service is an error: %i %s', (status, body, name) => {
  expect(() => read(status, body)).toThrow(expect.objectContaining({ name }) as Error);
});
