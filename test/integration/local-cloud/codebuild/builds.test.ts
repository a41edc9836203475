/** Builds in a cloud in memory: limits of the account, time, and what comes after a failed phase. */
import type { Build, CreateProjectInput, StartBuildInput } from '@aws-sdk/client-codebuild';
import { venvPython } from '../../../../local-cloud/boot/python';
import { codebuildService } from '../../../../local-cloud/services/codebuild';
import { conforming } from '../../../../local-cloud/services/serviceModel';
import type { Service } from '../../../../local-cloud/services/service';
import { FakeCloud, ROLE, until } from '../glue/fakeCloud';

class Cloud extends FakeCloud {
  readonly faces = new Set<string>();
  readonly events: string[] = [];

  override face(name?: string): boolean {
    return this.faces.has(name ?? '');
  }

  override async event(...given: unknown[]): Promise<void> {
    this.events.push((given[1] as Record<string, string>)['build-status']!);
  }
}

let cloud: Cloud;
let service: Service;
const context = () => ({ ...cloud.context, caller: { arn: 'arn:aws:iam::0:user/learner' } }) as never;

async function call<T>(operation: string, input: object): Promise<T> {
  return (await service.operations[operation]!(input, context())) as T;
}

const PROJECT: CreateProjectInput = {
  name: 'verify',
  serviceRole: ROLE,
  source: { type: 'NO_SOURCE', buildspec: 'version: 0.2\nphases:\n  build:\n    commands: ["true"]\n' },
  artifacts: { type: 'NO_ARTIFACTS' },
  environment: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/standard:7.0', computeType: 'BUILD_GENERAL1_SMALL' },
};

beforeEach(() => {
  cloud = new Cloud();
  service = conforming(venvPython(), codebuildService(cloud, { minuteMs: 40 }));
});

afterEach(async () => {
  await service.stop();
  cloud.dispose();
});

async function run(phases: string, more: Partial<StartBuildInput> = {}): Promise<Build> {
  const { build } = await call<{ build: Build }>('StartBuild', {
    projectName: 'verify',
    buildspecOverride: `version: 0.2\nphases:\n${phases}`,
    ...more,
  });
  return until(async () => {
    const { builds } = await call<{ builds: Build[] }>('BatchGetBuilds', { ids: [build.id!] });
    return builds[0]!.buildComplete ? builds[0]! : undefined;
  });
}

const states = (build: Build): Record<string, string | undefined> =>
  Object.fromEntries(build.phases!.map(({ phaseType, phaseStatus }) => [phaseType!, phaseStatus]));

it('is submitted and queued when it starts, with all that a project leaves to AWS', async () => {
  await call('CreateProject', PROJECT);
  expect(await call('StartBuild', { projectName: 'verify' })).toMatchObject({
    build: {
      environment: { privilegedMode: false, imagePullCredentialsType: 'CODEBUILD', environmentVariables: [] },
      logs: { s3Logs: { status: 'DISABLED', encryptionDisabled: false } },
      phases: [
        { phaseType: 'SUBMITTED', phaseStatus: 'SUCCEEDED', durationInSeconds: 0 },
        { phaseType: 'QUEUED', startTime: expect.anything() },
      ],
      secondarySources: [],
      secondarySourceVersions: [],
      secondaryArtifacts: [],
      source: { insecureSsl: false },
    },
  });
});

it('starts no build where builds are held, in the words of AWS', async () => {
  await call('CreateProject', PROJECT);
  cloud.faces.add('builds-held');
  await expect(call('StartBuild', { projectName: 'verify' })).rejects.toMatchObject({
    code: 'AccountLimitExceededException',
    message: 'Cannot have more than 0 builds in queue for the account',
  });
  expect(service.inventory()).toEqual(['codebuild/project/verify']);
});

// Two seconds here: the shell must have reached the phase, on a busy machine too.
it('ends a build that takes longer than its timeout', async () => {
  await call('CreateProject', { ...PROJECT, timeoutInMinutes: 50 });
  const build = await run(
    '  build:\n    commands: ["sleep 60", "echo never"]\n  post_build:\n    commands: ["echo never"]\n',
  );
  expect(build.buildStatus).toBe('TIMED_OUT');
  expect(states(build)).toMatchObject({ BUILD: 'TIMED_OUT', FINALIZING: 'SUCCEEDED' });
  expect(build.phases!.some(({ phaseType }) => phaseType === 'POST_BUILD')).toBe(false);
  expect(cloud.events).toEqual(['IN_PROGRESS', 'TIMED_OUT']);
});

