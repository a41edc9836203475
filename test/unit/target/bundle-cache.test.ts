/** A bundle of an earlier synthesis is taken only while it would come out the same. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from '../../../lib/infra/root';
import { bundlesOf, keepBundle, keptBundle } from '../../../lib/target/bundle-cache';

const folder = join(bundlesOf(ROOT), 'test');
const source = relative(ROOT, join(folder, 'source.ts'));
const options = { entryPoints: [source] };
beforeEach(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(ROOT, source), 'export const answer = 42;');
  keepBundle(ROOT, options, [source, 'node_modules/zod/index.js'], 'the code');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('while nothing has changed it is taken', () => {
  expect(keptBundle(ROOT, options)).toBe('the code');
});

test('when a source has changed, it is not', () => {
  writeFileSync(join(ROOT, source), 'export const answer = 43;');
  expect(keptBundle(ROOT, options)).toBeUndefined();
});

test('when a source is gone, it is not', () => {
  rmSync(join(ROOT, source));
  expect(keptBundle(ROOT, options)).toBeUndefined();
});

test('when esbuild is told otherwise, it is not', () => {
  expect(keptBundle(ROOT, { ...options, minify: true })).toBeUndefined();
});
