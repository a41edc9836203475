/** Lists the processes of a local cloud, and ends them reliably. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface Entry {
  readonly pid: number;
  readonly parent: number;
}

/** Environment variable that every process of a local cloud inherits; its value is the cloud's id. */
export const CLOUD_ID_VARIABLE = 'MLA_LOCAL_CLOUD';

function linuxEntries(): Entry[] {
  const entries: Entry[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The command's name stands in parentheses and may hold anything: read after the last one.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z') continue;
      entries.push({ pid: Number(name), parent: Number(fields[1]) });
    } catch {
      // It ended while we looked.
    }
  }
  return entries;
}

function psEntries(): Entry[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 3 && !fields[2]!.startsWith('Z'))
    .map((fields) => ({ pid: Number(fields[0]), parent: Number(fields[1]) }));
}

function entries(): Entry[] {
  return process.platform === 'linux' ? linuxEntries() : psEntries();
}

function hasCloudId(pid: number, id: string): boolean {
  const variable = `${CLOUD_ID_VARIABLE}=${id}`;
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable);
    return execFileSync('ps', ['-E', '-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
      .split(' ')
      .includes(variable);
  } catch {
    return false;
  }
}

/** All living descendants of a process, itself not included. */
export function descendants(root: number): number[] {
  const all = entries();
  const found: number[] = [];
  const open = [root];
  while (open.length > 0) {
    const parent = open.pop()!;
    for (const entry of all) {
      if (entry.parent === parent && entry.pid !== parent) {
        found.push(entry.pid);
        open.push(entry.pid);
      }
    }
  }
  return found;
}

/** All living processes of a cloud, whatever their parent is by now; this process not included. */
export function processesOf(id: string): number[] {
  return entries()
    .map((entry) => entry.pid)
    .filter((pid) => pid !== process.pid && hasCloudId(pid, id));
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // A zombie still answers signal 0.
  return process.platform !== 'linux' || linuxEntries().some((entry) => entry.pid === pid);
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // Gone already.
    }
  }
}

/**
 * Ends processes reliably: SIGTERM, then SIGKILL, repeated, since a dying parent may have just started a child.
 *
 * @param find lists the processes to end; called again in each round
 * @returns what is still alive after all rounds (empty, unless the system refuses to end it)
 */
export async function endAll(find: () => number[], graceMs = 500): Promise<number[]> {
  signal(find(), 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (find().length > 0 && Date.now() < deadline) await pause(25);
  for (let round = 0; round < 40; round++) {
    const left = find();
    if (left.length === 0) return [];
    signal(left, 'SIGKILL');
    await pause(25);
  }
  return find();
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
