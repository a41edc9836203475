/** One instance behind an endpoint: a process with the model server, on a socket of its own, with its log stream. */
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { writeDelayMs } from '../simulatedFailures';
import { RoleLogStream } from '../roleLogs';
import type { Cloud, Principal } from '../service';
import { type Container, type Containers, inheritedEnv } from './containers';
import { JobFailure } from './errors';
import type { ServedModel } from './servingModel';

/** Lines reach CloudWatch about as often as on AWS. */
const FLUSH_MS = 1000;
const TRY_MS = 15;
/** Loading the libraries is this machine's affair; it only must not take for ever. */
const PROCESS_START_MS = 120_000;

export interface InstanceOptions {
  readonly endpoint: string;
  readonly variant: string;
  readonly serverless: boolean;
  readonly model: ServedModel;
  /** The downloaded model.tar.gz. */
  readonly archive: string | undefined;
  readonly role: Principal;
  /** How long the model may take until the first good answer to /ping. */
  readonly startMs: number;
}

/** What a container answered. */
export interface ContainerAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The container gave no answer. */
export class NoModelResponse extends Error {
  constructor(readonly timedOut: boolean) {
    super(timedOut ? 'The container did not answer in time.' : 'The container closed the connection.');
  }
}

/** What a serverless container may only read, this machine's user could not remove. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

let counter = 0;

export class ServingInstance {
  readonly id: string;
  private readonly root: string;
  private readonly socket: string;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly log: RoleLogStream;
  private container: Container | undefined;
  private gone: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly cloud: Cloud,
    private readonly containers: Containers,
    private readonly options: InstanceOptions,
  ) {
    const { endpoint, variant, serverless } = options;
    this.id = serverless ? randomBytes(16).toString('hex') : `i-0${randomBytes(8).toString('hex')}`;
    // Short names: a socket's path has about a hundred characters.
    this.root = join(cloud.folder, 'serve', `${process.pid.toString(36)}-${(counter += 1)}`);
    const absolute = join(this.root, 's');
    const near = relative(process.cwd(), absolute);
    this.socket = near.length < absolute.length ? near : absolute;
    const group = `/aws/sagemaker/Endpoints/${endpoint}`;
    this.log = new RoleLogStream(options.role.logs, group, `${variant}/${this.id}`, writeDelayMs(cloud));
  }

  /** Starts the process and waits for /ping. @throws JobFailure where the model does not come up */
  async start(): Promise<void> {
    await mkdir(join(this.root, 'opt/ml/model'), { recursive: true });
    await mkdir(join(this.root, 'tmp'));
    this.timer = setInterval(() => void this.log.flush(), FLUSH_MS);
    this.timer.unref();
    await this.launch();
  }

  /** Asks the model server. @throws NoModelResponse */
  ask(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: Buffer,
    timeoutMs: number,
  ): Promise<ContainerAnswer> {
    return new Promise((resolve, reject) => {
      const call = httpRequest(
        {
          socketPath: this.socket,
          agent: this.agent,
          method,
          path,
          headers: { ...headers, 'content-length': body.length },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', () => reject(new NoModelResponse(false)));
          response.on('end', () => {
            clearTimeout(limit);
            resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) });
          });
        },
      );
      const limit = setTimeout(() => {
        reject(new NoModelResponse(true));
        call.destroy();
      }, timeoutMs);
      call.on('error', (cause) => {
        clearTimeout(limit);
        reject(Object.assign(new NoModelResponse(false), { cause }));
      });
      call.end(body);
    });
  }

  /** Ends the process and starts another, as AWS does with a container that hangs or ended. */
  restart(): void {
    this.container?.signal('SIGKILL');
  }

  /** Ends it, and returns when its log is written. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.container?.signal('SIGKILL');
    this.agent.destroy();
    clearInterval(this.timer);
    await this.gone;
    await this.log.flush();
    await makeWritable(join(this.root, 'opt'));
    await rm(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  private async launch(): Promise<void> {
    await rm(join(this.root, 's'), { force: true });
    const ended = { now: false };
    const container = this.containers.run(
      this.job(),
      (line) => this.log.add(line.replaceAll(this.root, '')),
      this.options.model.environment,
    );
    this.container = container;
    this.gone = container.exit.then(
      () => undefined,
      (error: Error) => this.log.add(error.message),
    );
    void this.gone.then(() => (ended.now = true));
    if (!(await this.healthy(ended))) {
      container.signal('SIGKILL');
      await this.gone;
      await this.log.flush();
      throw new JobFailure(
        `The primary container for production variant ${this.options.variant} did not pass the ping health check. ` +
          'Please check CloudWatch logs for this endpoint.',
      );
    }
    void this.gone.then(() => {
      // What ends by itself is started again; what then does not come up answers no request.
      if (!this.stopped) void this.launch().catch(() => undefined);
    });
  }

  private async healthy(ended: { readonly now: boolean }): Promise<boolean> {
    const limit = Date.now() + PROCESS_START_MS;
    while (!ended.now && !this.stopped && Date.now() < limit) {
      try {
        return (await this.ask('GET', '/ping', {}, Buffer.alloc(0), this.options.startMs)).status === 200;
      } catch (error) {
        const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
        if (code !== 'ENOENT' && code !== 'ECONNREFUSED') return false;
        await new Promise((resolve) => setTimeout(resolve, TRY_MS));
      }
    }
    return false;
  }

  private job() {
    const { model, archive, role } = this.options;
    const program = model.environment.SAGEMAKER_PROGRAM;
    const submit = model.environment.SAGEMAKER_SUBMIT_DIRECTORY ?? '/opt/ml/code';
    if (program && !submit.startsWith('/opt/ml/')) {
      throw new JobFailure(
        `SAGEMAKER_SUBMIT_DIRECTORY=${submit}: the local cloud serves programs that are in model.tar.gz, below /opt/ml/model.`,
      );
    }
    const env = {
      ...inheritedEnv(),
      HOME: this.root,
      TMPDIR: join(this.root, 'tmp'),
      TZ: 'UTC',
      ...role.env(),
      SM_MODEL_DIR: join(this.root, 'opt/ml/model'),
      ...model.environment,
    };
    return {
      kind: 'serve' as const,
      root: this.root,
      env,
      // The container's own default: one thread per process.
      threads: 1,
      socket: join(this.root, 's'),
      unprivileged: this.options.serverless,
      ...(archive && { source: archive }),
      ...(program && { script: program, folder: join(this.root, submit) }),
    };
  }
}
