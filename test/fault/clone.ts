/** A clone of the project with a local cloud of its own, whose commands can be killed as a power cut would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { LabId } from '../../lib/course/names';
import { LocalCloud } from '../../local-cloud/boot/start';
import { readState } from '../../local-cloud/boot/state';

const ROOT = resolve(__dirname, '..', '..');
const ROOMS = ['bin', 'data', 'lab', 'labs', 'lib', 'local-cloud', 'cdk.json', 'package.json', 'package-lock.json'];
/** Installed once on this machine; the rest of a clone is its own. */
const INSTALLED = ['node_modules', '.venv', 'local-cloud/runtimes/node_modules'];

export interface Ended {
  /** Exit code; undefined for a command that was killed. */
  readonly code?: number;
  readonly lines: readonly string[];
}

export class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), 'mla-labs-clone-'));

  constructor() {
    for (const room of [...ROOMS, 'tsconfig.json']) {
      const filter = (path: string): boolean => basename(path) !== 'node_modules';
      cpSync(join(ROOT, room), join(this.folder, room), { recursive: true, filter });
    }
    for (const path of INSTALLED) symlinkSync(join(ROOT, path), join(this.folder, path));
  }

  /**
   * Runs `./lab` on the local target.
   *
   * @param killAt the line of output at which the command and all that it started are killed. @default it comes to its end
   */
  async lab(line: string, killAt = Number.POSITIVE_INFINITY): Promise<Ended> {
    const child = spawn('./lab', [...line.split(' '), '--target', 'local', '--yes', '--json'], {
      cwd: this.folder,
      detached: true, // A group of its own, to be killed as one.
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const lines: string[] = [];
    let killed = killAt === 0;
    if (killed) kill(child);
    createInterface(child.stderr!).on('line', (text) => {
      lines.push(text);
      if (!killed && lines.length >= killAt) {
        killed = true;
        kill(child);
      }
    });
    const code = await new Promise<number | null>((done) => child.on('close', done));
    return killed ? { lines } : { code: code ?? undefined, lines };
  }

  /** Puts a solution where the learner's own work is. */
  solve(lab: LabId, file: string, solution: string): void {
    const folder = join(this.folder, 'work', lab);
    mkdirSync(folder, { recursive: true });
    cpSync(solution, join(folder, file));
  }

  /** Everything that the local cloud holds, asked from its own stores. */
  inventory(): Promise<string[]> {
    return new LocalCloud(readState(join(this.folder, '.mla-labs', 'local', 'kept'))!).inventory();
  }

  /** Leaves of the clone what another machine would have: the code, and the way to the cloud. */
  forget(): void {
    rmSync(join(this.folder, 'work'), { recursive: true, force: true });
    rmSync(join(this.folder, 'cdk.out'), { recursive: true, force: true });
    for (const name of readdirSync(join(this.folder, '.mla-labs'))) {
      if (name !== 'local') rmSync(join(this.folder, '.mla-labs', name), { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    await this.lab('down --all');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function kill({ pid }: ChildProcess): void {
  process.kill(-pid!, 'SIGKILL');
}
