/** The first of the README's two commands, exactly as written, and what it leaves on the machine. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { alive, processesOf } from '../../local-cloud/boot/processes';
import { rehearsed } from './rehearsed';

const ROOT = resolve(__dirname, '..', '..');
const STATE = join(ROOT, '.mla-labs', 'local');
const STEPS = ['ingest', 'crawl', 'explore', 'transform', 'quality', 'split'];

describe('./lab rehearse data-prep --json', () => {
  const clouds = (): string[] =>
    existsSync(STATE) ? readdirSync(STATE).filter((name) => name.startsWith('private-')) : [];
  const before = clouds();
  const { lab } = rehearsed('data-prep', STEPS);

  test('checks say why a step is not done, and the report names what AWS lets nobody remove', () => {
    for (const { before: first } of lab().steps)
      expect(first.saw).toMatch(/none of|has not run|seen no query|was not evaluated|Nothing is written/);
    expect(lab().residue.length).toBeGreaterThan(0);
  });

  test('no process and no folder of its cloud survives it', () => {
    // A cloud is named after the process that opened it: one that lives is another test's.
    const fresh = clouds().filter((name) => !before.includes(name) && !alive(Number(name.split('-')[1])));
    expect(fresh).toEqual([]);
    expect(fresh.flatMap((name) => processesOf(name))).toEqual([]);
  });
});
