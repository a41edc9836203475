/** What serves, followed from the endpoint to the version and held against the stack. */
import { servingAt, servingFault, endpointStackOf } from '../../../../labs/deployment/endpoint/serving';
import { fakeRun, GROUP, named, PLACE, type Operations } from './fakes';

interface World {
  endpoint?: object;
  version?: string;
  stackVersion?: string;
  stackConfig?: string;
  stackStatus?: string;
}

function world({
  endpoint,
  version = '1',
  stackVersion = '1',
  stackConfig = 'config-1',
  stackStatus,
}: World): Operations {
  return {
    DescribeEndpoint: () => ({
      EndpointName: 'production',
      EndpointConfigName: 'config-1',
      EndpointStatus: 'InService',
      ...endpoint,
    }),
    DescribeEndpointConfig: () => ({
      ProductionVariants: [{ ModelName: 'model-1' }],
      DataCaptureConfig: { EnableCapture: true, InitialSamplingPercentage: 100 },
    }),
    DescribeModel: () => ({ PrimaryContainer: { ModelPackageName: `${GROUP}/${version}` } }),
    DescribeStacks: () => ({
      Stacks: [
        {
          StackId: 'id',
          StackStatus: stackStatus ?? 'UPDATE_COMPLETE',
          Parameters: [{ ParameterKey: 'ModelPackageArn', ParameterValue: `${GROUP}/${stackVersion}` }],
        },
      ],
    }),
    DescribeStackResources: () => ({
      StackResources: [
        {
          ResourceType: 'AWS::SageMaker::EndpointConfig',
          PhysicalResourceId: `arn:aws:sagemaker:r:1:endpoint-config/${stackConfig}`,
        },
      ],
    }),
  };
}

const fault = (of: World): Promise<string | undefined> =>
  servingFault(fakeRun(world(of)).run, PLACE.production, `${GROUP}/1`);

test('endpoint, configuration, model, stack and version agree: no fault', async () => {
  expect(await fault({})).toBeUndefined();
  expect(await servingAt(fakeRun(world({})).run, PLACE.production)).toMatchObject({
    status: 'InService',
    version: `${GROUP}/1`,
    captures: true,
    serverless: false,
  });
});

test('a name that CloudFormation made has capitals, and its ARN has none: it is the same configuration', async () => {
  const endpoint = { EndpointConfigName: 'EndpointConfig-Xk3vQ9' };
  expect(await fault({ endpoint, stackConfig: 'endpointconfig-xk3vq9' })).toBeUndefined();
});

test.each<[string, World, RegExp]>([
  [
    'an alarm that rolled back',
    { stackConfig: 'config-2' },
    /uses the configuration config-1, and its stack made config-2: an alarm rolled it back/,
  ],
  ['another version', { version: '2', stackVersion: '2' }, /serves version 2, not version 1/],
  [
    'an UpdateEndpoint past the stack',
    { stackVersion: '2' },
    /stack production-stack was told version 2, not version 1: its next update would bring that back/,
  ],
  [
    'an endpoint that failed',
    { endpoint: { EndpointStatus: 'Failed', FailureReason: 'ping health check' } },
    /is Failed: ping health check/,
  ],
  ['an endpoint that is changing', { endpoint: { EndpointStatus: 'Updating' } }, /is Updating/],
  ['a stack that is stuck', { stackStatus: 'UPDATE_ROLLBACK_FAILED' }, /is UPDATE_ROLLBACK_FAILED/],
])('%s is named', async (_what, of, says) => {
  expect(await fault(of)).toMatch(says);
});

test('no endpoint, and an endpoint without a stack', async () => {
  const gone = (name: string, message: string) => () => {
    throw named(name, message);
  };
  const none = { ...world({}), DescribeEndpoint: gone('ValidationException', 'Could not find endpoint "production".') };
  expect(await servingFault(fakeRun(none).run, PLACE.production, `${GROUP}/1`)).toMatch(/there is no endpoint/);
  const byHand = {
    ...world({}),
    DescribeStacks: gone('ValidationError', 'Stack with id production-stack does not exist'),
  };
  expect(await servingFault(fakeRun(byHand).run, PLACE.production, `${GROUP}/1`)).toMatch(/was made by hand/);
  expect(await endpointStackOf(fakeRun(byHand).run, PLACE.production)).toBeUndefined();
});
