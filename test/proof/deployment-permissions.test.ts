/** One role an action: take one permission away from each in turn, and the release stops there, naming it. */
import { GetPipelineCommand } from '@aws-sdk/client-codepipeline';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GOOD, Releasing, scripted, type End } from './releasing';

let lab: Releasing;
let versions: readonly string[];
beforeAll(async () => {
  lab = await Releasing.open({ build: 'lambda' });
  versions = [
    await lab.register(GOOD, 'The first.'),
    await lab.register(scripted('# second'), 'The second.'),
    await lab.register(scripted('# third'), 'The third.'),
  ];
  await neverStands(versions[0]!);
  const id = await lab.start(versions[0]);
  await lab.answer(id, 'Approved');
  afterwards = await lab.end(id);
  for (const arn of versions.slice(1)) {
    // The rule's own releases are not of interest here.
    const id = await lab.release(arn);
    await lab.answer(id, 'Rejected');
    await lab.end(id);
  }
});
afterAll(() => lab?.close());

/** What was told where the first creation of production failed, and how the release after that went. */
const failed: { first?: string; second?: string } = {};
let afterwards: End;

/** Only production has alarms: staging comes up, and production's very first creation fails. */
async function neverStands(arn: string): Promise<void> {
  const giveBack = await lab.stage.revoke(await role('DeployRole'), 'cloudwatch:PutMetricAlarm');
  const first = await lab.release(arn);
  await lab.answer(first, 'Approved');
  failed.first = await lab.told(first);
  await giveBack();
  const second = await lab.start(arn);
  await lab.answer(second, 'Approved');
  failed.second = await lab.told(second);
  const [command] = /aws cloudformation delete-stack .*?(?=; then)/.exec(failed.second)!;
  expect(lab.stage.shell(command)).toMatchObject({ status: 0 });
}

test('the first creation of production fails: the reason, and that its stack has to go before the next release', () => {
  expect(failed.first).toMatch(
    /stopped at Production, action DeployProduction: ErrorAlarm: .*cloudwatch:PutMetricAlarm.*updates no stack that never stood, and nothing of it serves.*\.\/lab up deployment.*Then delete it: aws cloudformation delete-stack --stack-name mla-labs-deployment-me--production .*release it again: \.\/lab step deployment release/,
  );
});

test('released again before that, CloudFormation refuses; after the command that is told, production is made', () => {
  expect(failed.second).toMatch(/ROLLBACK_COMPLETE state and can ?not be updated.* delete it: aws cloudformation/);
  expect(afterwards).toMatchObject({ status: 'Succeeded' });
});

/** Name of a role of the stack. */
const role = (logical: string): Promise<string> => lab.stage.physical('AWS::IAM::Role', logical);

/** A version that neither endpoint serves: both have to change. */
async function fresh(): Promise<string> {
  const served = [await lab.serving('staging'), await lab.serving()];
  return versions.find((arn) => !served.includes(arn))!;
}

/** Releases a version while a role may not do one thing, approving it where it comes so far. */
async function without(logical: string, action: string): Promise<{ stop: string; told: string }> {
  const giveBack = await lab.stage.revoke(await role(logical), action);
  try {
    const id = await lab.start(await fresh());
    const approve = lab.answer(id, 'Approved').catch(() => undefined);
    const { stop } = await lab.end(id);
    await approve;
    return { stop, told: await lab.told(id) };
  } finally {
    await giveBack();
  }
}

const CASES: [role: string, action: string, stage: string][] = [
  ['SourceRole', 's3:GetObject', 'Source'],
  ['VerifyActRole', 'lambda:InvokeFunction', 'Verify'],
  ['VerifyRole', 'sagemaker:DescribeModelPackage', 'Verify'],
  ['VerifyRole', 's3:PutObject', 'Verify'],
  ['StagingRole', 'cloudformation:UpdateStack', 'Staging'],
  ['StagingRole', 'iam:PassRole', 'Staging'],
  ['DeployRole', 'sagemaker:CreateModel', 'Staging'],
  ['DeployRole', 'sagemaker:UpdateEndpoint', 'Staging'],
  ['SmokeActRole', 'lambda:InvokeFunction', 'SmokeTest'],
  ['SmokeRole', 'sagemaker:InvokeEndpoint', 'SmokeTest'],
  ['AskActRole', 'lambda:InvokeFunction', 'Production'],
  ['ApprovedRole', 'sagemaker:DescribeModelPackage', 'Production'],
  ['ProductRole', 'cloudformation:UpdateStack', 'Production'],
  ['WatchActRole', 'lambda:InvokeFunction', 'Watch'],
  ['WatchRole', 'sagemaker:DescribeEndpoint', 'Watch'],
];

test.each(CASES)(
  '%s without %s: the release stops at its stage, and names the action',
  async (logical, action, stage) => {
    const before = await lab.serving();
    const { stop, told } = await without(logical, action);
    expect(stop).toMatch(new RegExp(`^${stage}: .*(${action}|not have sufficient permissions)`));
    expect(told).toContain('lacks a permission');
    // What comes before production leaves it as it was.
    if (stage !== 'Watch') expect(await lab.serving()).toBe(before);
  },
);

test('an endpoint whose role may not read the model does not come up: what SageMaker says asks for the permission', async () => {
  const before = await lab.serving();
  const { stop } = await without('EndpointRole', 's3:GetObject');
  expect(stop).toMatch(/^Staging: Endpoint: .*model\.tar\.gz.*permissions to download/);
  expect(await lab.serving()).toBe(before);
});

test('with all permissions back, the release comes through', async () => {
  const arn = await fresh();
  const id = await lab.start(arn);
  await lab.answer(id, 'Approved');
  expect(await lab.end(id)).toMatchObject({ status: 'Succeeded' });
  expect(await lab.serving()).toBe(arn);
});

test('the function that releases may not start the pipeline: no release, and its log names the action', async () => {
  const giveBack = await lab.stage.revoke(await role('ReleaseRole'), 'codepipeline:StartPipelineExecution');
  const before = (await lab.all()).length;
  await lab.decide(await lab.register(scripted('# fourth'), 'The fourth.'), 'Approved');
  const { logs, lambda } = lab.stage.target.clients;
  const { LoggingConfig } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: lab.place.releaseFunction }),
  );
  const line = await lab.wait('the refusal in the log', async () => {
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: LoggingConfig!.LogGroup! }));
    return events?.find(({ message }) => message!.includes('codepipeline:StartPipelineExecution'));
  });
  expect(line.message).toContain('is not authorized to perform');
  expect((await lab.all()).length).toBe(before);
  await giveBack();
});

test('every action that acts has a role of its own', async () => {
  const { pipeline } = await lab.stage.target.clients.codepipeline.send(
    new GetPipelineCommand({ name: lab.place.pipeline }),
  );
  const acting = pipeline!.stages!.flatMap(({ actions }) => actions!).filter(({ name }) => name !== 'Approve');
  expect(new Set(acting.map(({ roleArn }) => roleArn)).size).toBe(acting.length);
});
