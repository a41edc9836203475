import { execFile } from 'node:child_process';

export interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly rssKiB: number;
}

/** Lines of `ps -A -o pid=,ppid=,rss=`, which Linux and macOS print alike. */
export function parsePs(text: string): ProcessLine[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((fields) => fields.length === 3 && fields.every(Number.isFinite))
    .map(([pid, parent, rssKiB]) => ({ pid: pid ?? 0, parent: parent ?? 0, rssKiB: rssKiB ?? 0 }));
}

/** Resident memory of processes and all that they started, in MiB. Pages that processes share count in each of them. */
export function treeRssMiB(lines: readonly ProcessLine[], roots: readonly number[]): number {
  const children = new Map<number, ProcessLine[]>();
  for (const line of lines) children.set(line.parent, [...(children.get(line.parent) ?? []), line]);
  const seen = new Set<number>();
  let sum = 0;
  const visit = (line: ProcessLine): void => {
    if (seen.has(line.pid)) return;
    seen.add(line.pid);
    sum += line.rssKiB;
    (children.get(line.pid) ?? []).forEach(visit);
  };
  lines.filter(({ pid }) => roots.includes(pid)).forEach(visit);
  return sum / 1024;
}

/** Looks once a second for the greatest memory of the process tree, the local cloud's processes included. */
export class PeakMemory {
  private peak = 0;
  private readonly timer: NodeJS.Timeout;

  /** @param roots asked each time: a cloud comes and goes */
  constructor(private readonly roots: () => readonly number[]) {
    this.timer = setInterval(() => this.look(), 1000).unref();
    this.look();
  }

  stop(): number {
    clearInterval(this.timer);
    return Math.round(this.peak);
  }

  private look(): void {
    execFile('ps', ['-A', '-o', 'pid=,ppid=,rss='], { maxBuffer: 16 * 1024 * 1024 }, (error, text) => {
      // Without ps there is our own memory at least.
      const now = error ? process.memoryUsage.rss() / 2 ** 20 : treeRssMiB(parsePs(text), this.roots());
      this.peak = Math.max(this.peak, now);
    });
  }
}
