/** A rehearsal as the README's command does it, and what IAM decided meanwhile. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { LabId } from '../../lib/course/names';
import type { CloudDecisions } from '../../local-cloud/boot/start';
import { decisionsIn, disagreements } from './agreement';
import { exercised, notMissed } from './exercised';
import recorded from './exercised.json';
import type { Exercised } from './record';

const ROOT = resolve(__dirname, '..', '..');

/** Runs `./lab rehearse LAB --json`, and declares the tests of its least privilege. */
export function rehearse(lab: LabId): SpawnSyncReturns<string> {
  const folder = mkdtempSync(join(tmpdir(), 'mla-labs-decisions-'));
  const env = { ...process.env, LAB_LOCAL_DECISIONS: folder };
  const done = spawnSync('./lab', ['rehearse', lab, '--json'], { cwd: ROOT, encoding: 'utf8', env });
  const all = decisionsIn(folder);
  rmSync(folder, { recursive: true });
  leastPrivilege(lab, all);
  return done;
}

function leastPrivilege(lab: LabId, all: readonly CloudDecisions[]): void {
  const asked = exercised(all);

  test('a second engine decides each of its requests as the local cloud did', () => {
    expect(all.flatMap(({ decisions }) => decisions).length).toBeGreaterThan(50);
    expect(all.flatMap(disagreements)).toEqual([]);
  });

  test('its roles were asked for what is recorded as exercised here: test/iam/record.ts', () => {
    const source = `rehearse ${lab}`;
    const idle = Object.entries(recorded as Exercised).flatMap(([who, actions]) =>
      Object.keys(actions).filter((one) => actions[one]!.includes(source) && !asked.get(who)?.has(one)),
    );
    expect(idle).toEqual([]);
  });

  test('any action taken away from a role or from the learner is refused, the first of all that is', () => {
    expect(all.flatMap((one) => notMissed(one))).toEqual([]);
  });
}
