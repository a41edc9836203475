import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { invokeEndpoint, requestErrorText } from '../../../../lib/aws/invoke-endpoint';

/** An endpoint that refuses each request so often, and says 0.5. */
function refusing(name: string, times: number): { runtime: SageMakerRuntimeClient; asked: object[] } {
  const asked: object[] = [];
  const send = async ({ input }: { input: object }): Promise<object> => {
    asked.push(input);
    if (asked.length <= times) throw Object.assign(new Error('Rate exceeded'), { name });
    return { Body: Buffer.from('0.500000\n') };
  };
  return { runtime: { send } as unknown as SageMakerRuntimeClient, asked };
}

test('a request that is throttled longer than the client tries is sent again', async () => {
  const { runtime, asked } = refusing('ThrottlingException', 4);
  await expect(invokeEndpoint(runtime, 'endpoint', '1,2', { inferenceId: 'a', pauseMs: 0 })).resolves.toBe('0.500000');
  expect(asked).toHaveLength(5);
  expect(asked[4]).toMatchObject({ EndpointName: 'endpoint', Body: '1,2', InferenceId: 'a' });
});

test('an endpoint that throttles without end is given up', async () => {
  const { runtime } = refusing('ThrottlingException', 1000);
  await expect(invokeEndpoint(runtime, 'endpoint', '1', { pauseMs: 0 })).rejects.toThrow('Rate exceeded');
});

test('what the model refuses is asked once', async () => {
  const { runtime, asked } = refusing('ModelError', 1);
  await expect(invokeEndpoint(runtime, 'endpoint', '1')).rejects.toThrow();
  expect(asked).toHaveLength(1);
});

test('an error is told in one line, in the words of the model where it said something', () => {
  const error = Object.assign(new Error('Received client error (400) …'), {
    name: 'ModelError',
    OriginalMessage: '<p>27 columns\nwhere 28 are expected</p>',
  });
  expect(requestErrorText(error)).toBe('ModelError: 27 columns where 28 are expected');
});
