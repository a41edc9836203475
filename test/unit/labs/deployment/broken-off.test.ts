/** What a step does after it was broken off: releases, stacks and endpoints that are half-way. */
import { versionInProduction } from '../../../../labs/deployment/flawed-models/release';
import { unfinishedRelease } from '../../../../labs/deployment/release/start';
import { waitForStack } from '../../../../labs/deployment/endpoint/stack-update';
import { fakeRun, GROUP, PLACE, type Operations } from './fakes';

const ARN = `${GROUP}/2`;
const FIRST = {
  id: 'first',
  status: 'Succeeded',
  started: new Date(0),
  trigger: 'StartPipelineExecution',
  requestedVersion: ARN,
};

/** A pipeline in which one release of the version has come as far as a stage. */
function pipeline(stageName: string): { operations: Operations; readonly started: object[] } {
  const started: object[] = [];
  return {
    started,
    operations: {
      ListActionExecutions: () => ({
        actionExecutionDetails: [{ stageName, actionName: stageName, status: 'Succeeded', startTime: new Date(0) }],
      }),
      ListPipelineExecutions: () => ({
        pipelineExecutionSummaries: ['first', ...(started.length > 0 ? ['second'] : [])].map((id, i) => ({
          pipelineExecutionId: id,
          startTime: new Date(i),
          trigger: { triggerType: 'StartPipelineExecution' },
        })),
      }),
      GetPipelineExecution: () => ({
        pipelineExecution: { status: 'InProgress', variables: [{ name: 'ModelPackageArn', resolvedValue: ARN }] },
      }),
      StartPipelineExecution: (input) => {
        started.push(input);
        return { pipelineExecutionId: 'second' };
      },
    },
  };
}

test('a release that is on its way is gone on with', async () => {
  const { operations, started } = pipeline('SmokeTest');
  expect((await unfinishedRelease(fakeRun(operations).run, PLACE, ARN, FIRST, 'rollback')).id).toBe('first');
  expect(started).toEqual([]);
});

test('a release that was in production, where another version serves since, is made anew', async () => {
  const { operations, started } = pipeline('Watch');
  expect((await unfinishedRelease(fakeRun(operations).run, PLACE, ARN, FIRST, 'rollback')).id).toBe('second');
  expect(started).toEqual([{ name: 'pipeline', variables: [{ name: 'ModelPackageArn', value: ARN }] }]);
});

test('a stack that still changes is waited for', async () => {
  const states = ['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE'];
  const { run, said } = fakeRun({
    DescribeStacks: () => ({ Stacks: [{ StackStatus: states.shift() }] }),
    DescribeStackResources: () => ({ StackResources: [] }),
  });
  expect(await waitForStack(run, PLACE.production)).toBe('UPDATE_COMPLETE');
  expect(said[0]).toBe('stack production-stack: UPDATE_IN_PROGRESS');
});

test('an endpoint that changes over is to be waited for, not to be promoted again', async () => {
  const { run } = fakeRun({
    DescribeEndpoint: () => ({ EndpointConfigName: 'config', EndpointStatus: 'Updating' }),
    DescribeEndpointConfig: () => ({ ProductionVariants: [{ ModelName: 'model' }] }),
    DescribeModel: () => ({ PrimaryContainer: { ModelPackageName: ARN } }),
  });
  await expect(versionInProduction(run, PLACE, [])).rejects.toMatchObject({
    message: `Production is Updating, and serves ${ARN}.`,
    next: expect.stringContaining('aws sagemaker wait endpoint-in-service --endpoint-name production'),
  });
});
