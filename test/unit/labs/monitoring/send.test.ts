import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { Flight } from '../../../../labs/monitoring/traffic/flights';
import { sendFlights } from '../../../../labs/monitoring/traffic/send';

const FLIGHTS = [1, 2, 3].map((row) => ({ row, body: `${row}` }) as unknown as Flight);

/** An endpoint that refuses each flight so often. */
function refusing(name: string, times: number): { runtime: SageMakerRuntimeClient; asked: string[] } {
  const asked: string[] = [];
  const send = async ({ input }: { input: { Body: string } }): Promise<object> => {
    asked.push(input.Body);
    const before = asked.filter((body) => body === input.Body).length - 1;
    if (before < times) throw Object.assign(new Error('Rate exceeded'), { name });
    return {};
  };
  return { runtime: { send } as unknown as SageMakerRuntimeClient, asked };
}

test('flights that are throttled longer than the client tries are asked about again', async () => {
  const { runtime, asked } = refusing('ThrottlingException', 4);
  await sendFlights(runtime, 'endpoint', 'held-out', FLIGHTS, 'stamp', 0);
  expect(asked).toHaveLength(FLIGHTS.length * 5);
});

test('an endpoint that throttles without end is given up', async () => {
  const { runtime } = refusing('ThrottlingException', 1000);
  await expect(sendFlights(runtime, 'endpoint', 'held-out', FLIGHTS, 'stamp', 0)).rejects.toThrow('Rate exceeded');
});

test('what the model refuses is asked once', async () => {
  const { runtime, asked } = refusing('ModelError', 1);
  await expect(sendFlights(runtime, 'endpoint', 'held-out', FLIGHTS.slice(0, 1), 'stamp', 0)).rejects.toThrow();
  expect(asked).toEqual(['1']);
});
