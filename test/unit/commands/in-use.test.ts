/** A quota is worth what is left of it: `up` says what is in use, by what, before anything is made. */
import type { QuotaNeed } from '../../../lib/course/model';
import { QUOTAS } from '../../../lib/facts/quotas';
import { Exit } from '../../../lib/course/errors';
import { World } from './fakes';

const { endpointT2Medium, processingT3Medium, serverlessConcurrency, trainingM5Large } = QUOTAS;

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.clean());

const flat = (text: string): string => text.replace(/\s+/g, ' ');
const deployed = (): boolean => world.cloud.log.some((line) => line.startsWith('deploy'));
const wide = { columns: 300 };

function needing(need: QuotaNeed, applied: number): void {
  Object.assign(world.lab, { quotas: [need] });
  world.cloud.quotas.set(need.quota.code, applied);
}

/** SageMaker with these endpoints, processing jobs and training jobs, by their instance types. */
function account(held: {
  endpoints?: Record<string, { type?: string; count?: number; serverless?: number; tags?: Record<string, string> }>;
  processing?: Record<string, string>;
  training?: Record<string, string>;
}): void {
  const { endpoints = {}, processing = {}, training = {} } = held;
  world.cloud.sagemaker = ({ constructor, input }) => {
    const asked = input as Record<string, string>;
    switch (constructor.name) {
      case 'ListEndpointsCommand':
        return { Endpoints: Object.keys(endpoints).map((name) => ({ EndpointName: name, EndpointArn: name })) };
      case 'DescribeEndpointCommand':
        return { EndpointConfigName: asked.EndpointName };
      case 'DescribeEndpointConfigCommand': {
        const { type, count, serverless } = endpoints[asked.EndpointConfigName!]!;
        return {
          ProductionVariants: [
            {
              InstanceType: type,
              InitialInstanceCount: count,
              ...(serverless && { ServerlessConfig: { MaxConcurrency: serverless } }),
            },
          ],
        };
      }
      case 'ListTagsCommand':
        return {
          Tags: Object.entries(endpoints[asked.ResourceArn!]!.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
        };
      case 'ListProcessingJobsCommand':
        return { ProcessingJobSummaries: Object.keys(processing).map((ProcessingJobName) => ({ ProcessingJobName })) };
      case 'DescribeProcessingJobCommand':
        return {
          ProcessingResources: {
            ClusterConfig: { InstanceType: processing[asked.ProcessingJobName!], InstanceCount: 1 },
          },
        };
      case 'ListTrainingJobsCommand':
        return { TrainingJobSummaries: Object.keys(training).map((TrainingJobName) => ({ TrainingJobName })) };
      case 'DescribeTrainingJobCommand':
        return { ResourceConfig: { InstanceType: training[asked.TrainingJobName!], InstanceCount: 1 } };
      default:
        throw new Error(`The fake has no ${constructor.name}.`);
    }
  };
}

const T2 = 'ml.t2.medium';
const ENDPOINT: QuotaNeed = { quota: endpointT2Medium, value: 2, use: 'the endpoint' };
const DEPLOYMENT = { 'mla-labs:lab': 'deployment', 'mla-labs:learner': 'me' };

test.each([
  ['two endpoints with one each', { a: { type: T2, count: 1 }, b: { type: T2, count: 1 } }, 2],
  ['one endpoint with two', { a: { type: T2, count: 2 } }, 2],
  ['one of two', { a: { type: T2, count: 1 }, other: { type: 'ml.m5.large', count: 3 } }, 1],
])('%s: too low is said before anything is deployed, and --yes is refused', async (_what, endpoints, used) => {
  needing(ENDPOINT, 2);
  account({ endpoints });
  const asked = await world.run('up data-prep --target aws', { ...wide, typed: ['n'] });
  expect(flat(asked.out)).toContain(
    `this account has 2, of which ${used} ${used === 1 ? 'is' : 'are'} in use now by endpoint a`,
  );
  expect(flat(asked.out)).toContain('too low.');
  expect(flat(asked.out)).toContain(`--desired-value ${2 + used} --region us-east-1`);
  const { code, err } = await world.run('up data-prep --target aws --yes', wide);
  expect(code).toBe(Exit.Refused);
  expect(flat(err)).toContain(`is 2, and ${used} of it ${used === 1 ? 'is' : 'are'} in use; the lab needs 2.`);
  expect(deployed()).toBe(false);
});

test('a way on is to take down the lab of mine that holds it, and nobody else’s', async () => {
  needing(ENDPOINT, 2);
  Object.assign(world.deps, { labs: ['data-prep', 'deployment'] });
  account({
    endpoints: {
      mine: { type: T2, count: 1, tags: DEPLOYMENT },
      hers: { type: T2, count: 1, tags: { 'mla-labs:lab': 'monitoring', 'mla-labs:learner': 'ana' } },
    },
  });
  const { out } = await world.run('up data-prep --target aws', { ...wide, typed: ['n'] });
  expect(flat(out)).toContain('endpoint hers of lab monitoring of ana (1), endpoint mine of lab deployment of me (1)');
  expect(flat(out)).toContain('./lab down deployment --target aws (it holds some of that quota)');
  expect(out).not.toContain('./lab down monitoring');
});

test('what is enough beside what is in use is not too low', async () => {
  needing(ENDPOINT, 4);
  account({ endpoints: { a: { type: T2, count: 2 } } });
  const { code, out } = await world.run('up data-prep --target aws --yes', wide);
  expect(code).toBe(Exit.Done);
  expect(flat(out)).toContain('this account has 4, of which 2 are in use now by endpoint a (2).');
});

test('the concurrency of serverless endpoints counts likewise', async () => {
  needing({ quota: serverlessConcurrency, value: 2, use: 'staging' }, 10);
  account({ endpoints: { a: { serverless: 9 }, b: { type: T2, count: 5 } } });
  expect((await world.run('up data-prep --target aws --yes')).code).toBe(Exit.Refused);
});

test.each([
  ['processing', processingT3Medium, { processing: { p: 'ml.t3.medium', q: 'ml.m5.xlarge' } }, 'processing job p (1)'],
  ['training', trainingM5Large, { training: { t: 'ml.m5.large' } }, 'training job t (1)'],
])('jobs of %s that run are told, and are no shortage: they end', async (_what, quota, held, said) => {
  needing({ quota, value: 1, use: 'a job' }, 1);
  account(held);
  const { code, out } = await world.run('up data-prep --target aws --yes', wide);
  expect(code).toBe(Exit.Done);
  expect(flat(out)).toContain(`this account has 1, of which 1 is in use now by ${said}, which will end.`);
});

test('where the use cannot be looked at, that is said', async () => {
  needing(ENDPOINT, 2);
  world.cloud.sagemaker = () => {
    throw Object.assign(new Error('not authorized to perform: sagemaker:ListEndpoints'), {
      name: 'AccessDeniedException',
    });
  };
  const { code, out } = await world.run('up data-prep --target aws --yes', wide);
  expect(code).toBe(Exit.Done);
  expect(flat(out)).toContain(
    'this account has 2; what of it is in use now could not be looked at (AccessDeniedException: not authorized to perform: sagemaker:ListEndpoints).',
  );
});

test('a lab that stands uses some itself: its update is not kept from it', async () => {
  needing(ENDPOINT, 2);
  account({ endpoints: { own: { type: T2, count: 1 } } });
  world.cloud.addStack();
  expect((await world.run('up data-prep --target aws --yes')).code).toBe(Exit.Done);
});
