/** Power cuts: commands, and the lease's function, killed at seeded points; then a clean clone, or the lease, takes all away. */
import { join } from 'node:path';
import { LAB_IDS, type LabId } from '../../lib/course/names';
import { labEntry } from '../../lib/course/registry';
import { Lease } from '../proof/lease';
import { Stage } from '../proof/stage';
import { until } from '../proof/until';
import { generator } from '../unit/teardown/random';
import { Clone } from './clone';
import { record } from './figures';
import { killedAt } from './killed-function';
import { unused } from './nothing-left';
import { describeAll } from './played';
import { SEED } from './seed';

/** Lines of output among which a command is killed; one that ends before says so, and was not killed. */
const LINES = { up: 14, step: 5, down: 12 } as const;
/** Requests among which the lease's function is killed, each time: first while it sweeps, then also while its stack goes. */
const LEASE_REQUESTS = [20, 40, 40];

/** Plays a lab; a sample has no kills. */
export function playKills(lab: LabId): void {
  const seed = SEED + LAB_IDS.indexOf(lab);

  describeAll(`commands of ${lab}`, () => {
    let clone: Clone;
    beforeAll(() => {
      clone = new Clone();
    });
    afterAll(() => clone?.close());

    test('the lab comes down to nothing from wherever they were killed', async () => {
      const random = generator(seed);
      await finished(clone, `up ${lab}`);
      await finished(clone, `down ${lab}`);
      const before = await clone.inventory(); // The CDK's own set-up stays.
      let kills = 0;
      const killed = async (command: string, lines: number): Promise<void> => {
        const { code } = await clone.lab(command, Math.floor(random() * lines));
        if (code === undefined) kills += 1;
      };
      const { steps: all, folder } = await labEntry(lab)!.lab();
      const steps = all.map(({ id }) => id);
      for (const { exercise } of all) if (exercise) clone.solve(lab, exercise.file, join(folder, exercise.solution));
      await killed(`up ${lab}`, LINES.up);
      await killed(`up ${lab}`, LINES.up);
      await finished(clone, `up ${lab}`);
      for (const step of steps) {
        await killed(`step ${lab} ${step}`, LINES.step);
        await finished(clone, `step ${lab} ${step}`);
      }
      await killed(`down ${lab}`, LINES.down);
      clone.forget();
      await killed(`down ${lab}`, LINES.down);
      await finished(clone, `down ${lab}`);
      expect(await clone.inventory()).toEqual(before);
      expect(kills).toBeGreaterThanOrEqual(steps.length);
      record(
        `${lab}: up, steps and down killed (SIGKILL), then down from a clean clone`,
        `${kills} kills; nothing left`,
      );
    });

    test('a clean clone takes it down from the middle of its making', async () => {
      const random = generator(seed + 100);
      const before = await clone.inventory();
      await clone.lab(`up ${lab}`, 1 + Math.floor(random() * LINES.up));
      clone.forget();
      await finished(clone, `down ${lab}`);
      expect(await clone.inventory()).toEqual(before);
    });
  });

  describeAll(`the lease of ${lab}`, () => {
    let stage: Stage;
    beforeAll(async () => {
      // Each request takes a while, so that the function is at work when a request of it has been seen.
      stage = await Stage.open(lab, 'me', ['slow']);
    });
    afterAll(() => stage?.close());

    test('ends the lab at a later run, though its function was killed in the middle', async () => {
      const random = generator(seed + 200);
      const before = await unused(stage);
      await stage.up();
      await stage.act(...stage.lab.steps.slice(0, 2).map(({ id }) => id));
      const lease = await Lease.of(stage);
      await lease.end();
      const killed = async (request: number): Promise<boolean> =>
        (await killedAt(stage, lease.name, request, () => lease.cameToItsEnd())).killed;
      let kills = 0;
      for (const requests of LEASE_REQUESTS)
        if (!(await stage.stackIsGone()) && (await killed(1 + Math.floor(random() * requests)))) kills += 1;
      await until(async () => (await lease.cameToItsEnd()) || (await stage.stackIsGone()));
      await until(() => stage.stackIsGone());
      expect(await stage.target.inventory()).toEqual(before);
      expect(kills).toBeGreaterThan(0);
      record(`${lab}: the lease's function killed (SIGKILL)`, `${kills} kills; the next run ended the lab`);
    });
  });
}

/** Waits until CloudFormation has finished with the stack, then runs a command. @throws Error when that does not exit with 0 */
async function finished(clone: Clone, command: string): Promise<void> {
  await clone.lab('status --wait');
  const { code, lines } = await clone.lab(command);
  if (code !== 0) throw new Error(`./lab ${command} ended with ${code}:\n${lines.slice(-12).join('\n')}`);
}
