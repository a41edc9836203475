/** Packages with a lock file and a folder of their own, installed on first use. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run';

/** The hash of the folder's lock file: what a stamp of the installation is compared with. */
export function lockHash(folder: string): string {
  return createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
}

/** Installs what the folder's lock file names. A half-made installation does not stay. @throws Error with what npm said */
export async function installLocked(folder: string): Promise<void> {
  try {
    await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=1'], folder);
  } catch (error) {
    rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
    throw error;
  }
}
