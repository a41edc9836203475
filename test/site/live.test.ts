/** The live parts of a guide, with a lab in memory: whatever a command says, and a connection that breaks meanwhile. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Locator, Page } from 'playwright-core';
import type { Served } from '../../lib/commands/deps';
import type { LabRun } from '../../lib/course/run';
import type { CloudView, LogView } from '../../workbench/api';
import { serve } from '../../workbench/server';
import { World } from '../unit/commands/fakes';
import { faultsOf, TestBrowser } from './browser';

const options = { target: 'local', learner: 'me', json: false, yes: false, explain: false, verbose: false } as const;
const HOSTILE = [
  '<img src=x onerror="document.title = 1">',
  '<script>document.title = 1</script>',
  '\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link',
  'x'.repeat(100_000),
  '\u202e\u0000"\'`${1}{{ 1 + 1 }}',
];

/** Connections to the server; while they are cut, new ones are, too. */
class Connections {
  private readonly open = new Set<Socket>();
  private cut = false;
  private readonly watch = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    if (this.cut) socket.destroy();
    else this.open.add(socket.once('close', () => this.open.delete(socket)));
  };

  constructor() {
    subscribe('net.server.socket', this.watch);
  }

  break(): void {
    this.cut = true;
    for (const socket of this.open) socket.destroy();
  }

  mend(): void {
    this.cut = false;
  }

  stop(): void {
    unsubscribe('net.server.socket', this.watch);
  }
}

let world: World;
let connections: Connections;
let served: Served;
let browser: TestBrowser;
let page: Page;
/** What the step does. */
let act: (run: LabRun) => Promise<void>;
beforeAll(async () => {
  world = new World();
  world.cloud.addStack();
  // Under the name of a step of the guide, which is that of the real lab.
  Object.assign(world.lab.steps[0]!, { id: 'ingest', act: (run: LabRun) => act(run) });
  connections = new Connections();
  served = await serve({ deps: world.deps, options, progress: () => undefined });
  browser = await TestBrowser.launch();
  page = await browser.page();
  await page.goto(served.link('labs/data-prep/'));
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  connections?.stop();
  world?.clean();
});

const step = (): Locator => page.getByRole('region', { name: 'The step ingest', exact: true });
const log = (): Locator => step().getByRole('log');
async function begin(): Promise<void> {
  await step().getByRole('button', { name: 'Do it' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('One');
  await dialog.getByRole('button', { name: 'Go on' }).click();
}
const ended = (): Promise<void> => step().locator('button:enabled', { hasText: 'Do it' }).waitFor();

test('where the connection breaks, the page says so, connects again, and goes on where it was', async () => {
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let run: LabRun | undefined;
  act = (given) => {
    run = given;
    given.progress('before the cut');
    return finished;
  };
  await begin();
  await log().getByText('before the cut').waitFor();
  connections.break();
  const broken = page.getByText('The connection to ./lab open is broken; trying again.');
  await broken.waitFor();
  run!.progress('while it was cut');
  connections.mend();
  await log().getByText('while it was cut').waitFor();
  await broken.waitFor({ state: 'hidden' });
  finish();
  await ended();
  expect(await log().getByText('before the cut').count()).toBe(1);
  // The browser itself says on its console that it lost the connection, and could not make it again.
  expect(browser.faults.splice(0).filter((fault) => !fault.includes('net::ERR_'))).toEqual([]);
});

test('what a command says is text, and fits a phone, whatever it is', async () => {
  const title = await page.title();
  act = async (run) => HOSTILE.forEach((line) => run.progress(line));
  await begin();
  await ended();
  const said = (await log().textContent())!;
  expect(said).toContain(HOSTILE[0]);
  expect(said).toContain(HOSTILE[1]);
  expect(said).toContain(HOSTILE[3]);
  expect(said).toContain('{{ 1 + 1 }}');
  expect(await log().locator('img, script, a').count()).toBe(0);
  expect(await page.title()).toBe(title);
  expect(await faultsOf(browser, page)).toEqual([]);
});

test('what a log says is text, and fits a phone, whatever it is', async () => {
  const cloud: CloudView = {
    target: 'local',
    region: 'us-east-1',
    stack: HOSTILE[0]!,
    status: 'CREATE_COMPLETE',
    views: [{ id: 'jobs', title: 'Jobs and logs' }],
  };
  const lines: LogView = { lines: HOSTILE.map((text) => ({ at: '2026-01-01T00:00:00.000Z', text })) };
  const jobs = { jobs: [{ type: 'glue', name: 'jr_1', state: HOSTILE[1], reason: HOSTILE[3] }] };
  await page.route('**/api/labs/*/cloud', (asked) => asked.fulfill({ json: cloud }));
  await page.route('**/views/jobs*', (asked) =>
    asked.fulfill({ json: asked.request().url().includes('of=') ? lines : jobs }),
  );
  await page.goto(new URL('/docs/cloud.html?lab=data-prep&view=jobs', page.url()).href);
  const title = await page.title();
  await page.getByRole('button', { name: 'jr_1' }).click();
  const cells = page.getByRole('region', { name: 'Lines' }).locator('td');
  await cells.first().waitFor();
  const shown = await cells.allTextContents();
  expect(HOSTILE.filter((line) => !shown.includes(line.replace('\0', '\ufffd')) && !shown.includes(line))).toEqual([]);
  expect(await page.getByRole('region', { name: 'What stands' }).locator('img, script, td a').count()).toBe(0);
  expect(await page.title()).toBe(title);
  expect(await faultsOf(browser, page)).toEqual([]);
});
