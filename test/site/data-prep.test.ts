/** A learner does lab data-prep on a local cloud through the page alone, from up to down. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { Served } from '../../lib/commands/deps';
import { serve } from '../../workbench/server';
import { Stage } from '../proof/stage';
import { barriersOf, lookUntil, overflowOf, TestBrowser } from './browser';

const STEPS = ['ingest', 'crawl', 'explore', 'transform', 'quality', 'split'];
/** Answers that a learner might give first, and what the page says of each. */
const WRONG: Readonly<Record<string, { text: string; told: string }>> = {
  explore: {
    text: 'SELECT batch, count(*) AS n FROM flights GROUP BY batch ORDER BY n',
    told: 'Your last query ran, and',
  },
  // Refused before the job, which takes its time.
  transform: { text: 'DROP TABLE planes', told: 'is a DROP statement, and was not run' },
  quality: { text: 'Rules = [\n    RowCount > 0\n]', told: 'No rule is about' },
};
const options = { target: 'local', learner: 'me', json: false, yes: false, explain: false, verbose: false } as const;

let stage: Stage;
let served: Served;
let browser: TestBrowser;
let page: Page;
beforeAll(async () => {
  stage = await Stage.open('data-prep');
  // What a learner has not written yet.
  for (const { exercise } of stage.lab.steps) if (exercise) rmSync(join(stage.workDir, exercise.file));
  served = await serve({ deps: stage.deps(), options, progress: () => undefined });
  browser = await TestBrowser.launch();
  page = await browser.page();
  await page.goto(served.link('labs/data-prep/'));
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  await stage?.close();
});

const lab = () => page.getByRole('region', { name: 'This lab' });
const step = (id: string, on = page) => on.getByRole('region', { name: `The step ${id}`, exact: true });
const deployed = (state: string) => lab().locator('[data-test=deployed]', { hasText: state }).waitFor();
/** A button by the keyboard alone. */
const press = async (name: string, within = lab()): Promise<void> => {
  const button = within.getByRole('button', { name, exact: true });
  await within.locator('button:enabled', { hasText: name }).first().waitFor();
  await button.focus();
  await page.keyboard.press('Enter');
};