it.each([
  ['install', '', { INSTALL: 'FAILED', BUILD: undefined, UPLOAD_ARTIFACTS: undefined }],
  ['pre_build', '', { PRE_BUILD: 'FAILED', BUILD: undefined, POST_BUILD: undefined }],
  ['pre_build', '    on-failure: CONTINUE\n', { PRE_BUILD: 'FAILED', BUILD: 'SUCCEEDED', POST_BUILD: 'SUCCEEDED' }],
  ['build', '', { BUILD: 'FAILED', POST_BUILD: 'SUCCEEDED', UPLOAD_ARTIFACTS: 'SUCCEEDED' }],
  ['build', '    on-failure: ABORT\n', { BUILD: 'FAILED', POST_BUILD: undefined, UPLOAD_ARTIFACTS: undefined }],
  ['post_build', '', { BUILD: 'SUCCEEDED', POST_BUILD: 'FAILED', UPLOAD_ARTIFACTS: 'SUCCEEDED' }],
])('goes on after a failed %s as AWS does (%j)', async (phase, more, expected) => {
  await call('CreateProject', PROJECT);
  const build = await run(`  ${phase}:\n    commands: ["false"]\n${more}`);
  expect(build.buildStatus).toBe('FAILED');
  const seen = states(build);
  expect(Object.fromEntries(Object.keys(expected).map((type) => [type, seen[type]]))).toEqual(expected);
});

it('keeps folder and exported variables from command to command, and runs what stands in finally', async () => {
  await call('CreateProject', PROJECT);
  const build = await run(
    '  install:\n    commands: ["mkdir -p a && cd a", "export WHAT=\'it\'\\"\'\\"\'s\'"]\n' +
      '  build:\n    commands: ["echo $(basename $PWD) $WHAT", "exit 4"]\n    finally: ["echo at last"]\n',
  );
  expect(cloud.lines('/aws/codebuild/verify').join('')).toMatch(/\na it's\n[^]*\nat last\n/);
  expect(build.phases!.find(({ phaseType }) => phaseType === 'BUILD')!.contexts).toEqual([
    { statusCode: 'COMMAND_EXECUTION_ERROR', message: 'Error while executing command: exit 4. Reason: exit status 4' },
  ]);
});

it('takes the request before the project before the buildspec, and hides the paths of this machine', async () => {
  const environment = {
    ...PROJECT.environment!,
    environmentVariables: [
      { name: 'A', value: 'project' },
      { name: 'B', value: 'project' },
    ],
  };
  await call('CreateProject', { ...PROJECT, environment });
  const phases =
    '  build:\n    commands: ["echo $A $B $C in $CODEBUILD_SRC_DIR"]\nenv:\n  variables: { A: spec, B: spec, C: spec }\n';
  await run(phases, { environmentVariablesOverride: [{ name: 'A', value: 'request' }] });
  const text = cloud.lines('/aws/codebuild/verify').join('');
  expect(text).toContain('\nrequest project spec in /codebuild/output/src/src\n');
  expect(text).not.toContain(cloud.folder);
});

it('fails before any command when the role may not write the log', async () => {
  await call('CreateProject', PROJECT);
  cloud.denied.add('logs:CreateLogStream');
  const build = await run('  build:\n    commands: ["touch /tmp/never"]\n');
  expect(states(build)).toMatchObject({ PROVISIONING: 'FAILED', FINALIZING: 'SUCCEEDED' });
  expect(build.phases!.find(({ phaseType }) => phaseType === 'PROVISIONING')!.contexts![0]).toMatchObject({
    statusCode: 'ACCESS_DENIED',
    message: expect.stringContaining(
      `Service role ${ROLE} does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams`,
    ),
  });
});

it.each([
  [{ source: { type: 'GITHUB' } }, 'does not have build sources of type GITHUB'],
  [{ source: { type: 'NO_SOURCE' } }, 'a buildspec must be specified'],
  [{ vpcConfig: { vpcId: 'v' } }, 'does not have vpcConfig'],
  [{ environment: { ...PROJECT.environment!, image: 'python:3.12' } }, 'does not have the build image python:3.12'],
])('refuses a project that it could not honour: %j', async (more, reason) => {
  await expect(call('CreateProject', { ...PROJECT, ...more })).rejects.toThrow(reason);
});

it('refuses a role that CodeBuild may not assume', async () => {
  cloud.denied.add('sts:AssumeRole');
  await expect(call('CreateProject', PROJECT)).rejects.toThrow(
    `CodeBuild is not authorized to perform: sts:AssumeRole on ${ROLE}`,
  );
});

it('starts one build for one token, and leaves the start of a pipeline’s project to its pipeline', async () => {
  await call('CreateProject', PROJECT);
  const first = await call<{ build: Build }>('StartBuild', { projectName: 'verify', idempotencyToken: 't' });
  const again = await call<{ build: Build }>('StartBuild', { projectName: 'verify', idempotencyToken: 't' });
  expect(again.build.id).toBe(first.build.id);
  await call('CreateProject', {
    ...PROJECT,
    name: 'piped',
    source: { type: 'CODEPIPELINE' },
    artifacts: { type: 'CODEPIPELINE' },
  });
  await expect(call('StartBuild', { projectName: 'piped' })).rejects.toThrow('its pipeline starts it');
});
