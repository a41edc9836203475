/** Builds on a private local cloud, with the AWS CLI and the SDK: commands really run as the project's service role. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import {
  CreateStackCommand,
  DeleteStackCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import {
  BatchDeleteBuildsCommand,
  BatchGetProjectsCommand,
  BatchGetBuildsCommand,
  type Build,
  CreateProjectCommand,
  DeleteProjectCommand,
  StartBuildCommand,
  type StartBuildCommandInput,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, DeleteRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { Target } from '../../lib/target';
import { openPrivateTarget } from './private-target';

const BUCKET = 'builds';
const PROJECT = 'verify';
const ROLE = 'builder';

let target: Target;

function policy(...actions: string[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });
}

async function allow(...actions: string[]): Promise<void> {
  await target.clients.iam.send(
    new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'builds', PolicyDocument: policy(...actions) }),
  );
}

const EVERYTHING = ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 'logs:*', 'ssm:GetParameters'];

/** Puts a source of files and runs a build of it to its end. */
async function build(files: Record<string, string>, more: Partial<StartBuildCommandInput> = {}): Promise<Build> {
  const { codebuild, s3 } = target.clients;
  const zip = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'source.zip', Body: zip }));
  const started = await codebuild.send(new StartBuildCommand({ projectName: PROJECT, ...more }));
  return ended(started.build!.id!);
}

async function ended(id: string): Promise<Build> {
  for (;;) {
    const { builds } = await target.clients.codebuild.send(new BatchGetBuildsCommand({ ids: [id] }));
    if (builds![0]!.buildComplete) return builds![0]!;
    await target.clock.sleep(target.clients.pollMs);
  }
}

function phase(made: Build, type: string) {
  return made.phases!.find(({ phaseType }) => phaseType === type);
}

async function log(made: Build): Promise<string> {
  const { groupName: logGroupName, streamName: logStreamName } = made.logs!;
  const { events } = await target.clients.logs.send(
    new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }),
  );
  return events!.map(({ message }) => message).join('');
}

beforeAll(async () => {
  target = await openPrivateTarget();
  const { iam, s3, codebuild } = target.clients;
  const trust = { Effect: 'Allow', Principal: { Service: 'codebuild.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument }));
  await allow(...EVERYTHING);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await codebuild.send(
    new CreateProjectCommand({
      name: PROJECT,
      serviceRole: Role!.Arn!,
      source: { type: 'S3', location: `${BUCKET}/source.zip` },
      artifacts: { type: 'S3', location: BUCKET, path: 'out', name: 'made.zip', packaging: 'ZIP' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/amazonlinux2-x86_64-standard:5.0',
        computeType: 'BUILD_GENERAL1_SMALL',
        environmentVariables: [{ name: 'COLOUR', value: 'red' }],
      },
    }),
  );
});

afterAll(() => target.close());

const BUILDSPEC = `
version: 0.2
env:
  variables: { COLOUR: green, SHAPE: round }
  parameter-store: { SECRET: /builds/secret }
  exported-variables: [ANSWER, COLOUR]
phases:
  install:
    runtime-versions: { python: 3.12 }
    commands: [pip install --quiet -r requirements.txt]
  build:
    commands:
      - cd sub && export ANSWER=$(python3 answer.py)
      - aws s3 cp "s3://${BUCKET}/source.zip" copy.zip --quiet
      - printf '%s %s %s %s' "$COLOUR" "$SHAPE" "$SECRET" "$(basename "$PWD")" > said.txt
artifacts:
  base-directory: sub
  files: ['*.txt']
`;

it('runs the commands of a buildspec and hands on what they made', async () => {
  await target.clients.ssm.send(new PutParameterCommand({ Name: '/builds/secret', Value: 'hush', Type: 'String' }));
  const made = await build({
    'buildspec.yml': BUILDSPEC,
    'requirements.txt': 'boto3\nnumpy>=1\n',
    'sub/answer.py': 'print(6 * 7)',
  });
  expect(await log(made)).toContain('Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED');
  expect(made.buildStatus).toBe('SUCCEEDED');
  expect(made.exportedEnvironmentVariables).toEqual([
    { name: 'ANSWER', value: '42' },
    { name: 'COLOUR', value: 'red' },
  ]);
  expect(made.phases!.map(({ phaseType }) => phaseType)).toEqual([
    ...['SUBMITTED', 'QUEUED', 'PROVISIONING', 'DOWNLOAD_SOURCE', 'INSTALL', 'PRE_BUILD', 'BUILD', 'POST_BUILD'],
    ...['UPLOAD_ARTIFACTS', 'FINALIZING', 'COMPLETED'],
  ]);
  const { Body } = await target.clients.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'out/made.zip' }));
  const zip = unzipSync(await Body!.transformToByteArray());
  expect(Object.keys(zip)).toEqual(['said.txt']);
  expect(strFromU8(zip['said.txt']!)).toBe('red round hush sub');
});

