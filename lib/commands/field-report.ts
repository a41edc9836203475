/** `rehearse --report FILE`: what a rehearsal asked, what it was answered, how long it took, for whoever mends the labs. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';

import { Exit, LabError } from '../course/errors';
import { LAB_IDS, type LabId } from '../course/names';
import { quoted } from '../course/shell';
import { AFTER } from '../field/compare';
import {
  type BilledRecord,
  type EndRecord,
  type FieldRecord,
  FORMAT,
  FORMAT_VERSION,
  type Header,
  RecordingWriter,
} from '../field/recording';
import { type Redacted, Redactor, UNREDACTED } from '../field/redact';
import type { Exchange } from '../target/recorder';
import type { Target } from '../target/target';
import type { Context } from './context';
import { isKnown, messageOf, seenIn } from './messages';
import { wrongUse } from './options';
import { round } from './rehearsal-report';

const PROJECT = resolve(__dirname, '..', '..');
const manifest = (): { version: string; dependencies: Record<string, string> } =>
  JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as ReturnType<typeof manifest>;

/** This project's version: a recording is compared with the one that made it. */
export const projectVersion = (): string => manifest().version;

/** Names that are nobody's. */
const NOBODY = ['root', 'learner', 'default', 'localhost', 'runner', 'ubuntu', 'admin'];
/** Fields by which AWS says what it bills, and in what. */
const BILLED =
  /^(BillableTimeInSeconds|TrainingTimeInSeconds|ExecutionTime|DPUSeconds|DPUHour|MaxCapacity|NumberOfWorkers|DataScannedInBytes|EngineExecutionTimeInMillis|TotalExecutionTimeInMillis)$/;
/** Longest text of a stage, so that a line says something. */
const STAGE_LENGTH = 200;

type Place = 'lab' | 'part' | 'at';
/** A record without where it happened. */
type Told = FieldRecord extends infer R ? (R extends { readonly part: string } ? Omit<R, Place> : never) : never;

/** Where a report can be written. @throws LabError (wrong use) where it cannot */
export function refuseReport(file: string): void {
  if (existsSync(file))
    throw wrongUse(
      `${file} is there already.`,
      'A report is never written over: it may be the only one of a run that cost something.',
      'Give another name after --report, or move that file.',
    );
  if (!existsSync(dirname(resolve(file))))
    throw wrongUse(
      `There is no folder for ${file}.`,
      'A report is written while the rehearsal goes on, so its folder has to be there.',
      `mkdir -p ${dirname(file)}`,
    );
}

/** Where the key of a recording's placeholders is: it never leaves this machine. */
const keyFile = (root: string, id: string): string => join(root, '.mla-labs', 'field', `${id}.key`);

export class FieldReport {
  private readonly redactor: Redactor;
  private readonly start = new Date();
  private writer: RecordingWriter | undefined;
  /** What was told before the file was opened. */
  private early: Exclude<FieldRecord, EndRecord>[] | undefined = [];
  private lab: LabId | null = null;
  private place = { part: 'begin', since: 0 };
  private stage = '';
  private readonly billed = new Map<string, BilledRecord['figures'][number]>();
  private readonly stop: (() => void)[] = [];
  /** Why the report is not whole: a rehearsal goes on without it. */
  private broken: Error | undefined;

  private constructor(
    private readonly context: Context,
    private readonly target: Target,
    readonly file: string,
    private readonly id: string,
    key: Buffer,
    start?: Date,
  ) {
    if (start) this.start = start;
    const { options, ui } = context;
    this.redactor = new Redactor(
      { account: target.account, learner: options.learner, names: namesOf(target, options.profile) },
      key,
      this.start,
    );
    const listen = (exchange: Exchange): void => this.safely(() => this.observe(exchange));
    target.recorder.listeners.add(listen);
    ui.onProgress = (stage) => this.safely(() => this.progress(stage));
    this.stop.push(
      () => target.recorder.listeners.delete(listen),
      () => (ui.onProgress = undefined),
    );
  }

