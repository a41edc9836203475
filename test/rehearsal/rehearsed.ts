/** A rehearsal as the README's command does it, and what IAM decided meanwhile. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RehearsalReport } from '../../lib/commands/rehearse';
import type { LabReport } from '../../lib/commands/rehearsal-report';
import type { LabId } from '../../lib/course/names';
import type { CloudDecisions } from '../../local-cloud/boot/start';
import { decisionsIn, disagreements } from '../iam/agreement';
import { exercised, notMissed } from '../iam/exercised';
import recorded from '../iam/exercised.json';
import type { Exercised } from '../iam/record';

const ROOT = resolve(__dirname, '..', '..');

/** What a lab's rehearsal said, once it is over. */
export interface Rehearsed {
  readonly done: SpawnSyncReturns<string>;
  report(): RehearsalReport;
  lab(): LabReport;
  /** What the check of a step saw, once it was done. */
  saw(step: string): string;
}

/**
 * Runs `./lab rehearse LAB --json`, and declares the tests that hold for any lab.
 *
 * @param steps ids, in their order
 */
export function rehearsed(id: LabId, steps: readonly string[]): Rehearsed {
  const done = rehearse(id);
  const report = (): RehearsalReport => JSON.parse(done.stdout) as RehearsalReport;
  const lab = (): LabReport => report().labs[0]!;

  test('ends well, with one JSON document on stdout', () => {
    expect({ status: done.status, stderr: done.status === 0 ? '' : done.stderr }).toEqual({ status: 0, stderr: '' });
    expect(lab()).toMatchObject({ lab: id, ok: true, checks: { passed: steps.length, failed: 0 } });
    expect(report().peakRssMiB).toBeGreaterThan(0);
  });

  test('checks say not done before each step, and done after it', () => {
    expect(lab().steps.map((step) => ({ id: step.id, before: step.before.done, after: step.after.done }))).toEqual(
      steps.map((step) => ({ id: step, before: false, after: true })),
    );
  });

  test('nothing is refused by IAM, nothing breaks AWS’s models, and nothing is left in the cloud', () => {
    expect(lab().denied).toEqual([]);
    expect(lab().invalid).toEqual([]);
    expect(lab().leftovers).toEqual([]);
  });

  return { done, report, lab, saw: (step) => lab().steps.find((one) => one.id === step)!.after.saw };
}

/** Runs the rehearsal, and declares the tests of its least privilege. */
function rehearse(lab: LabId): SpawnSyncReturns<string> {
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
    const expected = Object.entries(recorded as Exercised).flatMap(([who, actions]) =>
      Object.keys(actions)
        .filter((action) => actions[action]!.includes(source))
        .map((action) => ({ who, action })),
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.filter(({ who, action }) => !asked.get(who)?.has(action))).toEqual([]);
  });

  test('any action taken away from a role or from the learner is refused, the first of all that is', () => {
    expect(all.flatMap((one) => notMissed(one))).toEqual([]);
  });
}
