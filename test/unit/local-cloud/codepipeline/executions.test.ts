/** How executions move, wait, fail, time out and come back. */
import { APPROVE, BUILD, declaration, FakeCloud, INVOKE, quiet } from './fakeCloud';

const HOUR = 3_600_000;
const gate = { name: 'Gate', actions: [APPROVE] };
const last = { name: 'Last', actions: [{ ...APPROVE, name: 'Done' }] };

async function running(stages: object[], more: object = {}): Promise<FakeCloud> {
  const cloud = new FakeCloud();
  await cloud.call('CreatePipeline', { pipeline: declaration(stages, more) });
  await quiet();
  return cloud;
}

const executions = async (cloud: FakeCloud) =>
  (await cloud.call('ListPipelineExecutions', { pipelineName: 'p' })).pipelineExecutionSummaries;
const statuses = async (cloud: FakeCloud) => (await executions(cloud)).map((one: { status: string }) => one.status);
const stage = async (cloud: FakeCloud, name: string) =>
  (await cloud.call('GetPipelineState', { name: 'p' })).stageStates.find(
    (one: { stageName: string }) => one.stageName === name,
  );

async function decide(cloud: FakeCloud, stageName: string, status: string): Promise<void> {
  const { actionStates } = await stage(cloud, stageName);
  const { actionName, latestExecution } = actionStates[0];
  const result = { status, summary: status };
  await cloud.call('PutApprovalResult', {
    pipelineName: 'p',
    stageName,
    actionName,
    token: latestExecution.token,
    result,
  });
  await quiet();
}

test('an approval that nobody answers times out: seven days, or as its action says', async () => {
  const cloud = await running([gate]);
  const short = await running([{ name: 'Gate', actions: [{ ...APPROVE, timeoutInMinutes: 5 }] }]);
  await short.timers.move(5 * 60_000 - 1);
  expect(await statuses(short)).toEqual(['InProgress']);
  const { token } = (await stage(short, 'Gate')).actionStates[0].latestExecution;
  await short.timers.move(1);
  expect(await statuses(short)).toEqual(['Failed']);
  expect((await stage(short, 'Gate')).actionStates[0].latestExecution.errorDetails.message).toContain('5 minutes');
  const result = { status: 'Approved', summary: 'late' };
  await expect(
    short.call('PutApprovalResult', { pipelineName: 'p', stageName: 'Gate', actionName: 'Approve', token, result }),
  ).rejects.toMatchObject({ code: 'ApprovalAlreadyCompletedException' });
  await cloud.timers.move(7 * 24 * HOUR - 1);
  expect(await statuses(cloud)).toEqual(['InProgress']);
  await cloud.timers.move(1);
  expect(await statuses(cloud)).toEqual(['Failed']);
});

test('time that is let go by brings the limit of an approval nearer', async () => {
  const cloud = await running([{ name: 'Gate', actions: [{ ...APPROVE, timeoutInMinutes: 10 }] }]);
  cloud.service.elapse!(6 * 60_000);
  await cloud.timers.move(4 * 60_000 - 1);
  expect(await statuses(cloud)).toEqual(['InProgress']);
  await cloud.timers.move(1);
  expect(await statuses(cloud)).toEqual(['Failed']);
  const late = await running([gate]);
  late.service.elapse!(8 * 24 * HOUR);
  await late.timers.move(0);
  expect(await statuses(late)).toEqual(['Failed']);
});

test('SUPERSEDED: of two that wait, the older gives way; QUEUED: they go in turn', async () => {
  for (const [executionMode, after] of [
    ['SUPERSEDED', ['InProgress', 'Superseded', 'InProgress']],
    ['QUEUED', ['InProgress', 'InProgress', 'InProgress']],
  ] as const) {
    const cloud = await running([gate], { executionMode });
    await cloud.call('StartPipelineExecution', { name: 'p' });
    await quiet();
    await cloud.call('StartPipelineExecution', { name: 'p' });
    await quiet();
    expect(await statuses(cloud)).toEqual(after);
    await decide(cloud, 'Gate', 'Approved');
    const inside = (await stage(cloud, 'Gate')).latestExecution.pipelineExecutionId;
    const at = executionMode === 'SUPERSEDED' ? 0 : 1;
    expect((await executions(cloud))[at].pipelineExecutionId).toBe(inside);
  }
});

