/** Starts the processes that stand for containers, from one process that has the libraries loaded where that is possible. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Cloud } from '../service';

/** What engines/sagemaker/container.py does; the fields are explained there. */
export interface ContainerJob {
  readonly kind: 'run' | 'pack' | 'serve';
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly threads: number;
  readonly argv?: readonly string[];
  readonly folder?: string;
  readonly module?: string;
  readonly script?: string;
  readonly source?: string;
  readonly pack?: string;
  readonly into?: string;
  readonly socket?: string;
  /** As a serverless container: without root's file permissions. */
  readonly unprivileged?: boolean;
}

/** How a process ended: with a code, or by a signal's name. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A container that runs. */
export interface Container {
  /** Settles when the process is gone and its output read. Fails when it could not be started. */
  readonly exit: Promise<Exit>;
  /** Signals the whole group; does nothing once it is gone. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

/** Takes a line that a container prints. */
export type Line = (line: string) => void;

interface Pending {
  readonly line: Line;
  readonly resolve: (exit: Exit) => void;
  readonly reject: (error: Error) => void;
  pid?: number;
  wanted?: 'SIGTERM' | 'SIGKILL';
}

/**
 * Environment variables that libraries read while they load: a copy of a loaded process would not see them. The model
 * server itself takes PYTHONPATH.
 */
const READ_ON_LOAD = /^(PYTHON(?!PATH$)|OMP_|GOMP_|KMP_|MKL_|OPENBLAS_|LD_)/;

/** The containers of one local cloud. */
export class Containers {
  private forkServer: ChildProcess | undefined;
  private readonly pending = new Map<string, Pending>();
  private readonly direct = new Set<ChildProcess>();
  private counter = 0;
  private stopped = false;

  constructor(
    private readonly cloud: Cloud,
    /** Whether processes can be copied safely after libraries were loaded. */
    private readonly canCopy = process.platform === 'linux',
  ) {}

  /** Begins to load the libraries, so that they are there when a job needs them. */
  prepare(): void {
    if (this.canCopy && !this.stopped) this.forkServer ??= this.startForkServer();
  }

  /** Runs a job of the engine. `custom` are the environment variables that a request gave. */
  run(job: ContainerJob, line: Line, custom: Readonly<Record<string, string>> = {}): Container {
    const plain = !Object.keys(custom).some((name) => READ_ON_LOAD.test(name));
    return this.canCopy && plain ? this.copy(job, line) : this.cold(job, line);
  }

  /** Runs any other program of a container's entry point. */
  runCommand(command: readonly string[], env: NodeJS.ProcessEnv, cwd: string, line: Line): Container {
    return this.spawned(Promise.resolve(), command[0]!, command.slice(1), env, cwd, line);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    const gone = [...this.direct, ...(this.forkServer ? [this.forkServer] : [])].map(
      (child) =>
        new Promise((resolve) =>
          child.exitCode === null && child.signalCode === null ? child.once('close', resolve) : resolve(0),
        ),
    );
    for (const { pid } of this.pending.values()) kill(pid, 'SIGKILL');
    for (const { pid } of this.direct) kill(pid, 'SIGKILL');
    this.forkServer?.kill('SIGKILL');
    await Promise.all(gone);
  }

  private copy(job: ContainerJob, line: Line): Container {
    this.prepare();
    const id = String((this.counter += 1));
    const exit = new Promise<Exit>((resolve, reject) => this.pending.set(id, { line, resolve, reject }));
    if (this.forkServer) this.forkServer.stdin!.write(`${JSON.stringify({ id, job })}\n`);
    else this.settle(id, new Error('The local cloud is stopping.'));
    return {
      exit,
      signal: (name) => {
        const found = this.pending.get(id);
        if (found?.pid === undefined) {
          if (found) found.wanted = name;
        } else kill(found.pid, name);
      },
    };
  }