  /** A report of what is about to begin; the file is made by `open`. */
  static of(context: Context, target: Target, file: string): FieldReport {
    const [id, key] = [randomBytes(8).toString('hex'), randomBytes(32)];
    const kept = keyFile(context.deps.root, id);
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, key.toString('hex'), { mode: 0o600 });
    return new FieldReport(context, target, file, id, key);
  }

  /**
   * Goes on with a report whose rehearsal is over.
   *
   * @throws LabError (refused) where it was made elsewhere: in another account, or by another machine
   */
  static again(context: Context, target: Target, file: string, header: Header, records: number): FieldReport {
    const kept = keyFile(context.deps.root, header.id);
    const refuse = (what: string, why: string, next = `./lab status${context.suffix}`): LabError =>
      new LabError(what, { why, next, exit: Exit.Refused });
    if (!existsSync(kept))
      throw refuse(
        `The key of ${file} is not on this machine.`,
        'It was recorded by another, or .mla-labs was removed: what stands now could not be told as the same account’s.',
      );
    const key = Buffer.from(readFileSync(kept, 'utf8'), 'hex');
    const report = new FieldReport(context, target, file, header.id, key, new Date(header.startedAt));
    const same = report.whose === header.account;
    if (!same || header.region !== target.region) {
      report.detach();
      throw refuse(
        same
          ? `${file} is of ${header.region}, and this is ${target.region}.`
          : `${file} is of another account or learner.`,
        'What stands here says nothing about that rehearsal.',
        same
          ? `./lab rehearse --report ${quoted(file)} --after${context.suffixIn(header.region)}`
          : 'Give the --profile and --learner of that rehearsal.',
      );
    }
    report.early = undefined;
    report.writer = RecordingWriter.append(file, records);
    return report;
  }

  /** Makes the file: from here on each record is on the disk before the rehearsal goes on. */
  open(labs: readonly LabId[], modes: Readonly<Record<string, string>>): void {
    const { target } = this;
    this.writer = RecordingWriter.create(this.file);
    const header: Header = {
      type: 'header',
      format: FORMAT,
      version: FORMAT_VERSION,
      id: this.id,
      project: projectVersion(),
      commit: commit(),
      redacted: true,
      target: target.name,
      region: target.region,
      labs,
      modes,
      versions: versions(),
      startedAt: `${this.start.toISOString().slice(0, 19)}Z`,
      account: this.whose,
    };
    const early = this.early ?? [];
    this.early = undefined;
    for (const record of [header, ...early]) this.write(record);
  }

  /** Whose rehearsal it is, so that it can be told from another's. */
  private get whose(): string {
    return this.redactor.placeholder('account', `${this.target.account} ${this.context.options.learner}`);
  }

  /** From here on it is about a lab. @param texts words of its own: its template */
  about(lab: LabId, texts: readonly string[]): void {
    this.safely(() => {
      this.lab = lab;
      this.redactor.know([...texts, ...LAB_IDS, 'mla labs me CDKToolkit cdk hnb659fds bootstrap version']);
    });
  }

  /** From here on it is in a part of the rehearsal. */
  enter(part: string): void {
    this.stage = '';
    this.place = { part, since: this.now() };
  }

  /** Closes the part. */
  leave(ok: boolean, saw?: string): void {
    const seconds = round(this.now() - this.place.since);
    this.tell({ type: 'part', seconds, ok, ...(saw !== undefined && { saw: this.redactor.text(saw) }) });
  }

  /** A failure that somebody is told of. */
  failed(error: unknown): void {
    this.safely(() => {
      const seen = seenIn(error);
      const { what, why } = messageOf(error, { command: '', suffix: '', options: this.context.options });
      const known = isKnown(error);
      this.tell({
        type: 'message',
        known,
        names: seen.names.map((name) => this.redactor.code(name)),
        // What is unknown is told as it came, its reasons included.
        text: this.redactor.text(known ? `${what} ${why}` : [seen.message, seen.reason].filter(Boolean).join('\n')),
        request: seen.request ?? null,
      });
    });
  }

  receipt(receipt: object): void {
    this.safely(() => this.tell({ type: 'receipt', receipt: this.redactor.value(receipt) }));
  }

  /** What a lab costs by what exists of it, and what AWS counted. */
  cost(spending: object): void {
    this.safely(() =>
      this.tell({ type: 'billed', figures: [...this.billed.values()], spending: this.redactor.value(spending) }),
    );
    this.billed.clear();
  }

  /** The end of a lab. */
  finished(report: { readonly ok: boolean }): void {
    this.safely(() => this.tell({ type: 'lab', ok: report.ok, report: this.redactor.value(report) }));
    this.lab = null;
    this.enter('begin');
  }

  /** What stands later. */
  after(record: Omit<Extract<FieldRecord, { type: 'after' }>, Place | 'type' | 'hours'>): void {
    this.enter(AFTER);
    const names = (all: readonly string[]): string[] => all.map((one) => String(this.redactor.value(one)));
    const found = record.found.map(({ kind, id }) => ({ kind, id: String(this.redactor.value(id)) }));
    const hours = round(this.now() / 3600);
    this.tell({ ...record, type: 'after', hours, found, tagged: names(record.tagged), unread: names(record.unread) });
  }

  /** Reads the whole history of a stack, so that it is in the report: who deploys is another process. */
  async history(stack: string): Promise<void> {
    let NextToken: string | undefined;
    try {
      do {
        const command = new DescribeStackEventsCommand({ StackName: stack, NextToken });
        ({ NextToken } = await this.target.clients.cloudformation.send(command));
      } while (NextToken);
    } catch {
      // That it failed is in the report; the rehearsal is about something else.
    }
  }

  /** Closes the file, and says where it is. */
  end(outcome: EndRecord['outcome']): void {
    this.detach();
    this.safely(() => this.writer?.end(outcome, this.now()));
    this.writer = undefined;
    if (this.broken) this.context.ui.note(`The report ${this.file} is not whole: ${this.broken.message}`);
  }

  private detach(): void {
    for (const stop of this.stop.splice(0)) stop();
  }

  private observe({ service, operation, input, output, error, seconds, startedAt }: Exchange): void {
    const { redactor } = this;
    const asked = redactor.value(input ?? {});
    redactor.operation(operation);
    const metadata = ((error ?? output) as { $metadata?: { attempts?: number; httpStatusCode?: number } } | undefined)
      ?.$metadata;
    const answer = error === undefined ? redactor.value(output ?? {}) : undefined;
    if (answer !== undefined) this.count(operation, asked, answer);
    this.write({
      type: 'request',
      lab: this.lab,
      part: this.place.part,
      at: round((startedAt.getTime() - this.start.getTime()) / 1000),
      service,
      operation,
      seconds: round(seconds),
      attempts: metadata?.attempts ?? 1,
      input: asked,
      ...(answer !== undefined && { output: answer }),
      ...(error !== undefined && {
        error: {
          code: redactor.code((error as Error).name),
          status: metadata?.httpStatusCode ?? null,
          message: redactor.text((error as Error).message),
        },
      }),
    });
  }

  /** Figures by which AWS bills: of each thing the last. */
  private count(operation: string, asked: Redacted, answer: Redacted): void {
    const visit = (value: Redacted, of: string): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [field, one] of Object.entries(value)) {
        if (typeof one === 'number' && BILLED.test(field))
          this.billed.set(`${operation} ${of} ${field}`, { operation, of, field, value: one });
        else visit(one as Redacted, of);
      }
    };
    if (/^(Get|Describe)/.test(operation)) visit(answer, JSON.stringify(asked));
  }

  private progress(stage: string): void {
    if (stage === this.stage) return;
    this.stage = stage;
    this.tell({ type: 'progress', stage: this.redactor.text(stage).slice(0, STAGE_LENGTH) });
  }

  private tell(record: Told): void {
    const { lab, place } = this;
    this.safely(() => this.write({ lab, part: place.part, at: round(this.now()), ...record } as never));
  }

  private write(record: Exclude<FieldRecord, EndRecord>): void {
    if (this.early) this.early.push(record);
    else this.writer?.write(clean(record));
  }

  /** Whatever a report cannot do, the rehearsal and above all its teardown go on. */
  private safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.broken ??= error as Error;
    }
  }

  private now(): number {
    return (Date.now() - this.start.getTime()) / 1000;
  }
}

