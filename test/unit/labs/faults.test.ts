/** What every fault of a game day has to have, whatever it breaks. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LABS } from '../../../lib/course/registry';
import { choices, runOf } from '../aws-cli/explained';

const ROOT = resolve(__dirname, '../../..');
const exam = readFileSync(join(ROOT, 'docs/exam.md'), 'utf8');

describe.each(LABS)('$id', (entry) => {
  test('has at least four faults, each in a file of its name', async () => {
    const ids = (await entry.faults()).map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(4);
    const files = readdirSync(join(ROOT, 'labs', entry.id, 'faults')).map((file) => file.replace('.ts', ''));
    expect(ids.filter((id) => !files.includes(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('names steps and modes that the lab has, and tasks that the exam has', async () => {
    const { steps, modes } = await entry.lab();
    for (const { id, needs, task, when = {} } of await entry.faults()) {
      expect([id, needs.filter((need) => !steps.some((step) => step.id === need))]).toEqual([id, []]);
      expect([id, exam.includes(`| ${task} `)]).toEqual([id, true]);
      for (const [mode, values] of Object.entries(when))
        expect(modes.find(({ name }) => name === mode)?.values).toEqual(expect.arrayContaining([...values]));
    }
  });

  test('can break something in every choice of modes, of different sorts', async () => {
    const lab = await entry.lab();
    const faults = await entry.faults();
    expect(new Set(faults.map(({ task }) => task)).size).toBeGreaterThanOrEqual(3);
    for (const modes of choices(lab)) {
      const possible = faults.filter(({ when = {} }) =>
        Object.entries(when).every(([mode, values]) => values.includes(modes[mode]!)),
      );
      expect(possible.length).toBeGreaterThanOrEqual(4);
    }
  });

  test('helps, and explains afterwards', async () => {
    const lab = await entry.lab();
    for (const { id, hints, seen, title, prevented } of await entry.faults()) {
      const places = seen(runOf(lab, choices(lab)[0]!));
      expect([id, hints.length >= 2, places.length >= 2]).toEqual([id, true, true]);
      // It is put into a sentence.
      expect([id, title.endsWith('.'), prevented.endsWith('.')]).toEqual([id, false, true]);
    }
  });
});
