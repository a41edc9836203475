/** The lab monitoring with all that can go on in it goes, while requests flow. A neighbour's lab stays, and serves. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import { DeleteEndpointCommand, DescribeProcessingJobCommand } from '@aws-sdk/client-sagemaker';
import { DeleteScheduleCommand } from '@aws-sdk/client-scheduler';
import { DeleteTopicCommand } from '@aws-sdk/client-sns';
import { describeStack } from '../../lib/teardown/stack';
import { Lease } from './lease';
import { ROOT, Stage } from './stage';
import { until } from './until';
import { Watching } from './watching';

let stage: Stage;
let neighbour: Watching;
let before: readonly string[];
beforeAll(async () => {
  stage = await Stage.open('monitoring');
  // Whose names begin like ours.
  await stage.up('me-2');
  neighbour = await Watching.of(stage, 'me-2');
  before = await inventory();
});
afterAll(async () => {
  await neighbour?.callers.stop();
  await stage?.close();
});

/** What the neighbour is asked, what its functions log, what it decides, and its analysis of each hour come when they come. */
async function inventory(): Promise<string[]> {
  const comes = /log|capture|decisions|locks|mla-mon-me--2-/i;
  return (await stage.target.inventory()).filter((one) => !/me-2/.test(one) || !comes.test(one));
}

async function nothingButTheNeighbour(): Promise<void> {
  const now = await inventory();
  const more = now.filter((one) => !before.includes(one));
  const fewer = before.filter((one) => !now.includes(one));
  expect({ more, fewer }).toEqual({ more: [], fewer: [] });
  expect(neighbour.callers.failures).toBe(0);
}

/** Requests flow until it is over. */
async function meanwhile({ callers }: Watching, goes: () => Promise<unknown>): Promise<void> {
  try {
    await goes();
  } finally {
    await callers.stop();
  }
  // Some were answered, and the last ones met no endpoint.
  expect(callers.failures).toBeLessThan(callers.calls.length);
  expect(callers.calls.at(-1)!.answer).toMatch(/not found/i);
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs `./lab` as on another machine. @param interrupted Ctrl-C comes once this is so */
async function elsewhere(line: string, interrupted?: () => Promise<boolean>): Promise<Ended> {
  const cwd = mkdtempSync(join(tmpdir(), 'mla-labs-elsewhere-'));
  const program = [join(ROOT, 'node_modules', '.bin', 'tsx'), join(ROOT, 'test', 'proof', 'other-machine.ts')];
  const env = { ...process.env, ...stage.target.shellEnv(), COLUMNS: '200' };
  const child = spawn(process.execPath, [...program, ...line.split(' ')], { cwd, env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  if (interrupted) {
    while (child.exitCode === null && !(await interrupted())) await stage.target.clock.sleep(20);
    child.kill('SIGINT');
  }
  const code = await ended;
  rmSync(cwd, { recursive: true });
  return { code, said };
}

test('the neighbour holds half of the quota: `up --yes` makes nothing, and says who holds it and how much it asks for', async () => {
  const { code, out, err } = await stage.cli('up monitoring --target local --yes');
  const said = `${out}${err}`.replaceAll(/\s+/g, ' ');
  expect({ code, said }).toMatchObject({ code: 3 });
  expect(said).toContain(neighbour.place.endpoint);
  expect(said).toMatch(/of this account is 2, and 1 of it is in use; the lab needs 2\./);
  expect(said).toMatch(/request-service-quota-increase .*--desired-value 3/);
  expect(await stage.stackIsGone()).toBe(true);
  await nothingButTheNeighbour();
});

test('plain stack deletion, with a retraining and Model Monitor at work: nothing survives it', async () => {
  await stage.up('me', { monitor: 'managed' });
  const lab = await Watching.of(stage);
  await stage.act('baseline');
  await lab.monitored();
  await meanwhile(lab, () => stage.destroy());
  await nothingButTheNeighbour();
});

test('`down` that Ctrl-C ends in the middle, and once more from another machine: nothing survives it', async () => {
  await stage.up('me', { compute: 'processing' });
  const lab = await Watching.of(stage);
  await lab.scheduled();
  const { sagemaker } = stage.target.clients;
  const stopped = async () => {
    const job = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: 'mla-retrain-me--hangs' }));
    return job.ProcessingJobStatus !== 'InProgress';
  };
  const down = 'down monitoring --target local --yes';
  await meanwhile(lab, async () => {
    expect(await elsewhere(down, stopped)).toMatchObject({
      code: 130,
      said: expect.stringMatching(/partly removed.*goes on costing.\s+Next: .\/lab down monitoring/s) as string,
    });
    expect(await elsewhere(down)).toMatchObject({
      code: 0,
      said: expect.stringMatching(/Receipt.*left over 0/s) as string,
    });
  });
  await nothingButTheNeighbour();
});

test('a lease that is over while all of it goes on: nothing survives it', async () => {
  await stage.up();
  const lab = await Watching.of(stage);
  await lab.scheduled();
  const lease = await Lease.of(stage);
  await lease.end();
  await meanwhile(lab, async () => {
    expect(await lease.act()).toMatchObject({ did: 'deleted' });
    await until(async () => (await describeStack(lab.run)) === undefined);
  });
  await nothingButTheNeighbour();
});

test('things that were deleted by hand are missed by nobody: `down` removes the rest, once', async () => {
  await stage.up();
  const lab = await Watching.of(stage);
  const { sagemaker, scheduler, sns, lambda } = stage.target.clients;
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName: lab.place.endpoint }));
  await scheduler.send(new DeleteScheduleCommand({ Name: lab.place.schedule }));
  await sns.send(new DeleteTopicCommand({ TopicArn: lab.place.topic }));
  for (const id of ['Serve', 'Responder', 'Lease']) {
    await lambda.send(new DeleteFunctionCommand({ FunctionName: await stage.physical('AWS::Lambda::Function', id) }));
  }
  expect(stage.shell(`aws s3 rm --recursive --quiet s3://${lab.place.bucket}`)).toMatchObject({ status: 0 });
  await meanwhile(lab, () => stage.down());
  await nothingButTheNeighbour();
  expect(await stage.cli('down monitoring --target local --yes')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/nothing to remove/) as string,
  });
  expect((await stage.cli('status --target local')).out).not.toMatch(/monitoring +me /);
});

test('a deletion that a permission refuses says so, and `down` goes on from there', async () => {
  await stage.up();
  const allow = await stage.revoke(await stage.physical('AWS::IAM::Role', 'LeaseRole'), 's3:DeleteObjectVersion');
  await expect(stage.destroy()).rejects.toThrow(/s3:objects .*(AccessDenied|not authorized).*Next: .\/lab down/s);
  await allow();
  await stage.down();
  await nothingButTheNeighbour();
});
