/** Timing whole processes: several runs, medians, nothing thrown away. */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Seconds that a command takes, from start to end. @throws Error with the end of its output when it fails */
export function seconds(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): {
  readonly seconds: number;
  readonly stdout: string;
} {
  const start = performance.now();
  const done = spawnSync(command, args, { ...options, encoding: 'utf8', maxBuffer: 1 << 26 });
  const took = (performance.now() - start) / 1000;
  if (done.status !== 0) {
    throw new Error(
      `${command} ${args.join(' ')} ended with ${done.status}: ${(done.stdout + done.stderr).slice(-2000)}`,
    );
  }
  return { seconds: took, stdout: done.stdout };
}

/** A line of the report: what, its median, and the spread. */
export function line(what: string, values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${what.padEnd(46)} ${median(values).toFixed(2).padStart(7)} s   (${values.length} runs, ${low.toFixed(2)} to ${high.toFixed(2)})`;
}