test('the same token starts one execution', async () => {
  const cloud = await running([gate]);
  const input = { name: 'p', clientRequestToken: 'once', variables: [{ name: 'Model', value: 'm' }] };
  const first = await cloud.call('StartPipelineExecution', input);
  expect(await cloud.call('StartPipelineExecution', input)).toEqual(first);
  expect(await executions(cloud)).toHaveLength(2);
  await expect(
    cloud.call('StartPipelineExecution', { name: 'p', variables: [{ name: 'Other', value: 'm' }] }),
  ).rejects.toMatchObject({ code: 'ValidationException' });
});

test('a failed stage runs again from the action that failed, and only the latest may', async () => {
  const cloud = await running([gate, last]);
  const [{ pipelineExecutionId }] = await executions(cloud);
  const input = { pipelineName: 'p', stageName: 'Gate', pipelineExecutionId, retryMode: 'FAILED_ACTIONS' };
  await expect(cloud.call('RetryStageExecution', input)).rejects.toMatchObject({ code: 'StageNotRetryableException' });
  await decide(cloud, 'Gate', 'Rejected');
  expect(await statuses(cloud)).toEqual(['Failed']);
  await cloud.call('RetryStageExecution', input);
  await quiet();
  await decide(cloud, 'Gate', 'Approved');
  await decide(cloud, 'Last', 'Rejected');
  await cloud.call('StartPipelineExecution', { name: 'p' });
  await quiet();
  await decide(cloud, 'Gate', 'Approved');
  await expect(cloud.call('RetryStageExecution', { ...input, stageName: 'Last' })).rejects.toMatchObject({
    code: 'NotLatestPipelineExecutionException',
  });
});

test('a disabled transition keeps executions from entering until it is enabled', async () => {
  const cloud = await running([gate, last]);
  const transition = { pipelineName: 'p', stageName: 'Last', transitionType: 'Inbound' };
  await cloud.call('DisableStageTransition', { ...transition, reason: 'freeze' });
  await decide(cloud, 'Gate', 'Approved');
  expect((await stage(cloud, 'Last')).inboundTransitionState).toMatchObject({
    enabled: false,
    disabledReason: 'freeze',
  });
  expect((await stage(cloud, 'Last')).inboundExecution).toBeDefined();
  await cloud.call('EnableStageTransition', transition);
  await decide(cloud, 'Last', 'Approved');
  expect(await statuses(cloud)).toEqual(['Succeeded']);
});

test('stop and wait lets the running action end; abandon does not; twice is refused', async () => {
  const cloud = await running([gate, last]);
  const [{ pipelineExecutionId }] = await executions(cloud);
  const input = { pipelineName: 'p', pipelineExecutionId };
  await cloud.call('StopPipelineExecution', input);
  expect(await statuses(cloud)).toEqual(['Stopping']);
  await expect(cloud.call('StopPipelineExecution', input)).rejects.toMatchObject({
    code: 'DuplicatedStopRequestException',
  });
  await decide(cloud, 'Gate', 'Approved');
  expect(await statuses(cloud)).toEqual(['Stopped']);
  await expect(cloud.call('StopPipelineExecution', input)).rejects.toMatchObject({
    code: 'PipelineExecutionNotStoppableException',
  });
});

test('deleting a pipeline ends what runs', async () => {
  const cloud = await running([gate]);
  await cloud.call('DeletePipeline', { name: 'p' });
  await cloud.service.stop();
  expect(cloud.service.inventory()).toEqual([]);
});

