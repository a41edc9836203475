/** The SageMaker Python SDK 3 trains, tunes, processes, registers, deploys and asks on the local cloud, as it does on AWS. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { Target } from '../../lib/target';
import { judgePython } from './judges/python';
import { openPrivateTarget } from './private-target';

const BUCKET = 'sdk';

interface Said {
  readonly train: { readonly status: string; readonly artifact: string };
  readonly failure: { readonly said: string };
  readonly tune: { readonly best: string };
  readonly process: { readonly status: string };
  readonly deploy: { readonly answer: string };
  readonly register: { readonly arn: string; readonly approved: readonly string[] };
  readonly serve: { readonly answer: string };
  readonly delete: { readonly left: readonly string[] };
}

let target: Target;
let folder: string;
let said: Said;
beforeAll(async () => {
  const python = await judgePython('sagemaker');
  target = await openPrivateTarget();
  folder = mkdtempSync(join(tmpdir(), 'mla-labs-sagemaker-sdk-'));
  await target.clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  // Else it would tell AWS itself, on the Internet, which functions are called.
  const config = join(folder, 'config.yaml');
  writeFileSync(config, 'SchemaVersion: "1.0"\nSageMaker: {PythonSDK: {Modules: {TelemetryOptOut: true}}}\n');
  const env = {
    ...process.env,
    ...target.shellEnv(),
    ...(await engineer()),
    SAGEMAKER_ADMIN_CONFIG_OVERRIDE: config,
    SAGEMAKER_USER_CONFIG_OVERRIDE: config,
    HOME: folder,
  };
  const script = join(__dirname, 'judges', 'sagemaker', 'examples.py');
  await promisify(execFile)(python, [script, BUCKET, folder], { env, cwd: folder, maxBuffer: 2 ** 26 });
  said = JSON.parse(readFileSync(join(folder, 'said.json'), 'utf8')) as Said;
});
afterAll(async () => {
  try {
    await target?.close();
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
});

/** Credentials of a role that may do what the SDK does, and no more. */
async function engineer(): Promise<Record<string, string>> {
  const { iam, sts } = target.clients;
  const allow = (more: object): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });
  const trust = allow({ Principal: { AWS: target.account }, Action: 'sts:AssumeRole' });
  const made = await iam.send(new CreateRoleCommand({ RoleName: 'engineer', AssumeRolePolicyDocument: trust }));
  const Action = ['sagemaker:*', 's3:*', 'iam:*', 'logs:*', 'sts:GetCallerIdentity'];
  const PolicyDocument = allow({ Action, Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'engineer', PolicyName: 'engineer', PolicyDocument }));
  const input = { RoleArn: made.Role!.Arn!, RoleSessionName: 'sdk' };
  const { Credentials } = await sts.send(new AssumeRoleCommand(input));
  return {
    AWS_ACCESS_KEY_ID: Credentials!.AccessKeyId!,
    AWS_SECRET_ACCESS_KEY: Credentials!.SecretAccessKey!,
    AWS_SESSION_TOKEN: Credentials!.SessionToken!,
  };
}

test('ModelTrainer uploads code and data, and its script trains in the container', () => {
  expect(said.train).toEqual({
    status: 'Completed',
    artifact: expect.stringMatching(/^s3:\/\/sdk\/good\/.*model\.tar\.gz$/),
  });
});

test('a script that fails ends the wait, with its exit code as reason', () => {
  expect(said.failure.said).toMatch(/AlgorithmError: .*'fails.py'.*returned non-zero exit status 1.*exit code: 1/s);
});

test('HyperparameterTuner tunes the trainer and names the best job', () => {
  expect(said.tune.best).toMatch(/^sagemaker-xgboost-.*-00[12]-/);
});

test('ScriptProcessor runs a script and keeps its output', async () => {
  expect(said.process.status).toBe('Completed');
  const { s3 } = target.clients;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'count/' }));
  expect(Contents.map(({ Key }) => Key)).toEqual(['count/version']);
});

test('ModelBuilder packs code and model into an endpoint that tells large from small', () => {
  const [large, small] = said.deploy.answer.split('\n').map(Number);
  expect(large).toBeGreaterThan(0.5);
  expect(small).toBeLessThan(0.5);
});

test('a version is registered, approved and found; an endpoint made of it answers as the first', () => {
  expect(said.register.arn).toMatch(/:model-package\/versions\/1$/);
  expect(said.register.approved).toEqual([said.register.arn]);
  expect(said.serve.answer).toBe(`${said.deploy.answer.split('\n')[0]}\n`);
});

test('all that it made for serving is deleted, and nothing was denied or broke AWS’s models', async () => {
  expect(said.delete.left).toEqual([]);
  expect(await target.denied()).toEqual([]);
  expect(await target.invalid()).toEqual([]);
});