it('says which command failed and how, and goes on to post_build', async () => {
  const made = await build({
    'buildspec.yml':
      'version: 0.2\nphases:\n  build:\n    commands: ["exit 3", "echo never"]\n' +
      '  post_build:\n    commands: ["echo succeeding $CODEBUILD_BUILD_SUCCEEDING"]\nartifacts:\n  files: ["*"]\n',
  });
  expect(made.buildStatus).toBe('FAILED');
  expect(phase(made, 'BUILD')).toMatchObject({
    phaseStatus: 'FAILED',
    contexts: [
      {
        statusCode: 'COMMAND_EXECUTION_ERROR',
        message: 'Error while executing command: exit 3. Reason: exit status 3',
      },
    ],
  });
  const text = await log(made);
  expect(text).toContain('succeeding 0');
  expect(text).not.toContain('never\n');
});

it('installs nothing and names what is not there', async () => {
  const made = await build({
    'buildspec.yml': 'version: 0.2\nphases:\n  install:\n    commands: ["python3 -m pip install no-such-package==1"]\n',
  });
  expect(made.buildStatus).toBe('FAILED');
  expect(await log(made)).toContain('No matching distribution found for no-such-package==1');
  expect(made.phases!.map(({ phaseType }) => phaseType)).not.toContain('BUILD');
});

it('reads the source, writes the log and the artifacts as the service role', async () => {
  const files = {
    'buildspec.yml': 'version: 0.2\nphases:\n  build:\n    commands: ["true"]\nartifacts:\n  files: ["**/*"]\n',
  };
  for (const [lacking, type] of [
    ['s3:GetObject', 'DOWNLOAD_SOURCE'],
    ['s3:PutObject', 'UPLOAD_ARTIFACTS'],
    ['logs:*', 'PROVISIONING'],
  ] as const) {
    await allow(...EVERYTHING.filter((action) => action !== lacking));
    const made = await build(files);
    expect([lacking, made.buildStatus, phase(made, type)?.phaseStatus]).toEqual([lacking, 'FAILED', 'FAILED']);
    expect(phase(made, type)!.contexts![0]!.message).toMatch(/AccessDenied|not authorized/);
  }
  await target.clients.iam.send(new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: 'builds' }));
  await allow(...EVERYTHING);
});

it('stops a build with all that it started', async () => {
  const { codebuild, s3 } = target.clients;
  const spec = 'version: 0.2\nphases:\n  build:\n    commands: ["sleep 600 & sleep 600"]\n';
  await s3.send(
    new PutObjectCommand({ Bucket: BUCKET, Key: 'source.zip', Body: zipSync({ 'buildspec.yml': strToU8(spec) }) }),
  );
  const { build: started } = await codebuild.send(
    new StartBuildCommand({ projectName: PROJECT, artifactsOverride: { type: 'NO_ARTIFACTS' } }),
  );
  await codebuild.send(new StopBuildCommand({ id: started!.id! }));
  const made = await ended(started!.id!);
  expect(made.buildStatus).toBe('STOPPED');
  expect(made.phases!.some(({ phaseStatus }) => phaseStatus === 'STOPPED')).toBe(true);
});

