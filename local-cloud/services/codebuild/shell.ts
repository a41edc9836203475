/**
 * The shell of one build. As CodeBuild does for version 0.2, each command is a script of its own that begins with the
 * variables and the folder that the one before it ended with.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What a command left running may still hold its output open: so long the rest of the output is waited for. */
const DRAIN_MS = 300;

export interface ShellOptions {
  /** Folder for the scripts. */
  readonly folder: string;
  readonly program: 'sh' | 'bash';
  /** Folder in which the first command runs. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly line: (text: string) => void;
  /** Told of each process, whose group is the process's own. */
  readonly started: (pid: number) => void;
}

export class Shell {
  private readonly groups = new Set<number>();
  private ended = false;

  constructor(private readonly options: ShellOptions) {}

  /** Runs one command. @returns its exit code */
  async run(command: string, extra: Readonly<Record<string, string>> = {}): Promise<number> {
    const { folder } = this.options;
    await mkdir(folder, { recursive: true });
    const script = join(folder, 'script.sh');
    await writeFile(script, this.script(command, extra));
    if (this.ended) return 137;
    const child = spawn(this.options.program, [script], {
      cwd: this.options.cwd,
      env: { ...this.options.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return this.follow(child);
  }

  /** The exported variables as the last command left them. */
  async variables(names: readonly string[]): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const name of names) {
      const child = spawn('sh', ['-c', `[ ! -f "$0" ] || . "$0"; printf %s "\${${name}-}"`, this.file('env.sh')], {
        env: { ...this.options.env },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let text = '';
      child.stdout.on('data', (part) => (text += String(part)));
      await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
      found[name] = text;
    }
    return found;
  }

  /** Ends everything that was started, also what commands left running. */
  end(): void {
    this.ended = true;
    for (const pid of this.groups) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // The whole group is gone already.
      }
    }
    this.groups.clear();
  }

  private file(name: string): string {
    return join(this.options.folder, name);
  }

  private script(command: string, extra: Readonly<Record<string, string>>): string {
    const env = quoted(this.file('env.sh'));
    const folder = quoted(this.file('dir.txt'));
    return [
      `if [ -f ${env} ]; then . ${env}; cd "$(cat ${folder})"; fi`,
      ...Object.entries(extra).map(([name, value]) => `export ${name}=${quoted(value)}`),
      command,
      '',
      'CODEBUILD_LAST_EXIT=$?',
      `export -p > ${env}`,
      `pwd > ${folder}`,
      'exit $CODEBUILD_LAST_EXIT',
      '',
    ].join('\n');
  }

  private async follow(child: ChildProcess): Promise<number> {
    if (child.pid !== undefined) {
      this.groups.add(child.pid);
      this.options.started(child.pid);
    }
    for (const stream of [child.stdout, child.stderr] as Readable[]) {
      createInterface(stream).on('line', (text) => this.options.line(text));
    }
    return new Promise<number>((resolve, reject) => {
      let rest: NodeJS.Timeout | undefined;
      let code = 0;
      child.once('error', reject);
      child.once('exit', (status) => {
        code = status ?? 137;
        rest = setTimeout(() => resolve(code), DRAIN_MS);
      });
      child.once('close', () => {
        clearTimeout(rest);
        resolve(code);
      });
    });
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
