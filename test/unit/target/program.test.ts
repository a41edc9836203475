/** Programs for child processes, bundled: they run from anywhere, and anew when a source has changed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../lib/infra/root';
import { bundlesOf } from '../../../lib/target/bundle-cache';
import { programArguments } from '../../../lib/target/program';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mla-labs-test-'));
  mkdirSync(join(root, 'node_modules/far'), { recursive: true });
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'node_modules/.package-lock.json'), '{}');
  writeFileSync(join(root, 'node_modules/far/index.js'), 'exports.far = "a package";');
  write('near', 'export const near: string = "a file";');
  write('main', `import { far } from 'far'; import { near } from './near'; console.log(far, near, __dirname);`);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, code: string): void => writeFileSync(join(root, 'bin', `${name}.ts`), code);

function run(): string {
  const started = spawnSync(process.execPath, programArguments(root, 'bin/main.ts'), {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  return `${started.stdout}${started.stderr}`.trim();
}

test('one file without a compiler; packages and the folder of the entry are found', () => {
  expect(programArguments(root, 'bin/main.ts')).toEqual([
    expect.stringMatching(/\.mla-labs\/bundle\/main-[0-9a-f]{16}\.js$/),
  ]);
  expect(run()).toBe(`a package a file ${join(root, 'bin')}`);
});

test('a source that has changed is in the next one; the one that may still run stays as it is', () => {
  const [before] = programArguments(root, 'bin/main.ts');
  const code = readFileSync(before!, 'utf8');
  write('near', 'export const near: string = "another file";');
  expect(run()).toBe(`a package another file ${join(root, 'bin')}`);
  expect(readFileSync(before!, 'utf8')).toBe(code);
});

test('what cannot be bundled runs through tsx, which says what is wrong with it', () => {
  write('main', 'const = 1;');
  expect(programArguments(root, 'bin/main.ts')).toEqual(['--import', expect.any(String), join(root, 'bin/main.ts')]);
});

test.each(['lib/target/toolkit-worker.ts', 'local-cloud/boot/supervisor.ts'])(
  '%s uses the name of its folder in that folder alone',
  (entry) => {
    programArguments(ROOT, entry);
    const kept = readdirSync(bundlesOf(ROOT)).filter((name) => name.endsWith('.json'));
    const bundles = kept.map(
      (name) =>
        JSON.parse(readFileSync(join(bundlesOf(ROOT), name), 'utf8')) as { readonly sources: Record<string, string> },
    );
    const sources = bundles.map((one) => Object.keys(one.sources)).find((files) => files.at(-1) === entry)!;
    const folder = entry.slice(0, entry.lastIndexOf('/') + 1);
    const elsewhere = sources.filter((file) => !file.startsWith(folder));
    expect(elsewhere.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('__dirname'))).toEqual([]);
  },
);
