/** `./lab open`: until its first page is there, a check through the page beside the command line's, a long log, the build. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type Deps, realDeps } from '../../lib/commands/deps';
import { Interrupts } from '../../lib/commands/interrupt';
import { main } from '../../lib/commands/program';
import { output } from '../../lib/course/run';
import type { LogView } from '../../workbench/api';
import { ensureSite, SITE } from '../../workbench/build';
import { serve } from '../../workbench/server';
import { PrivateLab } from './private-lab';
import type { Report } from './report';
import { inTurn, timed } from './runs';

const LINES = 100_000;
/** What CloudWatch Logs takes at once. */
const BATCH = 10_000;
const CHECK = ['check', 'data-prep', 'ingest'] as const;

/** Asks a server of ours, as a page that followed the link does. */
async function visitor(link: string): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const entered = await fetch(link, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
  return async (path, init = {}) => {
    const answer = await fetch(new URL(path, link), { ...init, headers: { cookie } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
}

/** What a browser loads before it shows a page: its HTML, styles and scripts. @returns bytes of JavaScript, compressed */
async function loadPage(link: string): Promise<number> {
  const ask = await visitor(link);
  const html = await (await ask(new URL(link).pathname)).text();
  const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path!);
  let scripts = 0;
  for (const path of new Set(files)) {
    const body = await (await ask(path)).arrayBuffer();
    if (path.endsWith('.js')) scripts += gzipSync(new Uint8Array(body)).length;
  }
  return scripts;
}

/** From the command until its first page is loaded. */
async function firstPage(root: string): Promise<{ readonly seconds: number; readonly scripts: number }> {
  const began = performance.now();
  const child = spawn('./lab', ['open', 'data-prep', '--no-browser'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    let said = '';
    for await (const part of child.stdout) {
      said += String(part);
      const link = /http:\S+/.exec(said)?.[0];
      if (link === undefined) continue;
      const scripts = await loadPage(link);
      return { seconds: (performance.now() - began) / 1000, scripts };
    }
    throw new Error(`./lab open ended, and had said: ${said}`);
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

async function checkOfCli(deps: Deps): Promise<void> {
  const nowhere = { write: () => true };
  const streams = { stdout: nowhere, stderr: nowhere, stdin: new PassThrough(), env: {}, now: () => performance.now() };
  await main([...CHECK, '--target', 'local'], deps, streams, new Interrupts());
}

/** A stream of the lab's own log group, as a job of Glue would have filled it. */
async function writeLog(lab: PrivateLab, name: string): Promise<void> {
  const about = { logGroupName: `${output(await lab.run(), 'LogPrefix')}/jobs/output`, logStreamName: name };
  const { logs } = lab.target.clients;
  await logs.send(new CreateLogStreamCommand(about));
  const now = Date.now() - LINES;
  for (let from = 0; from < LINES; from += BATCH) {
    const line = (at: number) => ({ timestamp: now + from + at, message: `INFO task ${from + at} <b>of</b> ${LINES}` });
    await logs.send(
      new PutLogEventsCommand({ ...about, logEvents: Array.from({ length: BATCH }, (_, at) => line(at)) }),
    );
  }
}

/** Milliseconds of each page of a log, from the first to the last. */
async function readLog(ask: Awaited<ReturnType<typeof visitor>>, name: string): Promise<number[]> {
  const took: number[] = [];
  let read = 0;
  for (let token: string | undefined = ''; token !== undefined;) {
    const words = new URLSearchParams({ type: 'glue', of: name, ...(token !== '' && { token }) });
    const began = performance.now();
    const page = (await (await ask(`/api/labs/data-prep/views/jobs?${words.toString()}`)).json()) as LogView;
    took.push(performance.now() - began);
    read += page.lines.length;
    token = page.next;
  }
  if (read !== LINES) throw new Error(`${read} lines of ${LINES} were read.`);
  return took;
}

export async function workbenchBench(report: Report, root: string, runs: number): Promise<void> {
  await ensureSite(() => undefined);
  const builds = await inTurn(runs, () => {
    rmSync(SITE, { recursive: true, force: true });
    return timed(() => ensureSite(() => undefined));
  });
  report.add('site build', builds, 's', 20);
  const opened = await inTurn(runs, () => firstPage(root));
  report.add(
    './lab open until its first page is loaded',
    opened.map((one) => one.seconds),
    's',
    2,
  );
  report.add(
    'its JavaScript, compressed',
    opened.map((one) => one.scripts / 1024),
    'KiB',
    Math.round(150_000 / 1024),
  );

  const lab = await PrivateLab.open(root, 'data-prep');
  const folder = mkdtempSync(join(tmpdir(), 'mla-labs-bench-'));
  try {
    await lab.deploy();
    const target = { ...lab.target, close: async () => undefined, stop: async () => undefined };
    const deps: Deps = {
      ...realDeps(),
      root: folder,
      openTarget: async () => target,
      localCloudRuns: async () => true,
      localCloudRegion: async () => target.region,
    };
    const options = {
      target: 'local',
      learner: 'me',
      json: false,
      yes: false,
      explain: false,
      verbose: false,
    } as const;
    const served = await serve({ deps, options, progress: () => undefined });
    try {
      const ask = await visitor(served.link(''));
      const checkOfPage = async (): Promise<void> => {
        const body = JSON.stringify({ verb: CHECK[0], step: CHECK[2] });
        const { id } = (await (await ask('/api/labs/data-prep/jobs', { method: 'POST', body })).json()) as {
          id: string;
        };
        await (await ask(`/api/jobs/${id}/events`)).text();
      };
      await checkOfCli(deps);
      await checkOfPage();
      const checks = await inTurn(5 * runs, async () => ({
        cli: 1000 * (await timed(() => checkOfCli(deps))),
        page: 1000 * (await timed(checkOfPage)),
      }));
      report.add(
        'a check by the command line, once it has started',
        checks.map(({ cli }) => cli),
        'ms',
      );
      report.add(
        'the same check through the page',
        checks.map(({ page }) => page),
        'ms',
      );
      report.add(
        'the page’s check beyond the command line’s',
        checks.map(({ cli, page }) => page - cli),
        'ms',
        100,
      );

      await writeLog(lab, 'jr_bench');
      report.add(`a page of a log of ${LINES} lines`, await readLog(ask, 'jr_bench'), 'ms', 1000);
    } finally {
      await served.close();
    }
  } finally {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
