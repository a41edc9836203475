/** CodePipeline of the local cloud, end to end: each action as its role, with real functions, stacks and events. */
import { StartPipelineExecutionCommand, StopPipelineExecutionCommand } from '@aws-sdk/client-codepipeline';
import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { DeleteObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { PIPELINE, SmallPipeline, STACK } from './pipeline';

let small: SmallPipeline;
let before: readonly string[];
beforeAll(async () => {
  small = await SmallPipeline.open();
  before = await small.target.inventory();
  await small.up();
});
afterAll(() => small?.target.close());

const parameter = async (name: string): Promise<string | undefined> =>
  (await small.target.clients.ssm.send(new GetParameterCommand({ Name: `/small/${name}` }))).Parameter?.Value;

async function start(wish: string): Promise<string> {
  const { codepipeline } = small.target.clients;
  const variables = [{ name: 'Wish', value: wish }];
  return (await codepipeline.send(new StartPipelineExecutionCommand({ name: PIPELINE, variables })))
    .pipelineExecutionId!;
}

/** Puts a source, again while the bucket is so new that its events are lost, and gives the execution that its event starts. */
async function startBySource(files?: Readonly<Record<string, string>>): Promise<string> {
  const count = (await small.executions()).length;
  let asked = 0;
  return small.until(async () => {
    if (asked++ % 10 === 0) await small.putSource(files);
    const all = await small.executions();
    return all.length > count ? all[0]!.pipelineExecutionId : undefined;
  });
}

async function failure(id: string) {
  const failed = (await small.actions(id)).find(({ status }) => status === 'Failed')!;
  const { code, message } = failed.output!.executionResult!.errorDetails!;
  return { stage: failed.stageName, code, message };
}

test('it runs once on creation, and without its source stops there', async () => {
  const [first] = await small.executions();
  expect(await small.ended(first!.pipelineExecutionId!)).toBe('Failed');
  expect(first!.trigger!.triggerType).toBe('CreatePipeline');
  expect(await failure(first!.pipelineExecutionId!)).toEqual({
    stage: 'Source',
    code: 'RevisionUnavailable',
    message: expect.stringContaining("key 'source.zip' does not exist in the Amazon S3 bucket named small-source"),
  });
});

test('a new source starts it through the rule; approval stands between the two stacks', async () => {
  const id = await startBySource();
  const [latest] = await small.executions();
  expect(latest!.trigger).toEqual({
    triggerType: 'CloudWatchEvent',
    triggerDetail: expect.stringMatching(/^arn:aws:events:us-east-1:000000000000:rule\//),
  });
  const token = await small.token(id);
  expect(await parameter('staging')).toBe('one-again');
  await expect(parameter('production')).rejects.toThrow();

  await expect(small.decide('00000000-0000-4000-8000-000000000000', 'Approved', 'x')).rejects.toMatchObject({
    name: 'InvalidApprovalTokenException',
  });
  await small.decide(token, 'Approved', 'staging has one-again');
  await expect(small.decide(token, 'Approved', 'twice')).rejects.toMatchObject({
    name: 'ApprovalAlreadyCompletedException',
  });
  expect(await small.ended(id)).toBe('Succeeded');
  expect(await parameter('production')).toBe('one-again');

  const actions = await small.actions(id);
  expect(actions.map(({ stageName }) => stageName)).toEqual([
    'Production',
    'Approval',
    'Staging',
    'Build',
    'Check',
    'Source',
  ]);
  const [, approval, staging, build, ask, source] = actions;
  expect(build!.output!.outputVariables).toEqual({ BUILT: 'one-again' });
  expect(ask!.output!.outputVariables).toEqual({ Value: 'one-again', Artifact: 'SourceOutput' });
  expect(staging!.input!.resolvedConfiguration!.ParameterOverrides).toContain('"Value":"one-again"');
  expect(staging!.output!.outputVariables).toEqual({ Deployed: 'one-again' });
  expect(staging!.output!.executionResult!.externalExecutionId).toContain(':stack/small-staging/');
  expect(approval!.input!.resolvedConfiguration).toEqual({ CustomData: 'Staging has one-again' });
  expect(approval!.updatedBy).toBe('arn:aws:iam::000000000000:user/learner');
  const { VersionId } = source!.output!.outputVariables!;
  expect((await small.execution(id)).artifactRevisions![0]!.revisionId).toBe(VersionId);
});

test('each call is its own action’s: seen in the record of requests', async () => {
  expect(await small.target.denied()).toEqual([]);
});

test('the same value again: there is nothing to update, and that is no failure', async () => {
  const id = await start('one');
  await small.decide(await small.token(id), 'Approved', 'again');
  expect(await small.ended(id)).toBe('Succeeded');
});

test('a rejection ends it before production', async () => {
  const id = await start('two');
  await small.decide(await small.token(id), 'Rejected', 'the AUC is 0.3');
  expect(await small.ended(id)).toBe('Failed');
  const { actionStates } = await small.stage('Approval');
  expect(actionStates![0]!.latestExecution).toMatchObject({ status: 'Failed', summary: 'the AUC is 0.3' });
  expect([await parameter('staging'), await parameter('production')]).toEqual(['two-again', 'one-again']);
});

test.each([
  ['refuse', 'The value is not good enough.'],
  ['throw', 'The AWS Lambda function small-function failed to return a result.'],
])('a function that does not agree (%s) stops it, with what it said', async (wish, says) => {
  const id = await start(wish);
  expect(await small.ended(id)).toBe('Failed');
  expect(await failure(id)).toEqual({ stage: 'Check', code: 'JobFailed', message: expect.stringContaining(says) });
});

test('of those that wait to enter a stage the newest stays; the others are superseded', async () => {
  const first = await start('a');
  const token = await small.token(first);
  const waiting = async (id: string) =>
    small.until(async () =>
      (await small.stage('Approval')).inboundExecution?.pipelineExecutionId === id ? id : undefined,
    );
  const newer = await waiting(await start('b'));
  const newest = await waiting(await start('c'));
  expect((await small.execution(newer)).status).toBe('Superseded');
  const { codepipeline } = small.target.clients;
  await codepipeline.send(
    new StopPipelineExecutionCommand({
      pipelineName: PIPELINE,
      pipelineExecutionId: first,
      abandon: true,
      reason: 'late',
    }),
  );
  expect(await small.ended(first)).toBe('Stopped');
  await expect(small.decide(token, 'Approved', 'too late')).rejects.toThrow();
  await small.decide(await small.token(newest), 'Approved', 'c it is');
  expect(await small.ended(newest)).toBe('Succeeded');
  expect(await parameter('production')).toBe('c-again');
});

test.each([
  ['small-source', 's3:GetObject', 'Source'],
  ['small-invoke', 'lambda:InvokeFunction', 'Check'],
  ['small-deploy', 'cloudformation:UpdateStack', 'Staging'],
])('role %s without %s: it fails in %s and names what is missing', async (RoleName, action, stage) => {
  const { iam } = small.target.clients;
  const PolicyName = 'own';
  const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  const document = JSON.parse(decodeURIComponent(PolicyDocument!)) as { Statement: object[] };
  const denied = { Effect: 'Deny', Action: action, Resource: '*' };
  const without = JSON.stringify({ ...document, Statement: [...document.Statement, denied] });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: without }));
  const id = await start('denied');
  expect(await small.ended(id)).toBe('Failed');
  const { code, message, ...where } = await failure(id);
  expect(where).toEqual({ stage });
  expect(code).toBe('PermissionError');
  expect(message).toMatch(stage === 'Source' ? /doesn’t have the permissions.*small-source/ : new RegExp(action));
  expect(await small.target.denied()).toContainEqual(
    expect.objectContaining({ action, principal: expect.stringContaining(`assumed-role/${RoleName}/`) }),
  );
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(document) }));
});