test('a lab that is not deployed says so; nothing is made without a yes', async () => {
  await deployed('no');
  await press('Up: deploy it');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Deploy it?').waitFor();
  expect(await dialog.innerText()).toContain('It makes the stack MlaLabs-DataPrep with');
  expect(await barriersOf(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await press('Check', step('ingest'));
  await step('ingest').getByText('is not deployed').waitFor();
  await deployed('no');
});

test('up deploys it, and shows its lease', async () => {
  await press('Up: deploy it');
  await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
  await deployed('CREATE_COMPLETE');
  await lab().getByText('Lease ends', { exact: true }).waitFor();
});

test('hints come one at a time, and the same is told as commands of the AWS CLI', async () => {
  await press('Hint', step('ingest'));
  await step('ingest').locator('.hints li').first().waitFor();
  await press('Hint', step('ingest'));
  await step('ingest').locator('.hints li').nth(1).waitFor();
  expect(await step('ingest').locator('.hints li').count()).toBe(2);
  await press('As AWS CLI commands', step('ingest'));
  await step('ingest').locator('code', { hasText: 'aws s3 cp' }).first().waitFor();
});

/** Writes the answer of an exercise in the page's editor, saves it, and has the page check. */
async function answer(id: string, text: string): Promise<void> {
  const exercise = step(id).getByRole('group', { name: `Exercise of ${id}` });
  await exercise.getByRole('textbox').fill(text);
  const checking = page.waitForResponse((answered) => answered.url().endsWith('/api/labs/data-prep/jobs'));
  await press('Save and check', exercise);
  await checking;
  await exercise.getByText('Saved: ').waitFor();
  await step(id).locator('button:enabled', { hasText: 'Do it' }).waitFor();
  expect(readFileSync(join(stage.workDir, stage.step(id).exercise!.file), 'utf8')).toBe(text);
  expect(await exercise.getByRole('button', { name: 'Reference solution' }).count()).toBe(0);
}

/** Does a step, with an answer to its question. */
async function act(id: string, meanwhile = async (): Promise<void> => undefined): Promise<void> {
  await press('Do it', step(id));
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').waitFor();
  expect((await dialog.innerText()).replace(/\s+/g, ' ')).toContain(stage.step(id).predict.replace(/\s+/g, ' '));
  await page.keyboard.type('<img src=x onerror=alert(1)>');
  await meanwhile();
  await page.keyboard.press('Enter');
}

test.each(STEPS)('the step %s is not done, asks for a prediction, is done, and is checked', async (id) => {
  await press('Check', step(id));
  await step(id).locator('[data-state="not done"]').waitFor();

  const wrong = WRONG[id];
  if (wrong) {
    await answer(id, wrong.text);
    await act(id);
    await step(id).getByText(wrong.told).first().waitFor();
    await answer(id, readFileSync(join(stage.lab.folder, stage.step(id).exercise!.solution), 'utf8'));
  }
  await act(id, async () => {
    if (id !== 'transform') return;
    // Another window of the same browser follows the same run.
    const other = await page.context().newPage();
    await other.goto(new URL('/labs/data-prep/', page.url()).href);
    await other.getByRole('dialog').getByRole('textbox').waitFor();
    await other.close();
  });
  await step(id).locator('[data-state="done"]').waitFor();
  await step(id).getByRole('log').getByText('You predicted: <img src=x onerror=alert(1)>').waitFor();
  expect(await step(id).getByRole('log').locator('.stage').count()).toBeGreaterThan(0);
  if (!wrong) return;
  await press('Reference solution', step(id));
  await step(id).getByText('The project’s own answer.').waitFor();
  await step(id).getByText('What it teaches.').waitFor();
});

test('what has happened stays on a page that is loaded anew, fits a phone, and has no barriers', async () => {
  await press('Check all steps');
  await lab().getByText('6 of 6 steps done.').waitFor();
  await page.setViewportSize({ width: 375, height: 800 });
  await page.reload();
  await lab().getByText('6 of 6 steps done.').waitFor();
  expect(await page.locator('[data-state="done"]').count()).toBe(6);
  expect(await overflowOf(page)).toBe(0);
  expect(await barriersOf(page)).toEqual([]);
});

describe('what stands in the cloud is seen on a page of its own', () => {
  let cloud: Page;
  const stands = () => cloud.getByRole('region', { name: 'What stands' });
  const view = (name: string) => stands().getByRole('navigation').getByRole('button', { name, exact: true }).click();
  const again = (there: () => Locator) =>
    lookUntil(cloud, there(), () => stands().getByRole('button', { name: 'Look again' }).last().click());
  const table = (name: string) => stands().getByRole('region', { name, exact: true });
  beforeAll(async () => {
    cloud = await page.context().newPage();
    await cloud.goto(new URL('/docs/cloud.html?lab=data-prep', page.url()).href);
  });
  afterAll(() => cloud.close());

  test('everything has the reason why it is the learner’s, and leads to its view', async () => {
    await stands().getByText('things exist because of you').waitFor();
    await stands().getByText('of our stack MlaLabs-DataPrep').first().waitFor();
    expect(await barriersOf(cloud)).toEqual([]);
    const prepared = stands().getByRole('button', { name: /\.prepared$/ });
    if (!(await prepared.isVisible())) await stands().locator('summary', { hasText: 'Glue tables' }).click();
    await prepared.click();
    await table('Columns').locator('td').first().waitFor();
    await table('Partitions').locator('td').first().waitFor();
  });

  test('the picture of the lab has what stands in its boxes, which the keyboard reaches, and leads to it', async () => {
    await view('Picture');
    const box = (name: RegExp) => stands().getByRole('button', { name });
    await box(/^Your questions, Athena workgroup: the stack has it: CREATE_COMPLETE/).waitFor();
    await box(/^raw\/, objects: the step ingest makes it: ✓ done/).waitFor();
    expect(await barriersOf(cloud)).toEqual([]);
    await box(/^Your questions/).focus();
    await cloud.keyboard.press('Enter');
    await stands().locator('.preview .link').click();
    await stands().getByRole('textbox', { name: 'SQL' }).waitFor();
  });

  test('objects are shown folder by folder, and Parquet as rows', async () => {
    await view('Objects');
    await stands().getByRole('button', { name: 'prepared/', exact: true }).click();
    await stands().getByRole('button', { name: 'flights/', exact: true }).click();
    await stands()
      .getByRole('button', { name: /^batch=/ })
      .first()
      .click();
    await stands()
      .getByRole('button', { name: /parquet$/ })
      .first()
      .click();
    await table('Rows').locator('td').first().waitFor();
    expect(await barriersOf(cloud)).toEqual([]);
  });

  test('a query says what it scanned; a wrong one says why it failed', async () => {
    await view('Query editor');
    const sql = stands().getByRole('textbox', { name: 'SQL' });
    await sql.fill("SELECT '<img src=x onerror=alert(1)>' AS a, count(*) AS n FROM prepared");
    await stands().getByRole('button', { name: 'Run the query' }).click();
    await table('Rows').getByText('<img src=x onerror=alert(1)>').waitFor();
    await stands().getByText('scanned, on AWS').waitFor();
    await sql.fill('SELECT nothing FROM nowhere');
    await stands().getByRole('button', { name: 'Run the query' }).click();
    await table('Result').getByText('FAILED').waitFor();
  });

  test('a saved query is chosen by its name', async () => {
    await stands().getByRole('combobox', { name: 'Saved query' }).selectOption('flights-by-month');
    await stands().getByRole('button', { name: 'Run the query' }).click();
    await table('Rows').locator('td', { hasText: '2013-01' }).first().waitFor();
  });

  test('rules are written, evaluated on a table, and their outcome told rule by rule', async () => {
    await view('Data quality');
    await stands().locator('summary', { hasText: 'Write a ruleset' }).click();
    const written = stands().getByRole('form', { name: 'Write a ruleset' });
    await written.getByRole('combobox').selectOption('incoming_flights');
    await written
      .getByRole('textbox', { name: 'Rules' })
      .fill('Rules = [\n    RowCount > 0,\n    ColumnValues "origin" in ["<img src=x onerror=alert(1)>"]\n]');
    await written.getByRole('button', { name: 'Save the ruleset' }).click();
    await stands().getByText('Saved mla-labs-data-prep-me--rules').waitFor();
    await stands().getByRole('button', { name: 'Evaluate the ruleset on the table' }).click();
    const outcome = table('Outcome');
    await again(() => outcome.getByText('SUCCEEDED'));
    await outcome.locator('tr', { hasText: 'RowCount > 0' }).getByText('PASS').waitFor();
    await outcome.locator('tr', { hasText: '<img src=x onerror=alert(1)>' }).getByText('FAIL').waitFor();
    expect(await barriersOf(cloud)).toEqual([]);
    expect(await overflowOf(cloud)).toBe(0);
  });

  test('a run of the job has its log; the page fits a phone', async () => {
    await view('Jobs and logs');
    await table('Jobs').getByRole('button').first().click();
    await table('Lines').locator('td').first().waitFor();
    await cloud.setViewportSize({ width: 375, height: 800 });
    expect(await overflowOf(cloud)).toBe(0);
    expect(await barriersOf(cloud)).toEqual([]);
  });
});

test('the template comes back when asked for, what was written is kept beside it, and comes back too', async () => {
  const exercise = step('explore').getByRole('group', { name: 'Exercise of explore' });
  const file = join(stage.workDir, stage.step('explore').exercise!.file);
  const written = readFileSync(file, 'utf8');
  await press('Template again', exercise);
  await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
  await step('explore').getByText('What you wrote is in').waitFor();
  expect(readFileSync(file, 'utf8')).not.toBe(written);
  await exercise.getByRole('textbox').fill(written);
  await press('Save', exercise);
  await exercise.getByText('Saved: ').waitFor();
  expect(readFileSync(file, 'utf8')).toBe(written);
});

test('a challenge says what is asked, is graded, and shows no answer while points are missing', async () => {
  const challenge = page.getByRole('region', { name: 'The challenge one-carrier', exact: true });
  await challenge.locator('summary').click();
  await challenge.getByText('What is graded:').waitFor();
  await press('Grade', challenge);
  await challenge.getByText(/^0 of \d+ points\.$/).waitFor();
  await challenge.getByText('Think about').first().waitFor();
  expect(await challenge.getByRole('button', { name: 'A right answer' }).count()).toBe(0);
  expect(await barriersOf(page)).toEqual([]);
});

test('a game day tells the symptom, hints, and what it was once it is given up', async () => {
  const day = page.getByRole('region', { name: 'Game day', exact: true });
  await press('Break something', day);
  await day.getByText(/^! /).first().waitFor();
  await press('Hint', day);
  await day.getByRole('log').getByText(/^1\. /).waitFor();
  await press('Is it mended?', day);
  await day.getByText('not done').waitFor();
  expect(await day.innerText()).not.toMatch(/It was:|What prevents it/);
  expect(await barriersOf(page)).toEqual([]);
  await press('Give up', day);
  await day.getByText('Given up after').waitFor();
  await day.getByText('No game day goes on.').waitFor();
});

test('progress over all labs is told on a page of its own', async () => {
  const own = await page.context().newPage();
  await own.goto(new URL('/docs/progress.html', page.url()).href);
  const lab = own.getByRole('region', { name: 'data-prep', exact: true });
  await lab.getByText('Steps, this machine: 6 of 6 done').waitFor();
  await lab.getByText('Exercises: 3 of 3 solved').waitFor();
  await lab.getByText('Predictions: 6 of 6 written').waitFor();
  await lab.getByText('Challenges: 1 of 2 graded').waitFor();
  await lab.getByText('Game days: 1, 0 mended').waitFor();
  await lab.locator('summary').click();
  await lab.getByText('<img src=x onerror=alert(1)>').first().waitFor();
  // What stands is in sight here, too.
  await own.getByRole('complementary', { name: 'What stands now' }).getByText('data-prep stands').waitFor();
  await own.setViewportSize({ width: 375, height: 800 });
  expect([await overflowOf(own), await barriersOf(own)]).toEqual([0, []]);
  await own.close();
});

test('the lease is made longer, and down removes the lab when asked twice', async () => {
  await deployed('CREATE_COMPLETE');
  await press('Extend the lease');
  await lab().getByText('The lease of data-prep now ends at').waitFor();
  await press('Down: remove it');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Remove it?').waitFor();
  expect(await dialog.innerText()).toContain('the stack MlaLabs-DataPrep (CREATE_COMPLETE) with');
  await dialog.getByRole('button', { name: 'Yes' }).click();
  await deployed('no');
  expect(await page.locator('[data-state="done"]').count()).toBe(0);
});

test('no page has said an error, and none has asked another server', () => {
  expect(browser.faults).toEqual([]);
});
