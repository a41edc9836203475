/** Bundles that were made before: with the AWS SDK inside, one takes seconds to make and is seldom another. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

/** Where bundles of a project are kept; ignored by git. */
export const bundlesOf = (root: string): string => path.join(root, '.mla-labs', 'bundle');
/** What npm has installed, by its own record: stands for every file of every package. */
const installed = (root: string): string => path.join(root, 'node_modules', '.package-lock.json');

interface Kept {
  /** The project's own files in it: the hash of each, by its path from the root. */
  readonly sources: Readonly<Record<string, string>>;
  readonly code: string;
}

/** The bundle made with these options before, while packages and sources are the same; otherwise undefined. */
export function keptBundle(root: string, options: object): string | undefined {
  try {
    const { sources, code } = JSON.parse(readFileSync(fileOf(root, options), 'utf8')) as Kept;
    return Object.entries(sources).every(([source, hash]) => hashOf(root, source) === hash) ? code : undefined;
  } catch {
    return undefined; // None yet, or one of its sources is gone.
  }
}

/** @param inputs every file in it, from the root */
export function keepBundle(root: string, options: object, inputs: readonly string[], code: string): void {
  const ours = inputs.filter((input) => !input.startsWith('node_modules/'));
  const kept: Kept = { sources: Object.fromEntries(ours.map((input) => [input, hashOf(root, input)])), code };
  let file: string;
  try {
    file = fileOf(root, options);
  } catch {
    return; // Installed by something else than npm: nothing says when a package changes.
  }
  mkdirSync(bundlesOf(root), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(kept));
  renameSync(`${file}.${process.pid}`, file);
}

function fileOf(root: string, options: object): string {
  const hash = sha256(JSON.stringify(options), readFileSync(installed(root)));
  return path.join(bundlesOf(root), `${hash.slice(0, 16)}.json`);
}

function hashOf(root: string, source: string): string {
  return sha256(readFileSync(path.join(root, source)));
}

function sha256(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}
