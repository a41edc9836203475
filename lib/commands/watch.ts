/** Waiting for somebody who works in a folder. */
import { mkdirSync, watch } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** An editor writes a file in several parts, or beside it and then in its place: this long after, it is whole. */
const SETTLE_MS = 200;

export interface Saves {
  /** Waits until a file is saved; at once where one was since the last call. */
  next(): Promise<void>;
  close(): void;
}

/** @param keys where Enter counts as well. @default nowhere */
export function eachSave(folder: string, keys?: NodeJS.ReadableStream): Saves {
  mkdirSync(folder, { recursive: true });
  let pending = false;
  let wake = (): void => undefined;
  const told = (): void => {
    pending = true;
    wake();
  };
  // What commands keep beside the work (.progress.json) is no work.
  const watcher = watch(folder, (_event, name) => void (name?.toString().startsWith('.') || told()));
  keys?.on('data', told);
  return {
    async next() {
      if (!pending) await new Promise<void>((resolve) => (wake = resolve));
      await setTimeout(SETTLE_MS);
      pending = false;
    },
    close() {
      watcher.close();
      keys?.removeListener('data', told);
      keys?.pause();
    },
  };
}
