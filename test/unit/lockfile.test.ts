/** `npm ci` refuses a lock file that lacks a package some platform needs, whatever the platform it runs on. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FUNCTION_RUNTIME } from '../../lib/infra/bundle';

interface Locked {
  /** Where it is another than the folder says. */
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const ROOT = resolve(__dirname, '..', '..');

function packagesOf(lockFile: string): Readonly<Record<string, Locked>> {
  return (JSON.parse(readFileSync(join(ROOT, lockFile), 'utf8')) as { packages: Record<string, Locked> }).packages;
}

const LOCK_FILES = ['package-lock.json', 'local-cloud/runtimes/package-lock.json', 'workbench/package-lock.json'];

describe.each(LOCK_FILES)('%s', (lockFile) => {
  const packages = packagesOf(lockFile);

  test('every optional package that it asks for is in it', () => {
    const locked = new Set(Object.keys(packages).map((path) => path.split('node_modules/').pop()));
    const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter((name) => !locked.has(name)),
    );
    expect(missing).toEqual([]);
  });

  test('it names no address to download from', () => {
    const resolved = Object.values(packages).map((one) => one.resolved ?? '');
    expect(resolved.filter((address) => address.includes('://'))).toEqual([]);
  });
});

test('what stands in for a package that is left out still stands for one that somebody asks for', () => {
  const { overrides } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    overrides: Record<string, string>;
  };
  const leftOut = Object.keys(overrides).filter((name) => overrides[name]!.startsWith('npm:@favware/skip-dependency@'));
  const standIns = Object.entries(packagesOf('package-lock.json')).filter(
    ([, { name }]) => name === '@favware/skip-dependency',
  );
  expect(leftOut.length).toBeGreaterThan(0);
  expect(new Set(standIns.map(([path]) => path.split('node_modules/').pop()))).toEqual(new Set(leftOut));
});

test("the local cloud's Node.js is of the major version that functions declare, one version for all machines", () => {
  const versions = Object.entries(packagesOf('local-cloud/runtimes/package-lock.json'))
    .filter(([path]) => path !== '')
    .map(([, { version }]) => version);
  expect(new Set(versions).size).toBe(1);
  expect(`nodejs${versions[0]!.split('.')[0]}.x`).toBe(FUNCTION_RUNTIME.name);
});

test('the version is the newest of the changelog, in each file that has one', () => {
  const versionIn = (file: string): unknown => (JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Locked).version;
  const [, newest] = /^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$/m.exec(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'))!;
  const locked = packagesOf('package-lock.json');
  expect([versionIn('package.json'), versionIn('local-cloud/package.json'), versionIn('package-lock.json')]).toEqual([
    newest,
    newest,
    newest,
  ]);
  expect([locked['']?.version, locked['local-cloud']?.version]).toEqual([newest, newest]);
});
