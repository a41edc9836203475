import { createInterface } from 'node:readline/promises';

import pc from 'picocolors';

import { duration, printable, widthOf, wrap } from './text';

/** Where a command prints to and reads from; tests give their own. */
export interface Streams {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since some moment. */
  now(): number;
}

export const processStreams: Streams = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  now: () => performance.now(),
};

/** A line about the work going on may repeat this often where it cannot be overwritten, in ms. */
const QUIET_MS = 10_000;

/** Lines are not made wider than this: long lines read badly. */
const MAX_WIDTH = 100;

/**
 * All that commands print.
 *
 * Results go to stdout; what is going on goes to stderr. With `json`, stdout carries exactly one document and all else
 * goes to stderr.
 */
export class Ui {
  readonly colours: ReturnType<typeof pc.createColors>;
  readonly width: number;
  private stage = '';
  private detail = '';
  private stageStart = 0;
  private lastLine = 0;
  private shown = false;
  private timer: NodeJS.Timeout | undefined;
  /**
   * Whether a line of progress stays on the terminal when the next one comes: what a step tells on its way, such as the
   * rows of a query, is there to be read.
   */
  keepProgress = false;
  /** Who else hears what is going on. */
  onProgress: ((stage: string) => void) | undefined;

  constructor(
    readonly streams: Streams,
    private readonly json = false,
  ) {
    const main = json ? streams.stderr : streams.stdout;
    const colour = streams.env.NO_COLOR ? false : Boolean(main.isTTY) && streams.env.TERM !== 'dumb';
    this.colours = pc.createColors(colour);
    this.width = Math.max(20, Math.min(MAX_WIDTH, main.columns ?? (Number(streams.env.COLUMNS) || 80)));
  }

  /** Whether somebody can answer a question. */
  get interactive(): boolean {
    return Boolean(this.streams.stdin.isTTY && this.streams.stderr.isTTY);
  }

  /** A result, wrapped. */
  say(text = '', first = ''): void {
    this.raw(wrap(text, this.width, { first }));
  }

  /** A result that is already laid out: tables, commands, code. */
  raw(text: string): void {
    this.clearLine();
    (this.json ? this.streams.stderr : this.streams.stdout).write(`${printable(text)}\n`);
  }

  /** Something besides the result, on stderr, wrapped. */
  note(text: string, first = ''): void {
    this.clearLine();
    this.streams.stderr.write(`${printable(wrap(text, this.width, { first }))}\n`);
  }

  /** The one JSON document of a command; nothing unless `--json` was given. */
  document(value: unknown): void {
    if (!this.json) return;
    this.clearLine();
    this.streams.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /**
   * What is going on now, with the elapsed time: one line that is rewritten on a terminal; elsewhere one line a stage
   * and, while it lasts, its detail every ten seconds.
   */
  progress(stage: string, detail = ''): void {
    this.onProgress?.(stage);
    const now = this.streams.now();
    const fresh = stage !== this.stage;
    if (fresh) {
      if (this.keepProgress && this.stage !== '' && this.streams.stderr.isTTY) this.keepLine();
      this.stage = stage;
      this.stageStart = now;
    }
    this.detail = detail;
    if (this.streams.stderr.isTTY) {
      this.paintLine();
      this.timer ??= setInterval(() => this.paintLine(), 1000).unref();
    } else if (fresh || (detail !== '' && now - this.lastLine >= QUIET_MS)) {
      this.lastLine = now;
      this.streams.stderr.write(`${printable(this.line())}\n`);
    }
  }

  /** Ends the line of progress. */
  settle(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = undefined;
    this.clearLine();
    this.stage = '';
    this.detail = '';
  }

  /**
   * Asks on the terminal.
   *
   * @param signal ends the wait for an answer. @default none
   * @returns undefined where nobody can answer, or nothing was entered
   */
  async ask(question: string, signal?: AbortSignal): Promise<string | undefined> {
    if (!this.interactive || signal?.aborted) return undefined;
    this.settle();
    const readline = createInterface({
      input: this.streams.stdin,
      output: this.streams.stderr as NodeJS.WritableStream,
    });
    // In raw mode Ctrl-C arrives here and not as a signal: pass it on, so that it means the same everywhere.
    readline.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    const end = (): void => readline.close();
    signal?.addEventListener('abort', end);
    try {
      const closed = new Promise<string>((resolve) => readline.once('close', () => resolve('')));
      const answer = await Promise.race([readline.question(`${wrap(printable(question), this.width)} `), closed]);
      return answer.trim() || undefined;
    } finally {
      // One clock may end many questions, each only while it is asked.
      signal?.removeEventListener('abort', end);
      readline.close();
    }
  }

  /** Asks for a yes; anything but `y` or `yes` is a no. */
  async confirm(question: string): Promise<boolean> {
    return /^y(es)?$/i.test((await this.ask(`${question} [y/N]`)) ?? '');
  }

  private line(): string {
    const seconds = (this.streams.now() - this.stageStart) / 1000;
    const time = seconds < 1 ? '' : ` ${duration(Math.floor(seconds))}`;
    return `${this.stage}${time}${this.detail === '' ? '' : ` · ${this.detail}`}`;
  }

  private keepLine(): void {
    this.detail = '';
    this.note(this.colours.dim(this.line()));
  }

  private paintLine(): void {
    const columns = this.streams.stderr.columns ?? this.width;
    const characters = [...printable(this.line()).replaceAll('\n', ' ')];
    const text = characters.length < columns ? characters.join('') : `${characters.slice(0, columns - 2).join('')}…`;
    this.streams.stderr.write(`\r${this.colours.dim(text)}\u001b[K`);
    this.shown = widthOf(text) > 0;
  }

  private clearLine(): void {
    if (this.shown) this.streams.stderr.write('\r\u001b[K');
    this.shown = false;
  }
}
