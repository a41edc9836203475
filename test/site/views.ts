/** A lab on a local cloud of its own, and the page of what stands in it. */
import type { Locator, Page } from 'playwright-core';
import type { Served } from '../../lib/commands/deps';
import type { LabId } from '../../lib/course/names';
import { serve } from '../../workbench/server';
import { Stage } from '../proof/stage';
import { faultsOf, lookUntil, TestBrowser } from './browser';

const options = { target: 'local', learner: 'me', json: false, yes: false, explain: false, verbose: false } as const;

export class CloudScene {
  private constructor(
    readonly stage: Stage,
    private readonly served: Served,
    readonly browser: TestBrowser,
    readonly page: Page,
  ) {}

  /** Deploys a lab, does steps of it, and opens the page. */
  static async open(lab: LabId, ...steps: string[]): Promise<CloudScene> {
    const stage = await Stage.open(lab, 'me', undefined, 'policy');
    await stage.up();
    await stage.act(...steps);
    const served = await serve({ deps: stage.deps(), options, progress: () => undefined });
    const browser = await TestBrowser.launch();
    const page = await browser.page();
    // The page of what stands would ask for another lab first.
    await page.goto(served.link('docs/progress.html'));
    await page.goto(new URL(`/docs/cloud.html?lab=${lab}`, page.url()).href);
    return new CloudScene(stage, served, browser, page);
  }

  /** What the page shows of the lab. */
  get seen(): Locator {
    return this.page.getByRole('region', { name: 'What stands' });
  }

  /** A table, or a thing with a heading of its own. */
  part(name: string | RegExp): Locator {
    return this.seen.getByRole('region', { name, exact: true });
  }

  async view(name: string): Promise<void> {
    await this.seen.getByRole('navigation').getByRole('button', { name, exact: true }).click();
  }

  /** Goes through folders of the view of objects, to an object. */
  async open(...names: string[]): Promise<void> {
    for (const name of names) await this.part('Objects').getByRole('button', { name, exact: true }).click();
  }

  /** Opens the log of a completed job of each type, and waits for its lines. */
  async readLogs(...types: string[]): Promise<void> {
    await this.view('Jobs and logs');
    for (const type of types) {
      const done = this.part('Jobs').locator('tr', { hasText: type }).filter({ hasText: 'Completed' });
      await done.last().getByRole('button').click();
      await this.part('Lines').locator('td').first().waitFor();
    }
  }

  /** Has the page look again at what it shows. */
  async again(): Promise<void> {
    await this.seen.getByRole('button', { name: 'Look again' }).last().click();
  }

  /** Looks again until something is there. */
  async until(there: Locator): Promise<void> {
    await lookUntil(this.page, there, () => this.again());
  }

  /** Uploads a file from the view of objects. */
  async upload(key: string, text: string): Promise<void> {
    const form = this.seen.getByRole('form', { name: 'Upload' });
    const file = { name: 'file.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
    await form.getByLabel('File').setInputFiles(file);
    await form.getByRole('textbox', { name: 'Key' }).fill(key);
    await form.getByRole('button', { name: 'Upload' }).click();
    await this.seen.getByText(`Uploaded ${key}`).waitFor();
  }

  /** What is wrong with the page as it stands now, with the problems that it tells. */
  async faults(): Promise<string[]> {
    const found = await faultsOf(this.browser, this.page);
    return [...found, ...(await this.seen.locator('.problem').allInnerTexts())];
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.served.close();
    await this.stage.close();
  }
}
