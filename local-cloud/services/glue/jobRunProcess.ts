/** One job run as a process: the script, fetched and run as the job's role, until it ends or is ended. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { writeDelayMs } from '../simulatedFailures';
import { RoleLogStream } from '../roleLogs';
import type { Cloud, Principal } from '../service';
import { asRole, assumeForGlue } from './role';
import type { RunArguments } from './jobRunArguments';

/** Lines reach CloudWatch about as often as on AWS. */
const FLUSH_MS = 2000;

export interface RunPlan {
  readonly runId: string;
  readonly role: string;
  readonly kind: 'glueetl' | 'pythonshell';
  readonly scriptLocation: string;
  readonly glueVersion: string;
  readonly arguments: RunArguments;
}

/** How a run ended by itself. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** A run's process. `end` kills it; what it was ended for, the caller knows. */
export class JobProcess {
  private child: ChildProcess | undefined;
  private ended = false;
  private readonly folder: string;

  constructor(
    private readonly cloud: Cloud,
    private readonly plan: RunPlan,
  ) {
    this.folder = join(cloud.folder, 'glue', plan.runId);
  }

  /**
   * Runs the script to its end. A run whose engine tells no good end never counts as ended well.
   *
   * @param onRunning called when the script's process starts
   */
  async run(onRunning: () => void): Promise<Outcome> {
    try {
      const role = await assumeForGlue(this.cloud, this.plan.role, 'GlueJobRunnerSession');
      const job = await this.prepare(role);
      if (this.ended) return { ok: false, message: 'The run was ended before it started.' };
      onRunning();
      return await this.execute(role, job);
    } catch (error) {
      return { ok: false, message: `LAUNCH ERROR | ${(error as Error).message}` };
    } finally {
      await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    }
  }

  /** Kills the process and all that it started. */
  end(): void {
    this.ended = true;
    const pid = this.child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The whole group is gone already.
    }
  }

  private async prepare(role: Principal): Promise<string> {
    const { arguments: args, scriptLocation, kind } = this.plan;
    const work = join(this.folder, 'work');
    const modules = join(this.folder, 'modules');
    await mkdir(work, { recursive: true });
    await mkdir(modules);
    const script = join(this.folder, basename(scriptLocation));
    await fetchTo(role, scriptLocation, script);
    const pythonPath: string[] = [modules];
    for (const uri of args.extraPyFiles) {
      const file = join(modules, basename(uri));
      await fetchTo(role, uri, file);
      if (/\.(zip|egg|whl)$/.test(file)) pythonPath.push(file);
    }
    for (const uri of args.extraFiles) await fetchTo(role, uri, join(work, basename(uri)));
    const job = join(this.folder, 'job.json');
    await writeFile(
      job,
      JSON.stringify({
        kind,
        script,
        arguments: args.argv,
        conf: args.conf,
        scratch: this.folder,
        result: this.resultFile,
        pythonPath,
      }),
    );
    return job;
  }

  private get resultFile(): string {
    return join(this.folder, 'result.json');
  }

  private async execute(role: Principal, job: string): Promise<Outcome> {
    const { arguments: args } = this.plan;
    const output = new RoleLogStream(role.logs, args.outputGroup, args.stream, writeDelayMs(this.cloud));
    const error = new RoleLogStream(role.logs, args.errorGroup, args.stream, writeDelayMs(this.cloud));
    const engine = join(this.cloud.engines, 'spark');
    if (this.plan.kind === 'glueetl' && this.plan.glueVersion !== '6.0') {
      error.add(`WARN Glue ${this.plan.glueVersion} was asked for; this engine is Spark 4.1.1, that of Glue 6.0.`);
    }
    const child = spawn(this.cloud.python, [join(engine, 'launch.py'), job], {
      cwd: join(this.folder, 'work'),
      detached: true, // A process group of its own, so that Java and Python workers end with it.
      env: childEnv(role, engine, this.folder),
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    if (child.pid !== undefined) this.cloud.track(child.pid);
    if (this.ended) this.end();
    const lines = (text: string): string => objectsForCopies(text, this.folder);
    const read = [
      eachLine(child.stdout!, (line) => output.add(lines(line))),
      eachLine(child.stderr!, (line) => output.add(lines(line))),
      eachLine(child.stdio[3] as Readable, (line) => error.add(lines(line))),
    ];
    const timer = setInterval(() => void Promise.all([output.flush(), error.flush()]), FLUSH_MS);
    try {
      const ended = await exit(child);
      this.end(); // What the script left running ends with it, and lets go of the pipes.
      await Promise.all(read);
      return await this.outcome(ended);
    } finally {
      clearInterval(timer);
      await Promise.all([output.flush(), error.flush()]);
    }
  }

  private async outcome(ended: { code: number | null; signal: string | null }): Promise<Outcome> {
    const how = ended.signal ? `was ended by ${ended.signal}` : `ended with exit code ${ended.code}`;
    try {
      const told = JSON.parse(await readFile(this.resultFile, 'utf8')) as Outcome;
      if (!told.ok) return { ok: false, message: told.message };
      if (ended.code === 0) return { ok: true };
    } catch {
      // No result: it did not come to its end.
    }
    return { ok: false, message: `The script's process ${how}.` };
  }
}

function exit(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** Ends when the stream closes, however it does. */
function eachLine(stream: Readable, take: (line: string) => void): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  return new Promise((resolve) => {
    stream.on('data', (text: string) => {
      const parts = (rest + text).split(/\r?\n/);
      rest = parts.pop()!;
      parts.forEach(take);
    });
    stream.on('error', () => undefined);
    stream.on('close', () => {
      if (rest) take(rest);
      resolve();
    });
  });
}

/** Logs name the objects, not the engine's copies of them. */
function objectsForCopies(text: string, folder: string): string {
  if (!text.includes(folder)) return text;
  const [before, ...after] = text.split(new RegExp(`(?:file:/*)?${escape(folder)}/s3/read/\\d+/`));
  return [before, ...after.map((part) => part.replace(/^(s3[an]?)\//, '$1://'))].join('');
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The role's credentials, and of this process's environment only what starting a program needs. */
function childEnv(role: Principal, engine: string, folder: string): NodeJS.ProcessEnv {
  const kept = ['PATH', 'JAVA_HOME', 'LANG', 'LD_LIBRARY_PATH', 'SYSTEMROOT', 'MLA_LOCAL_CLOUD'];
  const own = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    HOME: folder,
    TMPDIR: folder,
    TZ: 'UTC',
    PYTHONPATH: engine,
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    ...role.env(),
  };
}

async function fetchTo(role: Principal, uri: string, file: string): Promise<void> {
  const found = /^s3[an]?:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (!found) throw new Error(`${JSON.stringify(uri)} is not the S3 URI of an object.`);
  const [, Bucket, Key] = found;
  try {
    const answer = await asRole(role, 's3:GetObject', `arn:aws:s3:::${Bucket}/${Key}`, () =>
      role.s3.send(new GetObjectCommand({ Bucket, Key })),
    );
    await writeFile(file, await answer.Body!.transformToByteArray());
  } catch (error) {
    throw new Error(`Error downloading from S3 for bucket: ${Bucket}, key: ${Key}. ${(error as Error).message}`, {
      cause: error,
    });
  }
}