  private startForkServer(): ChildProcess {
    const child = spawn(this.cloud.python, [join(this.cloud.engines, 'sagemaker', 'fork_server.py')], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...inheritedEnv(), PYTHONDONTWRITEBYTECODE: '1', ...threadLimits(1) },
    });
    if (child.pid !== undefined) this.cloud.track(child.pid);
    child.stdin.on('error', () => undefined);
    let last = '';
    createInterface(child.stderr).on('line', (line) => (last = line));
    createInterface(child.stdout).on('line', (line) => this.take(JSON.parse(line) as Answer));
    child.on('error', (error) => (last = error.message));
    child.on('close', () => {
      this.forkServer = undefined;
      for (const [id, { pid }] of this.pending) {
        kill(pid, 'SIGKILL');
        this.settle(id, new Error(`The process that runs containers ended. ${last}`));
      }
    });
    return child;
  }

  private take(answer: Answer): void {
    const found = this.pending.get(answer.id ?? '');
    if (!found) return;
    if (answer.line !== undefined) found.line(answer.line);
    else if (answer.pid !== undefined) {
      found.pid = answer.pid;
      this.cloud.track(answer.pid);
      if (found.wanted) kill(answer.pid, found.wanted);
    } else {
      this.pending.delete(answer.id!);
      found.resolve({ code: answer.code ?? null, signal: signalName(answer.signal) });
    }
  }

  private settle(id: string, error: Error): void {
    this.pending.get(id)?.reject(error);
    this.pending.delete(id);
  }

  private cold(job: ContainerJob, line: Line): Container {
    const file = join(job.root, 'job.json');
    const env = {
      ...inheritedEnv(),
      ...threadLimits(job.threads),
      ...job.env,
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const engine = join(this.cloud.engines, 'sagemaker', 'container.py');
    return this.spawned(writeFile(file, JSON.stringify(job)), this.cloud.python, [engine, file], env, job.root, line);
  }

  private spawned(
    before: Promise<void>,
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    cwd: string,
    line: Line,
  ): Container {
    let child: ChildProcess | undefined;
    let wanted: 'SIGTERM' | 'SIGKILL' | undefined;
    const exit = before.then(() => {
      if (wanted || this.stopped) return { code: null, signal: wanted ?? 'SIGKILL' };
      child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      if (child.pid !== undefined) this.cloud.track(child.pid);
      return this.ended(child, line);
    });
    return {
      exit,
      signal: (name) => {
        wanted = name;
        kill(child?.pid, name);
      },
    };
  }

  private ended(child: ChildProcess, line: Line): Promise<Exit> {
    this.direct.add(child);
    for (const stream of [child.stdout!, child.stderr!] as Readable[]) createInterface(stream).on('line', line);
    return new Promise<Exit>((resolve, reject) => {
      child.once('error', reject);
      // What it left running ends with it, and lets go of the pipes.
      child.once('exit', () => kill(child.pid, 'SIGKILL'));
      child.once('close', (code, signal) => resolve({ code, signal }));
    }).finally(() => this.direct.delete(child));
  }
}

interface Answer {
  readonly id?: string;
  readonly pid?: number;
  readonly line?: string;
  readonly code?: number | null;
  readonly signal?: number | null;
}

function signalName(value: number | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  return Object.entries(constants.signals).find(([, number]) => number === value)?.[0] ?? `signal ${value}`;
}

function kill(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group is gone already.
  }
}

/** Threads that wait give their core away: on a machine that does other work too, spinning takes several times as long. */
export function threadLimits(count: number): Record<string, string> {
  return { OMP_NUM_THREADS: String(count), OPENBLAS_NUM_THREADS: String(count), OMP_WAIT_POLICY: 'PASSIVE' };
}

/** Of this process's environment, only what starting a program needs. */
export function inheritedEnv(): Record<string, string> {
  const names = ['PATH', 'LANG', 'LD_LIBRARY_PATH', 'SYSTEMROOT', 'MLA_LOCAL_CLOUD'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]!]])),
  );
}
