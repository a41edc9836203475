/** Power cuts: commands killed at seeded points of up, each step and down; then a clean clone takes the lab down. */
import { labEntry, LABS } from '../../lib/course/registry';
import type { LabId } from '../../lib/course/names';
import { generator } from '../unit/teardown/random';
import { Clone } from './clone';
import { ALL, sampled, SEED } from './seed';

/** Lines of output among which a command is killed; one that ends before says so, and was not killed. */
const LINES = { up: 14, step: 5, down: 12 } as const;

describe.each(
  sampled(
    LABS.map(({ id }) => ({ lab: id })),
    1,
  ),
)('lab $lab', ({ lab }) => {
  let clone: Clone;
  beforeAll(() => {
    clone = new Clone();
  });
  afterAll(() => clone?.close());

  test('comes down to nothing from wherever it was killed', async () => {
    const random = generator(SEED + LABS.findIndex(({ id }) => id === lab));
    const before = await emptyCloud(clone, lab);
    let kills = 0;
    const killed = async (command: string, lines: number): Promise<void> => {
      const { code } = await clone.lab(command, Math.floor(random() * lines));
      if (code === undefined) kills += 1;
    };
    const steps = (await labEntry(lab)!.lab()).steps.map(({ id }) => id);
    await killed(`up ${lab}`, LINES.up);
    await killed(`up ${lab}`, LINES.up);
    await finished(clone, `up ${lab}`);
    for (const step of ALL ? steps : steps.slice(0, 2)) {
      await killed(`step ${lab} ${step}`, LINES.step);
      await finished(clone, `step ${lab} ${step}`);
    }
    await killed(`down ${lab}`, LINES.down);
    clone.forget();
    await killed(`down ${lab}`, LINES.down);
    await finished(clone, `down ${lab}`);
    expect(await clone.inventory()).toEqual(before);
    expect(kills).toBeGreaterThanOrEqual(ALL ? steps.length : 3);
  });

  test('is taken down by a clean clone, from the middle of its making', async () => {
    const random = generator(SEED + 100);
    const before = await clone.inventory();
    await clone.lab(`up ${lab}`, 1 + Math.floor(random() * LINES.up));
    clone.forget();
    await finished(clone, `down ${lab}`);
    expect(await clone.inventory()).toEqual(before);
  });
});

/** What a cloud holds that a lab was made in and removed from: the CDK's own set-up stays. */
async function emptyCloud(clone: Clone, lab: LabId): Promise<string[]> {
  await finished(clone, `up ${lab}`);
  await finished(clone, `down ${lab}`);
  return clone.inventory();
}

/** Runs a command to its end, once more where it says that the stack is still being changed. */
async function finished(clone: Clone, command: string): Promise<void> {
  await clone.lab('status --wait');
  const { code, lines } = await clone.lab(command);
  if (code !== 0) throw new Error(`./lab ${command} ended with ${code}:\n${lines.slice(-12).join('\n')}`);
}
