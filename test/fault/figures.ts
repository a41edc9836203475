/** What the faults showed, for docs/proof.md: a promise, its figure, and the test that it comes from. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { LabId } from '../../lib/course/names';
import { ALL, SEED } from './seed';

const ROOT = resolve(__dirname, '..', '..');
/** One file a promise; scripts/docs/proof.ts makes the page of them. */
export const FIGURES = join(ROOT, '.mla-labs', 'proof');

export interface Figure {
  readonly promise: string;
  readonly figure: string;
  /** Path of the test file. */
  readonly test: string;
  readonly seed: number;
  /** Day of the run, as `2026-11-29`. */
  readonly day: string;
  /** Commit of the project that was tested. */
  readonly commit: string;
}

/** The promise that a lab comes through a face of the local cloud, or stops in it with the right message. */
export const facePromise = (lab: LabId, face: string): string => `${lab} on a cloud that shows ${face}`;

/** Keeps what a test of a full run measured. Called at its end: what failed has no figure. */
export function record(promise: string, figure: string): void {
  // A sample is also played where there is no git.
  if (!ALL) return;
  const test = relative(ROOT, expect.getState().testPath!);
  mkdirSync(FIGURES, { recursive: true });
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  const day = new Date().toISOString().slice(0, 10);
  const name = createHash('sha256').update(promise).digest('hex').slice(0, 16);
  const kept: Figure = { promise, figure, test, seed: SEED, day, commit };
  writeFileSync(join(FIGURES, `${name}.json`), JSON.stringify(kept));
}
