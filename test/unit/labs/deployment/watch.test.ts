import {
  productionFault,
  describeProduction,
  compareProduction,
  type ProductionState,
} from '../../../../labs/deployment/runtime/watch/handler';
import { fakeRun, named } from './fakes';
import { arnOf, job, memory, refusal } from './pipeline-fixtures';

const released = arnOf(2);
const standing = (changes: Partial<ProductionState> = {}): ProductionState => ({
  stack: { status: 'UPDATE_COMPLETE', outputs: { EndpointConfigName: 'config-2' } },
  endpoint: { status: 'InService', config: 'config-2' },
  serves: released,
  alarms: [{ name: 'production-errors', state: 'OK', reason: '' }],
  ...changes,
});
const rolledBack: Partial<ProductionState> = {
  endpoint: { status: 'InService', config: 'config-1' },
  serves: arnOf(1),
};

test('production that serves what was released passes, and says so', async () => {
  const { kept, keep } = memory();
  const variables = await compareProduction(job({ modelPackageArn: released }), keep, async () => standing());
  expect(variables).toEqual({ Version: '2', EndpointConfig: 'config-2' });
  expect(kept.get('watch')).toMatchObject({ ok: true, serves: released });
});

test('a rollback is told with the alarm that made it, and kept as evidence', async () => {
  const { kept, keep } = memory();
  const ringing = { name: 'production-errors', state: 'ALARM', reason: '5 datapoints' };
  const saw = standing({ ...rolledBack, alarms: [ringing] });
  const said = await refusal(compareProduction(job({ modelPackageArn: released }), keep, async () => saw));
  expect(said).toContain(`Production serves ${arnOf(1)}`);
  expect(said).toContain('the alarm production-errors (5 datapoints) rolled it back');
  expect(kept.get('watch')).toMatchObject({ ok: false, message: said });
});

test.each<[string, Partial<ProductionState>, RegExp]>([
  ['rolled back though the alarm is quiet again', rolledBack, /an alarm rolled it back, or it was changed by hand/],
  ['the right configuration, of another version', { serves: arnOf(1) }, /released was .*\/2 with config-2/],
  ['a model of no version', { serves: undefined }, /a model of no version/],
  ['not in service', { endpoint: { status: 'Updating', config: 'config-2' } }, /is Updating, not InService/],
  ['failed', { endpoint: { status: 'Failed', config: 'config-2', failure: 'no ping' } }, /is Failed \(no ping\)/],
  [
    'in a stack that was rolled back',
    { stack: { status: 'UPDATE_ROLLBACK_COMPLETE', outputs: {} } },
    /is UPDATE_ROLLBACK_COMPLETE/,
  ],
  ['served, but alarming', { alarms: [{ name: 'a', state: 'ALARM', reason: 'r' }] }, /an alarm rings: a \(r\)/],
])('production is %s', (_what, changes, said) => {
  expect(productionFault(released, standing(changes))).toMatch(said);
});

describe('a rollback after which the configuration that serves is gone', () => {
  const gone = (what: string) => () => {
    throw named('ValidationException', `Could not find ${what}.`);
  };
  const operations = {
    DescribeStacks: () => ({ Stacks: [{ StackStatus: 'UPDATE_COMPLETE', Outputs: [] }] }),
    DescribeEndpoint: () => ({ EndpointStatus: 'InService', EndpointConfigName: 'config-1' }),
    DescribeAlarms: () => ({ MetricAlarms: [] }),
    DescribeEndpointConfig: () => ({ ProductionVariants: [{ ModelName: 'model-1' }] }),
  };
  const seen = (more: object): Promise<ProductionState> => {
    const { cloudformation, sagemaker, cloudwatch } = fakeRun({ ...operations, ...more }).run.clients;
    return describeProduction('production-stack', 'production', { cloudformation, sagemaker, cloudwatch });
  };

  test('is told as such, and kept as evidence', async () => {
    const { kept, keep } = memory();
    const standing = (): Promise<ProductionState> =>
      seen({ DescribeEndpointConfig: gone('endpoint configuration "arn"') });
    const said = await refusal(compareProduction(job({ modelPackageArn: released }), keep, standing));
    expect(said).toMatch(/answers with the configuration config-1, which is gone: the update was rolled back/);
    expect(kept.get('watch')).toMatchObject({ ok: false, message: said });
  });

  test('a model that is gone, of a configuration that is not, is a model of no version', async () => {
    const saw = await seen({ DescribeModel: gone('model "arn"') });
    expect(productionFault(released, saw)).toMatch(/a model of no version/);
  });

  test('what AWS refuses for another reason is no such thing', async () => {
    const DescribeEndpointConfig = () => {
      throw named('AccessDeniedException', 'not authorized');
    };
    await expect(seen({ DescribeEndpointConfig })).rejects.toThrow('not authorized');
  });
});

test('alarms without data do not stop a release that nobody asked yet', () => {
  const quiet = [{ name: 'a', state: 'INSUFFICIENT_DATA', reason: '' }];
  expect(productionFault(released, standing({ alarms: quiet }))).toBeUndefined();
});