test.each([
  ['is not there', { 'other.json': '{}' }, 'Build', 'Message: Error while executing command: test -f template.json'],
  [
    'is no template',
    { 'template.json': 'This is a letter.' },
    'Staging',
    '(Service: AmazonCloudFormation; Status Code: 400; Error Code: ValidationError',
  ],
])('a source whose template %s stops where it shows; production stays', async (_what, files, stage, says) => {
  const id = await startBySource(files);
  expect(await small.ended(id)).toBe('Failed');
  expect(await failure(id)).toMatchObject({ stage, message: expect.stringContaining(says) });
  expect(await parameter('production')).toBe('c-again');
});

test('its tags are found, and its stack goes while an execution waits: nothing of it is left', async () => {
  const { tagging, s3 } = small.target.clients;
  const found = await tagging.send(new GetResourcesCommand({ ResourceTypeFilters: ['codepipeline'] }));
  expect(found.ResourceTagMappingList!.map(({ ResourceARN }) => ResourceARN)).toEqual([
    `arn:aws:codepipeline:us-east-1:000000000000:${PIPELINE}`,
  ]);
  await small.token(await startBySource());
  for (const Bucket of ['small-source', 'small-artifacts']) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    }
  }
  for (const name of ['small-staging', 'small-production', STACK]) {
    expect(await small.delete(name)).toBe('DELETE_COMPLETE');
  }
  const left = (await small.target.inventory()).filter((one) => !before.includes(one));
  // As on AWS, logs outlive their function and builds their project; the teardown of a lab removes both.
  expect(left.filter((one) => !/^(cloudwatch_logs|codebuild\/build)\//.test(one))).toEqual([]);
});
