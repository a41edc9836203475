/** Timing whole processes: several runs, medians, nothing thrown away. */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** What is measured here takes minutes at most; a command that hangs shall not hold the bench for good. */
const LIMIT_SECONDS = 15 * 60;

/**
 * Seconds that a command takes, from start to end.
 *
 * @throws Error with the end of its output when it fails, or does not end within the limit: it is ended then
 */
export function seconds(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly limitSeconds?: number },
): {
  readonly seconds: number;
  readonly stdout: string;
} {
  const { limitSeconds = LIMIT_SECONDS, ...rest } = options;
  const start = performance.now();
  // SIGTERM, which `./lab` answers by ending the local cloud that it rehearses on.
  const done = spawnSync(command, args, {
    ...rest,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    timeout: limitSeconds * 1000,
  });
  const took = (performance.now() - start) / 1000;
  if (done.status !== 0) {
    const { code, message } = (done.error ?? {}) as NodeJS.ErrnoException;
    const end =
      code === 'ETIMEDOUT'
        ? `did not end within ${limitSeconds} s and was ended`
        : `ended with ${done.status ?? done.signal ?? message}`;
    const said = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().slice(-2000);
    throw new Error(`${[command, ...args].join(' ')} ${end}: ${said || 'it printed nothing'}`);
  }
  return { seconds: took, stdout: done.stdout };
}

/** Seconds that work in this process takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** One after the other. */
export async function inTurn<T>(runs: number, work: () => T | Promise<T>): Promise<T[]> {
  const done: T[] = [];
  for (let run = 0; run < runs; run += 1) done.push(await work());
  return done;
}
