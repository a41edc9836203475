/** The process that chooses hyperparameters: engines/sagemaker/search.py. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Cloud } from '../service';
import { inheritedEnv } from './containers';
import type { Range } from './ranges';

export interface SearchSpace {
  readonly strategy: string;
  readonly direction: string;
  readonly seed: number | null;
  readonly trials: number;
  readonly ranges: readonly Range[];
}

type Values = Record<string, string>;

/** One search. Asks are answered in their order. */
export class Search {
  private readonly child: ChildProcess;
  private readonly waiting: { resolve: (values: Values) => void; reject: (error: Error) => void }[] = [];
  private readonly gone: Promise<void>;
  private failed: Error | undefined;

  constructor(cloud: Cloud, space: SearchSpace) {
    this.child = spawn(cloud.python, [join(cloud.engines, 'sagemaker', 'search.py')], {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...inheritedEnv(), PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    });
    if (this.child.pid !== undefined) cloud.track(this.child.pid);
    this.child.stdin!.on('error', () => undefined);
    let last = '';
    createInterface(this.child.stderr!).on('line', (line) => (last = line));
    createInterface(this.child.stdout!).on('line', (line) =>
      this.waiting.shift()?.resolve((JSON.parse(line) as { values: Values }).values),
    );
    this.gone = new Promise((resolve) => {
      const end = (error: Error): void => {
        this.failed = error;
        for (const { reject } of this.waiting.splice(0)) reject(error);
        resolve();
      };
      this.child.on('error', end);
      this.child.on('close', () => end(new Error(`The search of hyperparameters ended. ${last}`.trim())));
    });
    this.write(space);
  }

  /** The hyperparameters of a training. */
  ask(trial: number): Promise<Values> {
    if (this.failed) return Promise.reject(this.failed);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.write({ ask: trial });
    });
  }

  /** Reports a training's objective; undefined where it has none. */
  tell(trial: number, value: number | undefined): void {
    this.write({ tell: trial, value: value ?? null });
  }

  async end(): Promise<void> {
    this.child.stdin!.end();
    this.child.kill('SIGKILL');
    await this.gone;
  }

  private write(message: object): void {
    this.child.stdin!.write(`${JSON.stringify(message)}\n`);
  }
}
