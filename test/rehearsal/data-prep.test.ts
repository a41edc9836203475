/** The first of the README's two commands, exactly as written, and what it leaves on the machine. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RehearsalReport } from '../../lib/commands/rehearse';
import { alive, processesOf } from '../../local-cloud/boot/processes';
import { rehearse } from '../iam/rehearsed';

const ROOT = resolve(__dirname, '..', '..');
const STATE = join(ROOT, '.mla-labs', 'local');
const STEPS = ['ingest', 'crawl', 'explore', 'transform', 'quality', 'split'];

describe('./lab rehearse data-prep --json', () => {
  const clouds = (): string[] =>
    existsSync(STATE) ? readdirSync(STATE).filter((name) => name.startsWith('private-')) : [];
  const before = clouds();
  const done = rehearse('data-prep');
  const report = (): RehearsalReport => JSON.parse(done.stdout) as RehearsalReport;
  const lab = () => report().labs[0]!;

  test('ends well, with one JSON document on stdout', () => {
    expect({ status: done.status, stderr: done.status === 0 ? '' : done.stderr }).toEqual({ status: 0, stderr: '' });
    expect(lab()).toMatchObject({ lab: 'data-prep', ok: true, checks: { passed: 6, failed: 0 } });
    expect(report().peakRssMiB).toBeGreaterThan(0);
  });

  test('checks say not done before each step, for a reason, and done after it', () => {
    expect(lab().steps.map(({ id }) => id)).toEqual(STEPS);
    for (const { before: first, after } of lab().steps) {
      expect(first.done).toBe(false);
      expect(first.saw).toMatch(/none of|has not run|seen no query|was not evaluated|Nothing is written/);
      expect(after.done).toBe(true);
    }
  });

  test('nothing is refused by IAM, nothing breaks AWS’s models, and nothing is left in the cloud', () => {
    expect(lab().denied).toEqual([]);
    expect(lab().invalid).toEqual([]);
    expect(lab().leftovers).toEqual([]);
    expect(lab().residue.length).toBeGreaterThan(0);
  });

  test('no process and no folder of its cloud survives it', () => {
    // A cloud is named after the process that opened it: one that lives is another test's.
    const fresh = clouds().filter((name) => !before.includes(name) && !alive(Number(name.split('-')[1])));
    expect(fresh).toEqual([]);
    expect(fresh.flatMap((name) => processesOf(name))).toEqual([]);
  });
});
