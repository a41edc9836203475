/** What stands before a lab's first step: synthesis, deployment beside the CDK's own command, functions, and removal. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { LAB_IDS } from '../../lib/course/names';
import { output } from '../../lib/course/run';
import { toolkitEnv } from '../../lib/target/toolkit-env';
import { readOwnership } from '../../lib/teardown/record';
import { sweep } from '../../lib/teardown/sweep';
import { PrivateLab } from './private-lab';
import type { Report } from './report';
import { inTurn, median, seconds, timed } from './runs';

const LEFTOVERS = 1000;

/** All stacks of the labs, and one stack of a sample app, in turn. */
export async function synthBench(report: Report, root: string, runs: number): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'mla-labs-bench-'));
  try {
    const synth = (folder: string, ...more: string[]): number =>
      seconds('npx', ['cdk', 'synth', '-q', '-o', join(scratch, folder), ...more], { cwd: root }).seconds;
    const sample = ['--app', `npx tsx ${join(__dirname, 'sample-app.ts')}`];
    synth('labs');
    synth('sample', ...sample);
    const pairs = await inTurn(runs, () => ({ labs: synth('labs'), sample: synth('sample', ...sample) }));
    const labs = pairs.map((pair) => pair.labs);
    report.add('cdk synth, all labs', labs);
    const sampled = pairs.map((pair) => pair.sample);
    report.add('cdk synth, a sample app of 94 resources', sampled);
    report.ratio('cdk synth, all labs ÷ sample app', pairs, (pair) => pair.labs / pair.sample, 0.25);
    functionsBench(report, join(scratch, 'labs'), runs);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Each bundle of a Lambda function: its size, and how long Node.js takes to load it. */
function functionsBench(report: Report, assembly: string, runs: number): void {
  const load = (...args: string[]): number => seconds(process.execPath, ['-e', ...args], { cwd: assembly }).seconds;
  const bundles = new Set<string>();
  for (const file of readdirSync(assembly).filter((name) => name.endsWith('.template.json'))) {
    const { Resources } = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as {
      Resources: Record<string, { Type: string; Properties: { Code?: { S3Key?: string } } }>;
    };
    for (const [id, { Type, Properties }] of Object.entries(Resources)) {
      const key = Properties.Code?.S3Key;
      if (Type !== 'AWS::Lambda::Function' || typeof key !== 'string') continue;
      const folder = `asset.${key.replace(/\.zip$/, '')}`;
      if (bundles.has(folder) || !existsSync(join(assembly, folder, 'index.js'))) continue;
      bundles.add(folder);
      const code = join(assembly, folder, 'index.js');
      const name = `${file.replace('.template.json', '')} ${id}`;
      report.add(`bundle of ${name}`, [statSync(code).size / 1024], 'KiB');
      const bare = median(Array.from({ length: runs }, () => load('0')));
      const loads = Array.from({ length: runs }, () => 1000 * (load('require(process.argv[1])', code) - bare));
      report.add(`cold start of ${name}, beyond Node.js' own`, loads, 'ms');
    }
  }
}

/** Each lab deployed as `up` does, and by `npx cdk deploy`, in turn in one local cloud. */
export async function upBench(report: Report, root: string, runs: number): Promise<void> {
  for (const id of LAB_IDS) {
    const lab = await PrivateLab.open(root, id);
    try {
      const { stackName } = await lab.run();
      const env = toolkitEnv(lab.target, process.env);
      const plain = ['cdk', 'deploy', stackName, '--require-approval', 'never', '--ci'];
      await lab.deploy();
      await lab.remove();
      const pairs = await inTurn(runs, async () => {
        const up = await timed(() => lab.deploy());
        await lab.remove();
        const cdk = seconds('npx', plain, { cwd: root, env }).seconds;
        await lab.remove();
        return { up, cdk };
      });
      const ups = pairs.map((pair) => pair.up);
      report.add(`up ${id}: synthesis and deployment`, ups);
      const cdks = pairs.map((pair) => pair.cdk);
      report.add(`npx cdk deploy of ${id}`, cdks);
      report.ratio(`up ${id} ÷ npx cdk deploy`, pairs, (pair) => pair.up / pair.cdk, 1.1);
    } finally {
      await lab.close();
    }
  }
}

/** A bucket with a thousand objects that a learner left, found and removed. */
export async function leftoversBench(report: Report, root: string, runs: number): Promise<void> {
  const lab = await PrivateLab.open(root, 'data-prep');
  try {
    await lab.deploy();
    const run = await lab.run();
    const Bucket = output(run, 'DataBucket');
    const took = await inTurn(runs, async () => {
      const keys = Array.from({ length: LEFTOVERS }, (_, index) => `left/${index}.csv`);
      while (keys.length > 0) {
        const put = (Key: string) => lab.target.clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'left' }));
        await Promise.all(keys.splice(0, 20).map(put));
      }
      const ownership = await readOwnership(run);
      return timed(async () => {
        const { left } = await sweep(run, ownership!);
        if (left.length > 0) throw new Error(`${left.length} things were left: ${left[0]!.error}`);
      });
    });
    report.add(`sweep of ${LEFTOVERS} objects`, took);
  } finally {
    await lab.close();
  }
}
