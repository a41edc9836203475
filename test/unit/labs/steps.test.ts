/** What holds for the steps of every lab. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LAB_IDS } from '../../../lib/course/names';
import { labEntry } from '../../../lib/course/registry';

describe.each(LAB_IDS)('the steps of %s', (id) => {
  test('what sets a step going comes before it', async () => {
    const { steps } = await labEntry(id)!.lab();
    for (const [at, { begunBy }] of steps.entries())
      if (begunBy !== undefined) expect(steps.slice(0, at).map((step) => step.id)).toContain(begunBy);
  });

  test('three exercises or more, each with a template, a solution, what it teaches and another way', async () => {
    const { steps, folder } = await labEntry(id)!.lab();
    const exercises = steps.flatMap(({ exercise }) => exercise ?? []);
    expect(exercises.length).toBeGreaterThanOrEqual(3);
    for (const { template, solution, teaches, alternative } of exercises) {
      expect([template, solution].filter((path) => !existsSync(join(folder, path)))).toEqual([]);
      expect(Math.min(teaches.length, alternative.length)).toBeGreaterThan(60);
    }
    expect(new Set(exercises.map(({ file }) => file)).size).toBe(exercises.length);
  });
});
