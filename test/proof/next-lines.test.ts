/** A learner who types nothing but what the last command proposed comes from `list` through all steps to `down`. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open('data-prep');
  for (const { exercise } of stage.lab.steps) if (exercise) rmSync(join(stage.workDir, exercise.file));
});
afterAll(() => stage?.close());

/** Commands of a walk: a lab has about as many steps as fingers, and each is read, done and checked. */
const MOST = 60;

interface Walked {
  readonly line: string;
  readonly code: number;
  readonly said: string;
}

/** Types a line, and then what each answer names first behind its `Next`. */
async function walk(from: string): Promise<Walked[]> {
  const walked: Walked[] = [];
  for (let line: string | undefined = from; line !== undefined && walked.length < MOST;) {
    const asks = /^(up|down) /.test(line) && !line.includes('--yes');
    const { code, out, err } = await stage.cli(asks ? `${line} --yes` : line);
    const said = (out.includes('Next') ? out : err).replaceAll(/\s+/g, ' ');
    walked.push({ line, code, said });
    // The exercise is the learner's; here it is the solution.
    const [, step] = /^step data-prep (\S+)/.exec(line) ?? [];
    if (step !== undefined && code !== 0 && /write it, then/.test(said)) stage.writeSolution(step);
    if (line.startsWith('down')) break;
    line = /.*Next(?:, [^:]*)?: .*?\.\/lab ((?:[\w-]+ ?)+)/.exec(said)?.[1]?.trim();
  }
  return walked;
}

test('from list to down: every command works, and none comes again but those of an exercise', async () => {
  const walked = await walk('list --target local');
  const lines = walked.map(({ line }) => line);
  expect({ lines, last: walked.at(-1) }).toMatchObject({ last: { line: 'down data-prep --target local', code: 0 } });
  for (const { id, exercise } of stage.lab.steps) {
    expect(lines.filter((line) => line === `step data-prep ${id} --target local`)).toHaveLength(exercise ? 2 : 1);
  }
  const failed = walked.filter(({ code, said }) => code !== 0 && !said.includes('write it, then'));
  expect(failed).toEqual([]);
  expect(await stage.stackIsGone()).toBe(true);
});

test('and once it is down, list begins anew', async () => {
  expect((await stage.cli('list --target local')).out).toContain('Next: ./lab up data-prep --target local');
});
