import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = /^mla-labs-[a-z]+-(\d+)-\w{6}$/;
/** A folder this old, whose process is gone, is nobody's: processes of a container have numbers of their own. */
const ABANDONED_MS = 3_600_000;

/** A folder in the system's temp folder that goes when the process ends, or when it is removed before. */
export interface ScratchFolder {
  readonly path: string;
  remove(): void;
}

/**
 * Makes a scratch folder. What killed commands could not remove goes with the next one: folders of ours whose process is
 * gone, after an hour.
 *
 * @param use what it is for, in lower-case letters; part of the name
 */
export function makeScratchFolder(use: string, parent = tmpdir()): ScratchFolder {
  removeAbandoned(parent);
  const path = mkdtempSync(join(parent, `mla-labs-${use}-${process.pid}-`));
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(path, { recursive: true, force: true });
  };
  process.once('exit', remove);
  return { path, remove };
}

function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const path = join(parent, name);
    try {
      const { uid, mtimeMs } = lstatSync(path);
      if (uid === process.getuid?.() && Date.now() - mtimeMs > ABANDONED_MS) rmSync(path, { recursive: true });
    } catch {
      // Another command removes it at this moment, or it is not ours to remove.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
