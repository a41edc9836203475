/** A browser of this machine, and what every page is held to. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** @throws Error that says how to get one */
function findChromium(): string {
  const given = process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const path of given ? [given] : NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Looked for elsewhere.
    }
  }
  throw new Error(
    `${given ? `CHROMIUM_PATH=${given} is no program` : `There is no ${NAMES.join(', ')} on the PATH`}, and these tests need a browser. ` +
      'Next: apt-get install chromium (Debian), or brew install --cask chromium (macOS), or set CHROMIUM_PATH.',
  );
}

/** Pages of one browser; what goes wrong in any of them is kept. */
export class TestBrowser {
  /** Errors on consoles, and requests to other hosts than the pages'. */
  readonly faults: string[] = [];

  private constructor(private readonly browser: Browser) {}

  static async launch(): Promise<TestBrowser> {
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    return new TestBrowser(await chromium.launch({ executablePath: findChromium(), args }));
  }

  async page(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await this.browser.newContext(options)).newPage();
    page.setDefaultTimeout(300_000);
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('request', (request) => {
      if (!/^(data:|blob:|http:\/\/127\.0\.0\.1:)/.test(request.url())) this.faults.push(`asks ${request.url()}`);
    });
    return page;
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/** What axe-core calls serious or critical. */
export async function barriersOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    );
}

/** By how many pixels the page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** Has a view asked for again, until something is there. */
export async function lookUntil(page: Page, there: Locator, again: () => Promise<void>): Promise<void> {
  while (!(await there.isVisible())) {
    const seen = page.waitForResponse((answered) => answered.url().includes('/views/'));
    await again();
    await seen;
  }
}

/** What is wrong with a page as it stands now, on a window and on a phone. */
export async function faultsOf(browser: TestBrowser, page: Page): Promise<string[]> {
  const found = await barriersOf(page);
  const before = page.viewportSize()!;
  await page.setViewportSize({ width: 375, height: 800 });
  const over = await overflowOf(page);
  await page.setViewportSize(before);
  return [...found, ...browser.faults, ...(over > 0 ? [`${over} pixels too wide for a phone`] : [])];
}
