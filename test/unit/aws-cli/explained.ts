/** What is needed to have a lab's steps print their commands, without a cloud. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';

const ROOT = join(__dirname, '../../..');
const work = mkdtempSync(join(tmpdir(), 'mla-labs-test-'));
afterAll(() => rmSync(work, { recursive: true }));

/** Every choice of a lab's modes. */
export function choices(lab: Lab): Record<string, string>[] {
  return lab.modes.reduce<Record<string, string>[]>(
    (before, { name, values }) => before.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

/** A run whose stack has whatever output is asked for. */
export function runOf(lab: Lab, modes: Record<string, string>): LabRun {
  for (const { exercise } of lab.steps) {
    if (exercise) copyFileSync(join(ROOT, 'labs', lab.id, 'solutions', exercise.file), join(work, exercise.file));
  }
  return {
    lab: lab.id,
    learner: 'me',
    target: 'aws',
    account: '123456789012',
    region: 'us-east-1',
    stackName: 'the-stack',
    outputs: new Proxy({}, { get: (_all, key) => String(key).toLowerCase(), has: () => true }),
    modes,
    clients: undefined as never,
    clock: { now: () => new Date(Date.UTC(2026, 10, 28)) } as LabRun['clock'],
    workDir: work,
    progress: () => undefined,
  };
}
