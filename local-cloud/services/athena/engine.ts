/** The Python process that understands and runs SQL: started by the first query, kept for all. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { ColumnInfo } from '@aws-sdk/client-athena';
import type { Cloud } from '../service';
import type { Statement } from './statement';
import { QueryCancelled, QueryFailure } from './failure';

/** A table, a view or its absence, as the engine wants to know it; by `database.name`. */
export type TableEntry =
  | { readonly kind: 'absent'; readonly missing: 'table' | 'database' }
  | { readonly kind: 'view'; readonly schema: string; readonly sql: string; readonly columns: readonly string[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly { readonly name: string; readonly type: string }[];
      readonly partitionKeys: readonly { readonly name: string; readonly type: string }[];
      readonly format: string;
      readonly properties: Readonly<Record<string, string>>;
      readonly partitions: readonly (readonly (string | null)[])[];
    };

export interface QueryRequest {
  readonly sql: string;
  readonly database: string;
  readonly parameters: readonly string[];
  readonly tables: Readonly<Record<string, TableEntry>>;
}

export type Plan =
  | { readonly missing: readonly (readonly [database: string, name: string])[] }
  | {
      readonly missing?: undefined;
      readonly columns: readonly ColumnInfo[];
      /** Types as Athena's engine names them, one a column. */
      readonly types: readonly string[];
      /** Positions of columns without a name, from 1. */
      readonly unnamed: readonly number[];
      /** What each reading of a table needs; partitions by index, null for a table without. */
      readonly scans: readonly { readonly table: string; readonly partitions: readonly number[] | null }[];
    };

export interface LocalFile {
  readonly path: string;
  /** Its `s3://` address, for "$path" and messages. */
  readonly url: string;
  readonly size: number;
  /** Index of its partition, -1 without. */
  readonly partition: number;
}

export interface Target {
  readonly folder: string;
  readonly format: string;
  readonly compression?: string;
  readonly delimiter?: string;
  readonly partitionedBy: readonly string[];
}

export interface Run extends QueryRequest {
  readonly query: string;
  /** One list a scan of the plan. */
  readonly files: readonly (readonly LocalFile[])[];
  /** Bytes that may be scanned. */
  readonly cutoff?: number;
  /** Where to write the result file. */
  readonly csv?: string;
  /** Where to write the files of UNLOAD or CREATE TABLE AS. */
  readonly target?: Target;
}

export interface ExecutionOutcome {
  readonly rows: number;
  readonly scanned: number;
  readonly written: readonly { readonly path: string; readonly partition: readonly string[] }[];
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly fault?: { readonly code: string; readonly message: string };
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** Talks to the worker (engines/sql/worker.py), one JSON document a line. */
export class SqlEngine {
  private child: ChildProcessWithoutNullStreams | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;
  private complaint = '';
  private stopped = false;

  constructor(private readonly cloud: Cloud) {}

  /** @throws QueryFailure SYNTAX_ERROR for what Athena cannot parse */
  parse(sql: string): Promise<Statement> {
    return this.ask('parse', { sql });
  }

  /** @throws QueryFailure for what Athena refuses before it reads data */
  plan(
    question: QueryRequest,
    hive = false,
  ): Promise<Plan & { readonly hive?: readonly { name: string; type: string }[] }> {
    return this.ask('plan', { ...question, hive });
  }

  /** @throws QueryFailure for what fails while it runs; QueryCancelled when it was cancelled or passed its limit */
  run(run: Run): Promise<ExecutionOutcome> {
    return this.ask('run', run);
  }

  async cancel(query: string): Promise<void> {
    if (this.child) await this.ask('cancel', { query });
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    this.stopped = true;
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  private ask<T>(op: string, body: object): Promise<T> {
    if (this.stopped) return Promise.reject(new QueryFailure('GENERIC_INTERNAL_ERROR', 'The local cloud is stopping.'));
    const child = (this.child ??= this.start());
    const id = this.next++;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      child.stdin.write(`${JSON.stringify({ ...body, id, op })}\n`);
    });
  }

  private start(): ChildProcessWithoutNullStreams {
    // The engine reads local files only: it gets no credentials.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
    const child = spawn(this.cloud.python, ['-m', 'engines.sql.worker'], {
      cwd: this.cloud.folder,
      env: { ...env, PYTHONPATH: dirname(this.cloud.engines), PYTHONDONTWRITEBYTECODE: '1' },
      stdio: 'pipe',
    });
    if (child.pid !== undefined) this.cloud.track(child.pid);
    createInterface({ input: child.stdout }).on('line', (line) => this.settle(JSON.parse(line) as Answer));
    child.stderr.on('data', (part: Buffer) => (this.complaint = (this.complaint + part.toString()).slice(-2000)));
    // A process that ended early closes its input; its exit says more than that.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.fail(error.message));
    child.on('exit', (code, signal) => this.fail(`it ended with ${code ?? signal}. ${this.complaint.trim()}`));
    return child;
  }

  private settle({ id, result, fault }: Answer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (!waiting) return;
    if (!fault) waiting.resolve(result as never);
    else if (fault.code === 'CANCELLED' || fault.code === 'BYTES_SCANNED_LIMIT') {
      waiting.reject(new QueryCancelled(fault.message));
    } else waiting.reject(new QueryFailure(fault.code, fault.message));
  }

  private fail(why: string): void {
    this.child = undefined;
    const error = new QueryFailure('GENERIC_INTERNAL_ERROR', `The SQL engine (${this.cloud.python}) is gone: ${why}`);
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
  }
}
