/** Why a release stopped, as a learner reads it: where, why, and the next command. */
import { failedAction, type Release, type ReleaseAction } from '../../../../labs/deployment/release/releases';
import { releaseFailureOf } from '../../../../labs/deployment/failure/release-failure';
import { releaseFailedError } from '../../../../labs/deployment/failure/advice';
import { sourceFiles, sourceZip } from '../../../../labs/deployment/source-package/zip';
import { fakeRun, GROUP, named, objects, PLACE, type Operations } from './fakes';

const AT = new Date('2026-11-01T10:00:00Z');
const RELEASE: Release = { id: 'exec-1', status: 'Failed', started: AT, trigger: 'test', requestedVersion: 'latest' };

function failed(stage: string, action: string, message = '', more: Partial<ReleaseAction> = {}): ReleaseAction {
  return { stage, action, status: 'Failed', started: AT, updated: AT, message, outputs: {}, ...more };
}

async function told(
  action: ReleaseAction,
  operations: Operations = objects({}),
  modes: Record<string, string> = {},
): Promise<string> {
  const { run } = fakeRun(operations, { modes });
  const error = releaseFailedError(run, PLACE, RELEASE, await releaseFailureOf(run, PLACE, RELEASE, [action]));
  return `${error.message} ${error.why} ${error.next}`;
}

/** The project's source with its files moved, or without one. */
const inFolder = (folder: string): Record<string, Buffer> =>
  Object.fromEntries(Object.entries(sourceFiles()).map(([name, file]) => [`${folder}${name}`, file]));
const without = (name: string): Record<string, Buffer> =>
  Object.fromEntries(Object.entries(sourceFiles()).filter(([one]) => one !== name));

/** An endpoint that is not there, or one that runs on what its variant says. */
const endpoint = (variant?: object): Operations => ({
  DescribeEndpoint: () => {
    if (variant === undefined) throw named('ValidationException', 'Could not find endpoint "staging".');
    return { EndpointName: 'staging', EndpointConfigName: 'config', EndpointStatus: 'InService' };
  },
  DescribeEndpointConfig: () => ({ ProductionVariants: [{ ModelName: 'model', ...variant }] }),
  DescribeModel: () => ({ PrimaryContainer: { ModelPackageName: `${GROUP}/1` } }),
});

