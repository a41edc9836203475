import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeScratchFolder } from '../../../lib/target/scratch-folder';

let parent: string;
beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'scratch-test-'))));
afterEach(() => rmSync(parent, { recursive: true }));

const gone = spawnSync(process.execPath, ['-e', '']).pid;
const yesterday = new Date(Date.now() - 86_400_000);

function folder(name: string, time = yesterday): string {
  const path = join(parent, name);
  mkdirSync(path);
  writeFileSync(join(path, 'template.json'), '{}');
  utimesSync(path, time, time);
  return path;
}

test('a scratch folder goes when it is removed', () => {
  const scratch = makeScratchFolder('synth', parent);
  writeFileSync(join(scratch.path, 'template.json'), '{}');
  scratch.remove();
  expect(existsSync(scratch.path)).toBe(false);
  scratch.remove();
});

test('what a killed command left goes with the next one', () => {
  const left = folder(`mla-labs-synth-${gone}-Ab3xYz`);
  makeScratchFolder('exam', parent).remove();
  expect(existsSync(left)).toBe(false);
});

test.each([
  ['of a process that runs', `mla-labs-synth-${process.pid}-Ab3xYz`, yesterday],
  ['of a moment ago', `mla-labs-synth-${gone}-Ab3xYz`, new Date()],
  ['with a name of another form', `mla-labs-synth-${gone}`, yesterday],
  ['with more behind the name', `mla-labs-synth-${gone}-Ab3xYz.bak`, yesterday],
])('a folder %s stays', (_what, name, time) => {
  const path = folder(name, time);
  makeScratchFolder('synth', parent).remove();
  expect(existsSync(path)).toBe(true);
});

test('a link with such a name goes alone, and not what it leads to', () => {
  const theirs = folder('theirs');
  symlinkSync(theirs, join(parent, `mla-labs-synth-${gone}-Ab3xYz`));
  makeScratchFolder('synth', parent).remove();
  expect(existsSync(join(theirs, 'template.json'))).toBe(true);
});
