/** Over a hundred requests of five services, sent by boto3 to the local cloud and to moto: where answers differ, it is known who is right. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { venvPython } from '../../local-cloud/boot/python';
import type { Target } from '../../lib/target';
import { DIFFERENCES } from './judges/moto/differences';
import { judgePython } from './judges/python';
import { openPrivateTarget } from './private-target';

const SEED = Number(process.env.LAB_FAULT_SEED ?? 15);
const BUCKET = 'judged';

let target: Target;
let moto: ChildProcess;
let said: { readonly asked: number; readonly differences: readonly string[] };
beforeAll(async () => {
  const python = await judgePython('moto');
  target = await openPrivateTarget();
  moto = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], {
    env: { ...process.env, MOTO_ACCOUNT_ID: target.account },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const endpoint = await listening(moto.stderr!);
  const role = await prepare();
  const script = join(__dirname, 'judges', 'moto', 'ask.py');
  const { stdout } = await promisify(execFile)(venvPython(), [script, endpoint, String(SEED), role, BUCKET], {
    env: { ...process.env, ...target.shellEnv() },
    maxBuffer: 2 ** 26,
  });
  said = JSON.parse(stdout) as typeof said;
});
afterAll(async () => {
  if (moto?.kill()) await once(moto, 'exit');
  await target?.close();
});

/** Where it says that it listens. */
function listening(log: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    log.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const endpoint = /Running on (http:\S+)/.exec(said)?.[1];
      if (endpoint !== undefined) resolve(endpoint);
    });
    log.on('end', () => reject(new Error(`moto did not start. It said: ${said.slice(-600)}`)));
  });
}

/** What the requests name: a role of all services, data and a model. @returns the role's ARN */
async function prepare(): Promise<string> {
  const { iam, s3 } = target.clients;
  const allow = (more: object): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });
  const Service = ['sagemaker', 'glue', 'codebuild', 'codepipeline'].map((name) => `${name}.amazonaws.com`);
  const AssumeRolePolicyDocument = allow({ Principal: { Service }, Action: 'sts:AssumeRole' });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'judged', AssumeRolePolicyDocument }));
  const PolicyDocument = allow({ Action: ['s3:*', 'logs:*', 'glue:*'], Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'judged', PolicyName: 'judged', PolicyDocument }));
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const Key of ['data/one.csv', 'model.tar.gz'])
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: '1,2\n' }));
  return Role!.Arn!;
}

test(`seed ${SEED}: where the answers differ, it is known who is right`, () => {
  expect(said.asked).toBeGreaterThan(100);
  expect(said.differences.filter((line) => !DIFFERENCES.some(({ covers }) => covers.test(line)))).toEqual([]);
});

test('each known difference is still there', () => {
  expect(DIFFERENCES.filter(({ covers }) => !said.differences.some((line) => covers.test(line)))).toEqual([]);
});