it('does what the AWS CLI asks, and keeps builds when their project is deleted', async () => {
  const aws = (...args: string[]): string =>
    execFileSync(resolve('.venv/bin/aws'), args, { env: { ...process.env, ...target.shellEnv() }, encoding: 'utf8' });
  const override = 'version: 0.2\nphases:\n  build:\n    commands: ["echo hello"]\n';
  const id = aws(
    ...['codebuild', 'start-build', '--project-name', PROJECT, '--query', 'build.id', '--output', 'text'],
    ...[
      '--source-type-override',
      'NO_SOURCE',
      '--artifacts-override',
      'type=NO_ARTIFACTS',
      '--buildspec-override',
      override,
    ],
  ).trim();
  expect((await ended(id)).buildStatus).toBe('SUCCEEDED');
  expect(JSON.parse(aws('codebuild', 'list-builds-for-project', '--project-name', PROJECT)).ids).toContain(id);
  const { codebuild } = target.clients;
  await codebuild.send(new DeleteProjectCommand({ name: PROJECT }));
  const held = (await target.inventory()).filter((one) => one.startsWith('codebuild/'));
  expect(held).toContain(`codebuild/build/${id}`);
  expect(held).not.toContain(`codebuild/project/${PROJECT}`);
  const ids = held.map((one) => one.replace('codebuild/build/', ''));
  const { buildsDeleted } = await codebuild.send(new BatchDeleteBuildsCommand({ ids }));
  expect(buildsDeleted).toHaveLength(ids.length);
  expect((await target.inventory()).filter((one) => one.startsWith('codebuild/'))).toEqual([]);
});

it('is a resource of a stack, with its log group, tags and updates', async () => {
  const { cloudformation, codebuild, tagging } = target.clients;
  const template = (said: string): string =>
    JSON.stringify({
      Resources: {
        Project: {
          Type: 'AWS::CodeBuild::Project',
          Properties: {
            Name: 'stacked',
            ServiceRole: `arn:aws:iam::${target.account}:role/${ROLE}`,
            Source: {
              Type: 'NO_SOURCE',
              BuildSpec: `version: 0.2\nphases:\n  build:\n    commands: ["echo ${said}"]\n`,
            },
            Artifacts: { Type: 'NO_ARTIFACTS' },
            Environment: {
              Type: 'LINUX_CONTAINER',
              Image: 'aws/codebuild/standard:7.0',
              ComputeType: 'BUILD_GENERAL1_SMALL',
            },
            LogsConfig: { CloudWatchLogs: { Status: 'ENABLED', GroupName: '/own/group' } },
            Tags: [{ Key: 'lab', Value: 'deployment' }],
          },
        },
      },
      Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Project', 'Arn'] } }, Name: { Value: { Ref: 'Project' } } },
    });
  const stack = { StackName: 'stacked' };
  const once = async (said: string): Promise<string> => {
    const started = await codebuild.send(new StartBuildCommand({ projectName: 'stacked' }));
    const made = await ended(started.build!.id!);
    expect(made.logs!.groupName).toBe('/own/group');
    expect(await log(made)).toContain(`\n${said}\n`);
    return made.id!;
  };
  await cloudformation.send(new CreateStackCommand({ ...stack, TemplateBody: template('first') }));
  await waitUntilStackCreateComplete({ client: cloudformation, maxWaitTime: 60, minDelay: 1 }, stack);
  const ids = [await once('first')];
  const found = await tagging.send(new GetResourcesCommand({ TagFilters: [{ Key: 'lab', Values: ['deployment'] }] }));
  const arn = `arn:aws:codebuild:${target.region}:${target.account}:project/stacked`;
  expect(found.ResourceTagMappingList!.map(({ ResourceARN }) => ResourceARN)).toEqual([arn]);
  await cloudformation.send(new UpdateStackCommand({ ...stack, TemplateBody: template('second') }));
  await waitUntilStackUpdateComplete({ client: cloudformation, maxWaitTime: 60, minDelay: 1 }, stack);
  ids.push(await once('second'));
  await cloudformation.send(new DeleteStackCommand(stack));
  await waitUntilStackDeleteComplete({ client: cloudformation, maxWaitTime: 60, minDelay: 1 }, stack);
  expect((await codebuild.send(new BatchGetProjectsCommand({ names: ['stacked'] }))).projectsNotFound).toEqual([
    'stacked',
  ]);
  await codebuild.send(new BatchDeleteBuildsCommand({ ids }));
});
