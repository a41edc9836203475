/** Bundles of earlier syntheses: with the AWS SDK inside, one takes seconds to make and is seldom another. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './root';

/** Where bundles are kept; ignored by git. */
export const BUNDLES = path.join(ROOT, '.mla-labs', 'bundle');
/** What npm has installed, by its own record: stands for every file of every package. */
const INSTALLED = path.join(ROOT, 'node_modules', '.package-lock.json');

interface Kept {
  /** The project's own files in it: the hash of each, by its path from the root. */
  readonly sources: Readonly<Record<string, string>>;
  readonly code: string;
}

/** The bundle made with these options before, while packages and sources are the same; otherwise undefined. */
export function keptBundle(options: object): string | undefined {
  try {
    const { sources, code } = JSON.parse(readFileSync(fileOf(options), 'utf8')) as Kept;
    return Object.entries(sources).every(([source, hash]) => hashOf(source) === hash) ? code : undefined;
  } catch {
    return undefined; // None yet, or one of its sources is gone.
  }
}

/** @param inputs every file in it, from the root */
export function keepBundle(options: object, inputs: readonly string[], code: string): void {
  const ours = inputs.filter((input) => !input.startsWith('node_modules/'));
  const kept: Kept = { sources: Object.fromEntries(ours.map((input) => [input, hashOf(input)])), code };
  let file: string;
  try {
    file = fileOf(options);
  } catch {
    return; // Installed by something else than npm: nothing says when a package changes.
  }
  mkdirSync(BUNDLES, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(kept));
  renameSync(`${file}.${process.pid}`, file);
}

function fileOf(options: object): string {
  const hash = sha256(JSON.stringify(options), readFileSync(INSTALLED));
  return path.join(BUNDLES, `${hash.slice(0, 16)}.json`);
}

function hashOf(source: string): string {
  return sha256(readFileSync(path.join(ROOT, source)));
}

function sha256(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}