test('a build gets the artifacts and the resolved variables; what it exports goes on; a failure says where', async () => {
  const cloud = new FakeCloud();
  const ask = { name: 'Ask', actions: [INVOKE] };
  let status = 'IN_PROGRESS';
  cloud.handlers.StartBuild = () => ({ build: { id: 'project:1', buildStatus: 'IN_PROGRESS' } });
  cloud.handlers.BatchGetBuilds = () => ({
    builds: [
      {
        id: 'project:1',
        buildStatus: status,
        exportedEnvironmentVariables: [{ name: 'Verdict', value: 'good' }],
        phases: [
          {
            phaseType: 'BUILD',
            phaseStatus: 'FAILED',
            contexts: [{ statusCode: 'COMMAND_EXECUTION_ERROR', message: 'exit status 1' }],
          },
        ],
      },
    ],
  });
  cloud.handlers.Invoke = () => ({ FunctionError: 'Unhandled' });
  await cloud.call('CreatePipeline', { pipeline: declaration([{ name: 'Build', actions: [BUILD] }, ask]) });
  await quiet();
  const { input } = cloud.calls.find(({ operation }) => operation === 'StartBuild')!;
  expect(input).toMatchObject({
    projectName: 'project',
    sourceTypeOverride: 'S3',
    sourceLocationOverride: expect.stringMatching(/^store\/p\/Code\/\w{7}$/),
    artifactsOverride: { type: 'S3', location: 'store', path: 'p/Built', packaging: 'ZIP' },
    environmentVariablesOverride: [{ name: 'MODEL', value: 'latest', type: 'PLAINTEXT' }],
  });
  status = 'SUCCEEDED';
  await cloud.timers.move(1000);
  const event = JSON.parse(String(cloud.calls.find(({ operation }) => operation === 'Invoke')!.input.Payload));
  expect(event['CodePipeline.job'].data.actionConfiguration.configuration.UserParameters).toBe('good');
  status = 'FAILED';
  await cloud.call('StartPipelineExecution', { name: 'p' });
  await quiet();
  await cloud.timers.move(1000);
  expect((await stage(cloud, 'Build')).actionStates[0].latestExecution.errorDetails).toEqual({
    code: 'JobFailed',
    message: 'Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: exit status 1',
  });
});

test('a function that answers nothing fails after AWS’s wait; a result of a job that is over is refused', async () => {
  const cloud = new FakeCloud();
  let jobId = '';
  cloud.handlers.Invoke = ({ Payload }) => {
    jobId = JSON.parse(Payload!)['CodePipeline.job'].id;
    return {};
  };
  const silent = { ...INVOKE, configuration: { FunctionName: 'f' } };
  await cloud.call('CreatePipeline', { pipeline: declaration([{ name: 'Ask', actions: [silent] }]) });
  await quiet();
  await cloud.timers.move(19_999);
  expect(await statuses(cloud)).toEqual(['InProgress']);
  await cloud.timers.move(1);
  expect(await statuses(cloud)).toEqual(['Failed']);
  await expect(cloud.call('PutJobSuccessResult', { jobId })).rejects.toMatchObject({
    code: 'InvalidJobStateException',
  });
  await expect(cloud.call('PutJobSuccessResult', { jobId: 'x' })).rejects.toMatchObject({
    code: 'JobNotFoundException',
  });
});

test('events tell each state of pipeline, stage and action', async () => {
  const cloud = await running([gate]);
  await decide(cloud, 'Gate', 'Approved');
  const told = cloud.events.map(
    ({ type, detail }) =>
      `${type.split(' ')[1]} ${String(detail.action ?? detail.stage ?? '')} ${String(detail.state)}`,
  );
  expect(told).toEqual([
    'Pipeline  STARTED',
    'Stage Source STARTED',
    'Action Source STARTED',
    'Action Source SUCCEEDED',
    'Stage Source SUCCEEDED',
    'Stage Gate STARTED',
    'Action Approve STARTED',
    'Action Approve SUCCEEDED',
    'Stage Gate SUCCEEDED',
    'Pipeline  SUCCEEDED',
  ]);
});
