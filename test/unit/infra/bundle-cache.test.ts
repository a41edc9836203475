/** A bundle of an earlier synthesis is taken only while it would come out the same. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BUNDLES, keepBundle, keptBundle } from '../../../lib/infra/bundle-cache';
import { ROOT } from '../../../lib/infra/root';

const folder = join(BUNDLES, 'test');
const source = relative(ROOT, join(folder, 'source.ts'));
const options = { entryPoints: [source] };
beforeEach(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(ROOT, source), 'export const answer = 42;');
  keepBundle(options, [source, 'node_modules/zod/index.js'], 'the code');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('while nothing has changed it is taken', () => {
  expect(keptBundle(options)).toBe('the code');
});

test('when a source has changed, it is not', () => {
  writeFileSync(join(ROOT, source), 'export const answer = 43;');
  expect(keptBundle(options)).toBeUndefined();
});

test('when a source is gone, it is not', () => {
  rmSync(join(ROOT, source));
  expect(keptBundle(options)).toBeUndefined();
});

test('when esbuild is told otherwise, it is not', () => {
  expect(keptBundle({ ...options, minify: true })).toBeUndefined();
});