const events = (...StackEvents: object[]): Operations => ({
  ...endpoint(),
  DescribeStackEvents: () => ({ StackEvents }),
  DescribeStacks: () => ({ Stacks: [{ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' }] }),
});
/** The same, of a stack whose first creation failed. */
const neverStood = (...StackEvents: object[]): Operations => ({
  ...events(...StackEvents),
  DescribeStacks: () => ({ Stacks: [{ StackStatus: 'ROLLBACK_COMPLETE' }] }),
});
const event = (LogicalResourceId: string, ResourceStatusReason: string): object => ({
  LogicalResourceId,
  ResourceStatusReason,
  ResourceStatus: 'CREATE_FAILED',
  Timestamp: AT,
});

describe('Verify', () => {
  test('a reason in the evidence is told, and not the build’s own', async () => {
    const files = objects({
      'bucket/evidence/exec-1/verify.json': '{"ok":false,"message":"The model does not load."}',
    });
    const said = await told(failed('Verify', 'Verify', 'Build terminated with state: FAILED'), files);
    expect(said).toMatch(/stopped at Verify, action Verify: The model does not load\./);
    expect(said).not.toMatch(/Build terminated/);
    expect(said).toMatch(/aws logs filter-log-events --log-group-name \/mla-labs\/deployment\/me\/verify /);
  });

  test('without evidence, the phase that failed', async () => {
    const phases = [
      { phaseType: 'INSTALL', phaseStatus: 'FAILED', contexts: [{ message: 'pip install: no such package' }] },
    ];
    const said = await told(failed('Verify', 'Verify', 'Build terminated', { externalId: 'verify:1' }), {
      ...objects({}),
      BatchGetBuilds: () => ({ builds: [{ phases }] }),
    });
    expect(said).toMatch(/INSTALL: pip install: no such package/);
  });

  test('evidence that is no JSON is none', async () => {
    const files = objects({ 'bucket/evidence/exec-1/verify.json': '{"ok":' });
    expect(await told(failed('Verify', 'Verify', 'It failed.'), files)).toMatch(/action Verify: It failed\./);
  });

  test.each([
    [
      'its files in a folder',
      sourceZip(inFolder('source/')),
      /lacks buildspec\.yml.*it has source\/.*not their folder/,
    ],
    [
      'its files two folders deep',
      sourceZip(inFolder('a/b/')),
      /lacks buildspec\.yml.*it has a\/b\/.*not their folder/,
    ],
    ['no buildspec.yml', sourceZip(without('buildspec.yml')), /lacks buildspec\.yml at its root/],
    ['no zip', Buffer.from('hello'), /source\.zip is no zip file/],
  ])(
    'a build that got a source with %s explains it, and what it says itself stands behind',
    async (_what, zip, fault) => {
      const message = 'YAML_FILE_ERROR: stat /codebuild/output/src123/src/buildspec.yml: no such file or directory';
      const phases = [{ phaseType: 'DOWNLOAD_SOURCE', phaseStatus: 'FAILED', contexts: [{ message }] }];
      const said = await told(failed('Verify', 'Verify', 'Build terminated', { externalId: 'verify:1' }), {
        ...objects({ 'source/source.zip': zip }),
        BatchGetBuilds: () => ({ builds: [{ phases }] }),
      });
      expect(said).toMatch(fault);
      expect(said).toContain(message);
      expect(said).toMatch(/upload it again, or take the project’s own: \.\/lab step deployment source/);
    },
  );

  test.each([
    [
      'model',
      'The model does not load.',
      /reject it: aws sagemaker update-model-package --model-package-arn \S+\/7 .*Rejected/,
    ],
    ['template', 'endpoint.template.yaml has no Resources.', /The fault is in source\.zip.*step deployment source/],
  ])(
    'a refusal of the check %s leads to what is at fault: released again, it would stop again',
    async (check, message, next) => {
      const evidence = { ok: false, message, modelPackageArn: `${GROUP}/7`, checks: [{ check, ok: false }] };
      const said = await told(
        failed('Verify', 'Verify'),
        objects({ 'bucket/evidence/exec-1/verify.json': JSON.stringify(evidence) }),
      );
      expect(said).toMatch(next);
    },
  );

  test('builds that are held lead to the other way', async () => {
    const said = await told(
      failed('Verify', 'Verify', 'Error calling startBuild: Cannot have more than 0 builds in queue for the account'),
    );
    expect(said).toMatch(
      /holds the builds of this account at zero.*\.\/lab up deployment --target local --build lambda/,
    );
  });
});

test.each([
  [
    'Watch',
    'Watch',
    'Production answers with the configuration c, which is gone: the update was rolled back, its stack …',
  ],
  ['Production', 'DeployProduction', 'Endpoint: Could not find endpoint configuration "arn:…/c".'],
])('at %s, an endpoint whose configuration is gone has to be made anew', async (stage, action, message) => {
  const said = await told(failed(stage, action, message), { ...objects({}), ...events() });
  expect(said).toMatch(
    /delete it: aws cloudformation delete-stack --stack-name production-stack && aws cloudformation wait .*; then .*step deployment release/,
  );
});

describe('the smoke test', () => {
  const evidence = objects({ 'bucket/evidence/exec-1/smoke.json': JSON.stringify({ modelPackageArn: `${GROUP}/7` }) });

  test('an answer that must not be is the version’s fault, which is rejected', async () => {
    const said = await told(failed('SmokeTest', 'SmokeTest', 'Staging answers, but not well: AUC 0.3.'), evidence);
    expect(said).toMatch(/reject it: aws sagemaker update-model-package --model-package-arn \S+\/7 /);
  });

  test('no answer may be one the next time: it is released again', async () => {
    const said = await told(failed('SmokeTest', 'SmokeTest', 'Staging does not answer, after 8 tries.'), evidence);
    expect(said).toMatch(/release it again: /);
    expect(said).not.toMatch(/reject it/);
  });
});

describe('endpoints', () => {
  test('of a stack’s failures the first is told, not those that were cancelled for it', async () => {
    const said = await told(
      failed('Staging', 'DeployStaging', 'Stack staging-stack failed.'),
      events(event('ErrorAlarm', 'Resource creation cancelled'), event('Model', 'The role cannot be assumed.')),
    );
    expect(said).toMatch(/Model: The role cannot be assumed\./);
    expect(said).toMatch(/describe-stack-events --stack-name staging-stack/);
  });

  test('a model that never gets in service leads to the container’s log', async () => {
    const said = await told(
      failed('Staging', 'DeployStaging'),
      events(
        event(
          'Endpoint',
          'The primary container for production variant AllTraffic did not pass the ping health check.',
        ),
      ),
    );
    expect(said).toMatch(/aws logs filter-log-events --log-group-name \/aws\/sagemaker\/Endpoints\/staging /);
  });

  test.each([
    ['DeployStaging', "ResourceLimitExceeded: The account-level service limit 'serverless' is 0", 'L-96300102'],
    [
      'DeployProduction',
      "ResourceLimitExceeded: The account-level service limit 'ml.t2.medium for endpoint usage' is 0",
      'L-29C181D7',
    ],
  ])('%s without a quota names the one to ask for', async (action, reason, code) => {
    const said = await told(failed(action.slice(6), action), events(event('Endpoint', reason)));
    expect(said).toMatch(new RegExp(`--quota-code ${code}`));
  });

  test('without serverless concurrency, staging runs on an instance', async () => {
    const reason = "ResourceLimitExceeded: The account-level service limit 'serverless' is 0";
    const said = await told(failed('Staging', 'DeployStaging'), events(event('Endpoint', reason)));
    expect(said).toMatch(
      /\.\/lab up deployment --target local --staging instance \(the lab then needs 3 instances.*release it again: \.\/lab step deployment release/,
    );
  });

  test('a model that a serverless container does not start may come up on an instance', async () => {
    const reason = 'The primary container for production variant AllTraffic did not pass the ping health check.';
    const advice = (modes: Record<string, string>, stage = 'Staging') =>
      told(failed(stage, `Deploy${stage}`), events(event('Endpoint', reason)), modes);
    expect(await advice({ staging: 'serverless' })).toMatch(
      /where it is Errno 13: \.\/lab up deployment --target local --staging instance .*release it again: \.\/lab step/,
    );
    expect(await advice({ staging: 'instance' })).not.toMatch(/--staging/);
    expect(await advice({ staging: 'serverless' }, 'Production')).not.toMatch(/--staging/);
  });

  test.each([
    [{ staging: 'serverless', canary: 'off' }, 2],
    [{ staging: 'serverless', canary: 'on' }, 4],
    [{ staging: 'instance', canary: 'off' }, 3],
    [{ staging: 'instance', canary: 'on' }, 5],
  ])('without instances in the modes %j it asks for what they need', async (modes, instances) => {
    const reason = "ResourceLimitExceeded: The account-level service limit 'ml.t2.medium for endpoint usage' is 1";
    const said = await told(failed('Production', 'DeployProduction'), events(event('Endpoint', reason)), modes);
    expect(said).toMatch(new RegExp(`--desired-value ${instances} `));
    const without = /--staging serverless and delete staging.*delete-stack --stack-name staging-stack/;
    expect(without.test(said)).toBe(modes.staging === 'instance');
  });

  describe('staging that runs on an instance and is to be serverless', () => {
    const onInstance = { InstanceType: 'ml.t2.medium', InitialInstanceCount: 1 };
    const serverless = { ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 2 } };
    const refused = 'One or more of the variants cannot be updated.';
    const said = (variant: object | undefined, staging: string) =>
      told(
        failed('Staging', 'DeployStaging'),
        { ...events(event('Endpoint', refused)), ...endpoint(variant) },
        { staging },
      );

    test('is deleted, whatever AWS says, as no endpoint becomes serverless', async () => {
      expect(await said(onInstance, 'serverless')).toMatch(
        /Staging runs on an instance.*delete it: aws cloudformation delete-stack --stack-name staging-stack && .*; then release it again/,
      );
    });

    test('is left where it is to stay on an instance, or is serverless, or not there', async () => {
      expect(await said(onInstance, 'instance')).not.toMatch(/delete-stack/);
      expect(await said(serverless, 'serverless')).not.toMatch(/delete-stack/);
      expect(await said(undefined, 'serverless')).not.toMatch(/delete-stack/);
    });
  });

  test('an update that CloudFormation refused began nothing: what failed a moment before is not its reason', async () => {
    const refused =
      'Stack:arn:aws:cloudformation:us-east-1:000000000000:stack/production-stack/1 is in ROLLBACK_COMPLETE state and can not be updated.';
    const said = await told(
      failed('Production', 'DeployProduction', refused),
      neverStood(event('ErrorAlarm', 'not authorized to perform: cloudwatch:PutMetricAlarm')),
    );
    expect(said).toMatch(/action DeployProduction: Stack:.*ROLLBACK_COMPLETE state and can not be updated/);
    expect(said).not.toMatch(/PutMetricAlarm/);
  });

  test('an operation that failed within the same second before it is not its own', async () => {
    const at = (ms: number): Date => new Date(AT.getTime() + ms);
    const begins = (ms: number): object => ({
      LogicalResourceId: 'production-stack',
      ResourceStatus: 'UPDATE_IN_PROGRESS',
      Timestamp: at(ms),
    });
    const said = await told(
      failed('Production', 'DeployProduction', 'Stack failed.'),
      events(
        { ...event('Endpoint', 'this one'), Timestamp: at(300) },
        begins(100),
        { ...event('Model', 'the one before'), Timestamp: at(-200) },
        begins(-700),
      ),
    );
    expect(said).toMatch(/Endpoint: this one/);
    expect(said).not.toMatch(/the one before/);
  });

  test('a stack whose first creation failed is deleted before the next release', async () => {
    const message =
      'Stack:arn:aws:cloudformation:us-east-1:1:stack/production-stack/1 is in ROLLBACK_COMPLETE state and can not be updated.';
    const said = await told(failed('Production', 'DeployProduction', message), neverStood());
    expect(said).toMatch(/updates no stack that never stood/);
    expect(said).toMatch(/ delete it: aws cloudformation delete-stack --stack-name production-stack && aws/);
  });

  test('that first creation itself tells what to mend, and then the same', async () => {
    const reason =
      "ResourceLimitExceeded: The account-level service limit 'ml.t2.medium for endpoint usage' is 0 Instances";
    const said = await told(failed('Production', 'DeployProduction'), neverStood(event('Endpoint', reason)));
    expect(said).toMatch(
      /quota for endpoints on this instance type.*updates no stack that never stood.*--quota-code L-29C181D7.*Then delete it: aws cloudformation delete-stack --stack-name production-stack .*release it again: \.\/lab step deployment release/,
    );
  });

  test('where it was deleted since, only the cause is told', async () => {
    const gone = { ...neverStood(event('Endpoint', 'AccessDenied')), DescribeStacks: () => ({ Stacks: [] }) };
    expect(await told(failed('Production', 'DeployProduction'), gone)).not.toMatch(/never stood|delete-stack/);
  });

  test('a stack that is gone has no events: the pipeline’s own words are left', async () => {
    const gone = (): never => {
      throw named('ValidationError', 'Stack [production-stack] does not exist');
    };
    const said = await told(failed('Production', 'DeployProduction', 'Stack was deleted.'), {
      DescribeStackEvents: gone,
      DescribeStacks: gone,
    });
    expect(said).toMatch(/DeployProduction: Stack was deleted\./);
  });
});

test.each([
  ['Rejected by learner: Not on a Friday.', 1, /Somebody rejected it.*release it again/],
  ['Rejected: no time for it.', 1, /Somebody rejected it/],
  ['The action timed out.', 1, /Nobody decided in time: an approval waits for 8 hours.*release it again/],
  ['', 480, /Nobody decided in time/],
  ['', 479, /Somebody rejected it/],
])('an approval that ended with %j after %i minutes', async (message, minutes, says) => {
  const updated = new Date(AT.getTime() + minutes * 60_000);
  expect(await told(failed('Approval', 'Approve', message, { updated }))).toMatch(says);
});

test('a version that is not approved any more: the registry decides', async () => {
  const message =
    'Version 2 of group is Rejected (On second thoughts.). Only an approved version is released: approve it.';
  const said = await told(failed('Production', 'StillApproved', message));
  expect(said).toMatch(/asked at Verify, and again right before production.*approve it, or go on with the newest/);
  expect(said).not.toMatch(/never stood/);
});

test('a role that lacks a permission: the stack is put right', async () => {
  const message = 'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: s3:PutObject';
  expect(await told(failed('SmokeTest', 'SmokeTest', message))).toMatch(/lacks a permission.*\.\/lab up deployment/);
});

test.each([
  ['Superseded', /is Superseded.*A newer release overtook it/],
  ['Stopped', /is Stopped.*Somebody stopped it/],
  ['Cancelled', /is Cancelled.*changed or deleted/],
])('a release that is %s says how that comes about', (status, says) => {
  const { run } = fakeRun({});
  const { message, why, next } = releaseFailedError(run, PLACE, { ...RELEASE, status }, undefined);
  expect(`${message} ${why} ${next}`).toMatch(says);
  expect(next).toMatch(/list-action-executions.*\.\/lab step deployment release/);
});

test('an action that failed and went well when tried again did not stop the release', () => {
  const again = { ...failed('Staging', 'DeployStaging'), status: 'Succeeded' };
  expect(failedAction([failed('Staging', 'DeployStaging'), again])).toBeUndefined();
  expect(failedAction([again, failed('SmokeTest', 'SmokeTest')])).toMatchObject({ action: 'SmokeTest' });
});