/** Whatever redaction overlooked goes here, and what remains is known not to have it. */
function clean<T extends object>(record: T): T {
  const leaks = (text: string): boolean => UNREDACTED.some(([, pattern]) => pattern.test(text));
  if (!leaks(JSON.stringify(record))) return record;
  return JSON.parse(
    JSON.stringify(record, (_key, value: unknown) => (typeof value === 'string' && leaks(value) ? '<removed>' : value)),
  ) as T;
}

/** Who could be named: who signs, the profile, this user, this machine. */
function namesOf({ recorder }: Target, profile: string | undefined): string[] {
  const principal = recorder.principal.split(/[:/]/).slice(5);
  const user = ((): string => {
    try {
      return userInfo().username;
    } catch {
      return '';
    }
  })();
  const all = [...principal, profile ?? '', user, hostname()].flatMap((name) => [name, name.replace(/@.*/, '')]);
  const sorts = ['user', 'role', 'assumed-role', 'federated-user'];
  return [...new Set(all)].filter((name) => name.length > 2 && ![...NOBODY, ...sorts].includes(name.toLowerCase()));
}

function commit(): string | null {
  try {
    const asked = ['rev-parse', '--short=10', 'HEAD'];
    return execFileSync('git', asked, { cwd: PROJECT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

function versions(): Record<string, string> {
  const { dependencies } = manifest();
  const named = Object.entries(dependencies).filter(([name]) => /^(aws-cdk|@aws-cdk\/|@aws-sdk\/)/.test(name));
  return { node: process.version, platform: `${process.platform} ${process.arch}`, ...Object.fromEntries(named) };
}
