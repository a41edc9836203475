/** A lab done through the page alone: wrong answers first, then the right ones, and taken down at the end. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { Served } from '../../lib/commands/deps';
import type { LabId } from '../../lib/course/names';
import { serve } from '../../workbench/server';
import { Stage } from '../proof/stage';
import { faultsOf, TestBrowser } from './browser';

const options = { target: 'local', learner: 'me', json: false, yes: false, explain: false, verbose: false } as const;

/** A learner who has a browser and nothing else. */
export class PageLearner {
  private constructor(
    readonly stage: Stage,
    private readonly served: Served,
    readonly browser: TestBrowser,
    readonly page: Page,
  ) {}

  static async open(id: LabId): Promise<PageLearner> {
    const stage = await Stage.open(id);
    // What a learner has not written yet.
    for (const { exercise } of stage.lab.steps) if (exercise) rmSync(join(stage.workDir, exercise.file));
    const served = await serve({ deps: stage.deps(), options, progress: () => undefined });
    const browser = await TestBrowser.launch();
    const page = await browser.page();
    page.setDefaultTimeout(900_000);
    await page.goto(served.link(`labs/${id}/`));
    return new PageLearner(stage, served, browser, page);
  }

  get lab(): Locator {
    return this.page.getByRole('region', { name: 'This lab' });
  }

  part(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  step(id: string): Locator {
    return this.part(`The step ${id}`);
  }

  async deployed(state: string): Promise<void> {
    await this.lab.locator('[data-test=deployed]', { hasText: state }).waitFor();
  }

  /** A button by the keyboard alone, once it can be pressed. */
  async press(name: string, within = this.lab): Promise<void> {
    await within.locator('button:enabled', { hasText: name }).first().waitFor();
    await within.getByRole('button', { name, exact: true }).focus();
    await this.page.keyboard.press('Enter');
  }

  async up(): Promise<void> {
    await this.deployed('no');
    await this.press('Up: deploy it');
    await this.page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
    await this.deployed('CREATE_COMPLETE');
  }

  /** Saves an answer in the page's editor, and has it checked. */
  async answer(id: string, text: string): Promise<void> {
    const exercise = this.step(id).getByRole('group', { name: `Exercise of ${id}` });
    await exercise.getByRole('textbox').fill(text);
    const checking = this.page.waitForResponse((answered) => answered.url().endsWith('/jobs'));
    await this.press('Save and check', exercise);
    await checking;
    await this.step(id).locator('button:enabled', { hasText: 'Do it' }).waitFor();
    expect(readFileSync(join(this.stage.workDir, this.stage.step(id).exercise!.file), 'utf8')).toBe(text);
  }

  /** Does a step, with a prediction. */
  async act(id: string): Promise<void> {
    await this.press('Do it', this.step(id));
    await this.page.getByRole('dialog').getByRole('textbox').waitFor();
    await this.page.keyboard.type('I do not know yet');
    await this.page.keyboard.press('Enter');
    await this.step(id).locator('button:enabled', { hasText: 'Do it' }).waitFor();
  }

  /** What is wrong with the page as it stands now. */
  faults(): Promise<string[]> {
    return faultsOf(this.browser, this.page);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.served.close();
    await this.stage.close();
  }
}

/** The main path of a lab: from `up` through its steps, of which each exercise is first answered as it was shipped. */
export function doesLab(id: LabId, steps: readonly string[], end: (learner: PageLearner) => Promise<void>): void {
  let learner: PageLearner;
  beforeAll(async () => {
    learner = await PageLearner.open(id);
  });
  afterAll(() => learner?.close());

  test('the steps are those of the lab', () => {
    expect(learner.stage.lab.steps.map((step) => step.id)).toEqual(steps);
  });

  test('up deploys it', () => learner.up());

  test.each(steps)(
    'the step %s is not done, is done, and is checked; an empty answer is told what it lacks',
    async (step) => {
      const { stage } = learner;
      await learner.press('Check', learner.step(step));
      await learner.step(step).locator('[data-state="not done"]').waitFor();
      const { exercise } = stage.step(step);
      if (exercise) {
        await learner.answer(step, readFileSync(join(stage.lab.folder, exercise.template), 'utf8'));
        await learner.step(step).locator('[data-state="not done"]').waitFor();
        expect(await learner.step(step).getByRole('button', { name: 'Reference solution' }).count()).toBe(0);
        await learner.answer(step, readFileSync(join(stage.lab.folder, exercise.solution), 'utf8'));
      }
      await learner.act(step);
      const state = learner.step(step).getByRole('status').first();
      expect(await state.innerText()).toMatch(/^✓ done\s[^]*You predicted: I do not know yet/);
      if (!exercise) return;
      await learner.press('Reference solution', learner.step(step));
      await learner.step(step).getByText('What it teaches.').waitFor();
    },
  );

  test('all steps are done; the page has no barriers, fits a phone, and said no error', async () => {
    await learner.press('Check all steps');
    await learner.lab.getByText(`${steps.length} of ${steps.length} steps done.`).waitFor();
    expect(await learner.faults()).toEqual([]);
  });

  test('the end', () => end(learner));
}

/** `down` through the page. */
export async function takesDown(learner: PageLearner): Promise<void> {
  await learner.press('Down: remove it');
  await learner.page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
  await learner.deployed('no');
  expect(learner.browser.faults).toEqual([]);
}
