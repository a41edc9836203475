/** The pages as a browser shows them, with no lab deployed: search, links, copied commands, phones, the dark, no JavaScript. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { type Deps, realDeps, type Served } from '../../lib/commands/deps';
import { ROOT } from '../../local-cloud/boot/paths';
import { pagesOf, siteFile } from '../../workbench/pages';
import { serve } from '../../workbench/server';
import { barriersOf, overflowOf, TestBrowser } from './browser';

const root = mkdtempSync(join(tmpdir(), 'mla-labs-site-test-'));
const deps: Deps = { ...realDeps(), root, localCloudRuns: async () => false };
const options = { target: 'local', learner: 'me', json: false, yes: false, explain: false, verbose: false } as const;
const GUIDE = 'labs/data-prep/';

let served: Served;
let browser: TestBrowser;
let page: Page;
beforeAll(async () => {
  served = await serve({ deps, options, progress: () => undefined });
  browser = await TestBrowser.launch();
  page = await browser.page();
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  rmSync(root, { recursive: true });
});
const url = (path: string): string => new URL(`/${path}`, served.link('')).href;

test('every page is there, fits a phone, and leads to pages and files that are there', async () => {
  const phone = await browser.page({ viewport: { width: 375, height: 800 } });
  await phone.goto(served.link(''));
  const links = new Set<string>();
  for (const name of pagesOf(ROOT)) {
    const path = siteFile(name).replace(/(index)?\.md$/, (_all, index?: string) => (index ? '' : '.html'));
    expect((await phone.goto(url(path)))!.status()).toBe(200);
    expect({ name, overflow: await overflowOf(phone) }).toEqual({ name, overflow: 0 });
    // No lab stands: the page of what stands says so, and the browser's console that it was refused.
    if (name === 'docs/cloud.md') {
      await phone.getByRole('alert').getByText('Next: ./lab up data-prep').waitFor();
      expect(browser.faults.splice(0)).toEqual([expect.stringContaining('409 (Conflict)')]);
    }
    if (name === 'docs/progress.md') await phone.getByText('Steps, this machine: 0 of 6 done').waitFor();
    for (const link of await phone
      .locator('.vp-doc a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')!)))
      if (!/^[a-z]+:/.test(link)) links.add(new URL(link, phone.url()).href.replace(/#.*/, ''));
  }
  expect(links.size).toBeGreaterThan(40);
  for (const link of links) expect({ link, status: (await fetch(link)).status }).toEqual({ link, status: 200 });
});

test('the first page has at most 150 kB of JavaScript, compressed; the editor and the views come when asked for', async () => {
  const own = await browser.page();
  const scripts = new Set<string>();
  own.on('request', (asked) => {
    if (asked.resourceType() === 'script') scripts.add(asked.url());
  });
  await own.goto(served.link(''), { waitUntil: 'networkidle' });
  let bytes = 0;
  for (const script of scripts) bytes += gzipSync(await (await fetch(script)).arrayBuffer()).length;
  expect(bytes).toBeGreaterThan(20_000);
  expect(bytes).toBeLessThanOrEqual(150_000);
});

test('search finds what a guide says, without asking any server but this one', async () => {
  await page.goto(served.link(''));
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox').fill('custom classifier');
  await page.locator('.VPLocalSearchBox .result').first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/labs\/data-prep\//);
});

test('answers to questions are folded away until they are asked for, and marks for scripts show nowhere', async () => {
  await page.goto(url('docs/further.html'));
  const answers = page.locator('.vp-doc details').first();
  const text = answers.getByText('Answers.');
  expect(await text.isVisible()).toBe(false);
  await answers.locator('summary').click();
  await text.waitFor();
  expect(await page.locator('.vp-doc details').count()).toBe(7);
  expect(await page.locator('.vp-doc').innerText()).not.toMatch(/<!--|<\/?details/);
});

test('a copy button copies commands, and neither comments nor prompts', async () => {
  const own = await browser.page({ permissions: ['clipboard-read', 'clipboard-write'] });
  await own.goto(served.link(GUIDE));
  const block = own.locator('.language-sh', { hasText: 'export LAB_TARGET=local' });
  await block.hover();
  await block.locator('button.copy').click();
  await own.locator('button.copied').waitFor();
  const copied = (await own.evaluate('navigator.clipboard.readText()')) as string;
  expect(copied.split('\n').map((line) => line.trimEnd())).toEqual([
    './lab up data-prep --target local',
    'export LAB_TARGET=local',
    'eval "$(./lab env)"',
    './lab outputs data-prep',
  ]);
  expect(await own.locator('.language-text button.copy').first().isVisible()).toBe(false);
});

test('without JavaScript a guide reads whole, and shows nothing that would not work', async () => {
  const plain = await browser.page({ javaScriptEnabled: false });
  await plain.goto(served.link(GUIDE));
  expect(await plain.locator('.vp-doc').innerText()).toContain('S3 has no folders. It has keys');
  expect(await plain.locator('.live, button.copy:visible').count()).toBe(0);
});

test('below each step its questions are folded, and so is each answer: without JavaScript, too', async () => {
  const plain = await browser.page({ javaScriptEnabled: false });
  await plain.goto(served.link(GUIDE));
  expect(await plain.locator('details.questions').count()).toBe(6);
  const [block, answer] = [
    plain.locator('details.questions').first(),
    plain.getByText('Source', { exact: true }).first(),
  ];
  expect(await block.locator('ol').first().isVisible()).toBe(false);
  await block.locator('summary').first().click();
  expect(await block.locator('ol').first().isVisible()).toBe(true);
  expect(await answer.isVisible()).toBe(false);
  await block.locator('summary', { hasText: 'Answer' }).first().click();
  expect(await answer.isVisible()).toBe(true);
});

test('without the link the live parts say where the link is', async () => {
  const stranger = await browser.page();
  await stranger.goto(url(GUIDE));
  await stranger.getByRole('alert').getByText('Open the link that ./lab open printed').waitFor();
  // The lab is asked for, and what stands: the browser says on its console that both were refused.
  const said = browser.faults.splice(0);
  expect(said.length).toBeGreaterThan(0);
  expect(said.filter((fault) => !fault.includes('401 (Unauthorized)'))).toEqual([]);
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing serious in a guide with its live parts: %s',
  async (colorScheme) => {
    const own = await browser.page({ colorScheme });
    await own.goto(served.link(GUIDE));
    await own.getByText('Up: deploy it').waitFor();
    expect(await own.locator('.step-panel').count()).toBe(6);
    expect(await own.evaluate('document.documentElement.classList.contains("dark")')).toBe(colorScheme === 'dark');
    await own.evaluate('document.querySelectorAll("details").forEach((one) => (one.open = true))');
    expect(await barriersOf(own)).toEqual([]);
  },
);

test('a page of another site gets nothing done', async () => {
  const other = await browser.page();
  // The same browser profile has the cookie.
  await other.goto(served.link(GUIDE));
  await other.goto('data:text/html,<title>evil</title>');
  const api = url('api/labs/data-prep/jobs');
  await expect(
    other.evaluate((to) => fetch(to, { method: 'POST', body: '{"verb":"down"}', credentials: 'include' }), api),
  ).rejects.toThrow();
  expect(browser.faults.splice(0).join('\n')).toMatch(/CORS|403/);
});

test('no page has said an error, and none has asked another server', () => {
  expect(browser.faults).toEqual([]);
});
