/** Deleting an endpoint that somebody let scale: its targets are deregistered as whoever deletes it, or it stays. */
import { deregisterScaling } from '../../../../local-cloud/services/sagemaker/endpointScaling';
import type { Principal } from '../../../../local-cloud/services/service';

interface Request {
  readonly constructor: { readonly name: string };
  readonly input: { readonly ResourceId?: string };
}

const TARGETS = ['endpoint/air/variant/AllTraffic', 'endpoint/air-2/variant/AllTraffic', 'endpoint/air/variant/Canary'];

/** @returns who deregistered what */
async function deleted(endpoint: string, keys: string, refusal?: Error): Promise<string[]> {
  const log: string[] = [];
  const principal = (name: string, accessKeyId: string): Principal =>
    ({
      credentials: { accessKeyId },
      autoscaling: {
        send: async ({ constructor, input }: Request) => {
          if (constructor.name === 'DescribeScalableTargetsCommand')
            return { ScalableTargets: TARGETS.map((ResourceId) => ({ ResourceId })) };
          if (refusal) throw refusal;
          log.push(`${name} ${input.ResourceId}`);
          return {};
        },
      },
    }) as unknown as Principal;
  const root = principal('root', 'ROOT');
  await deregisterScaling({ root: () => root }, endpoint, principal('caller', keys));
  return log;
}

test('the caller deregisters the targets of this endpoint, and of no other', async () => {
  expect(await deleted('air', 'AKIA')).toEqual([
    'caller endpoint/air/variant/AllTraffic',
    'caller endpoint/air/variant/Canary',
  ]);
  expect(await deleted('sea', 'AKIA')).toEqual([]);
});

test('for CloudFormation, whose role was asked before, SageMaker does it', async () => {
  expect(await deleted('air-2', '')).toEqual(['root endpoint/air-2/variant/AllTraffic']);
});

test('a caller who may not keeps the endpoint, in AWS’s words', async () => {
  const refused = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  await expect(deleted('air', 'AKIA', refused)).rejects.toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining('does not have application-autoscaling:DeregisterScalableTarget permission'),
  });
  await expect(deleted('sea', 'AKIA', refused)).resolves.toEqual([]);
});
