/** A learner does lab training on a local cloud through the page alone; a terminal takes it down under the page. */
import { doesLab } from './whole-lab';

doesLab(
  'training',
  ['data', 'train', 'tune', 'evaluate', 'register', 'approve', 'rollback'],
  async ({ page, stage, browser }) => {
    const cloud = await page.context().newPage();
    await cloud.goto(new URL('/docs/cloud.html?lab=training', page.url()).href);
    await cloud.getByText('things exist because of you').waitFor();
    expect((await stage.cli('down training --target local --yes')).code).toBe(0);
    await cloud
      .getByRole('region', { name: 'What stands' })
      .getByRole('button', { name: 'Look again' })
      .first()
      .click();
    await cloud.getByRole('alert').getByText('Next: ./lab up training').waitFor();
    await cloud.close();
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.locator('[data-test=deployed]', { hasText: 'no' }).waitFor();
    const step = page.getByRole('region', { name: 'The step train', exact: true });
    await step.getByRole('button', { name: 'Check' }).click();
    await step.getByText('is not deployed').waitFor();
    // The browser itself says on its console what was refused.
    expect(browser.faults.filter((fault) => !fault.includes('409 (Conflict)'))).toEqual([]);
  },
);
