/** The stock AWS CLI for shells of proofs; version 1 is loaded once, by a process that ends with this one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { quoted } from '../../lib/course/shell';
import type { Target } from '../../lib/target';

const ROOT = resolve(__dirname, '..', '..');
const PYTHON_BIN = join(ROOT, '.venv', 'bin');

/** Loops of printed commands wait as long as AWS takes: a local cloud is quicker. */
export const SHORT_PAUSES = 'sleep() { command sleep 0.5; }';

export class AwsCli {
  // A socket's path may have about a hundred characters only.
  private readonly folder = mkdtempSync(join(tmpdir(), 'mla-labs-aws-'));
  private readonly server?: ChildProcess;

  /** @param other another `aws`, which starts for each command. @default the AWS CLI 1 of the project's environment */
  constructor(private readonly other?: string) {
    if (other !== undefined) {
      // Version 2 keeps a session of its own in the home folder, whatever it is asked.
      const script = `#!/bin/sh\nHOME=${quoted(this.folder)} exec ${quoted(other)} "$@"\n`;
      writeFileSync(join(this.folder, 'aws'), script, { mode: 0o755 });
      return;
    }
    this.server = spawn(join(PYTHON_BIN, 'python'), [join(__dirname, 'aws-cli', 'server.py'), this.socket], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    this.server.unref();
    (this.server.stdin as { unref?: () => void }).unref?.();
  }

  /**
   * Runs a line in a shell that talks to a target, with `aws` on its path. Pauses of its loops are as short as AWS's own
   * waits are on a local cloud.
   *
   * @param env more of the environment
   */
  shell(
    target: Target,
    line: string,
    { cwd, env }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
  ): { status: number | null; output: string } {
    const done = spawnSync('sh', ['-c', `${SHORT_PAUSES}\n${line}`], {
      cwd,
      env: { ...process.env, ...target.shellEnv(), ...this.environment, ...env },
      encoding: 'utf8',
    });
    return { status: done.status, output: done.stdout + done.stderr };
  }

  /** What a shell needs to find it. */
  get environment(): NodeJS.ProcessEnv {
    const own = this.other === undefined ? join(__dirname, 'aws-cli') : this.folder;
    const PATH = [own, PYTHON_BIN, process.env.PATH].join(delimiter);
    return { PATH, MLA_AWS_CLI: this.socket, AWS_PAGER: '' };
  }

  stop(): void {
    this.server?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get socket(): string {
    return join(this.folder, 'socket');
  }
}
