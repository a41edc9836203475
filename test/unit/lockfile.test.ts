/** `npm ci` refuses a lock file that lacks a package some platform needs, whatever the platform it runs on. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface Locked {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const ROOT = resolve(__dirname, '..', '..');
const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Readonly<Record<string, Locked>>;
};

test('every optional package that the lock file asks for is in it', () => {
  const locked = new Set(Object.keys(packages).map((path) => path.split('node_modules/').pop()));
  const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies).filter((name) => !locked.has(name)),
  );
  expect(missing).toEqual([]);
});

test('it names no address to download from', () => {
  expect(Object.values(packages).flatMap(({ resolved = '' }) => (resolved.includes('://') ? [resolved] : []))).toEqual(
    [],
  );
});
