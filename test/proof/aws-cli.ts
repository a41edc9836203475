/** The stock AWS CLI for shells of proofs, loaded once by a process that ends with this one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');
const PYTHON_BIN = join(ROOT, '.venv', 'bin');

export class AwsCli {
  // A socket's path may have about a hundred characters only.
  private readonly folder = mkdtempSync(join(tmpdir(), 'mla-aws-'));
  private readonly server: ChildProcess;

  constructor() {
    this.server = spawn(join(PYTHON_BIN, 'python'), [join(__dirname, 'aws-cli', 'server.py'), this.socket], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    this.server.unref();
    (this.server.stdin as { unref?: () => void }).unref?.();
  }

  /** What a shell needs to find it: as `aws` of its path. */
  get env(): { readonly PATH: string; readonly MLA_AWS_CLI: string } {
    const path = [join(__dirname, 'aws-cli'), PYTHON_BIN, process.env.PATH];
    return { PATH: path.join(delimiter), MLA_AWS_CLI: this.socket };
  }

  stop(): void {
    this.server.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get socket(): string {
    return join(this.folder, 'socket');
  }
}
