/** Starting, finding and stopping local clouds, for lib/target/local.ts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { type AdminEndpoint, callAdmin } from './admin';
import { LocalCloudError } from './errors';
import type { Face } from './faces';
import { ensureFunctionNode } from './node';
import { ROOT, STATE } from './paths';
import { alive, endAll, processesOf } from './processes';
import { ensurePython } from './python';
import { type CloudState, readState } from './state';
import type { SupervisorOptions } from './supervisor';

export { LocalCloudError } from './errors';
export { type Face, faceNamed, FACES } from './faces';
export type { CloudState } from './state';

/** Account number of every local cloud: no real account has it. */
export const LOCAL_ACCOUNT = '000000000000';

export interface StartOptions {
  /** `kept` stays until it is stopped; `private` ends with this process. */
  readonly life: 'kept' | 'private';
  readonly region: string;
  /** What the cloud shows of AWS. @default none */
  readonly faces?: readonly Face[];
  /** Managed policies that are all that the learner has: documents by name. @default - the learner may do everything */
  readonly learnerPolicies?: Readonly<Record<string, string>>;
  readonly progress: (message: string) => void;
  /** What Node.js is given to run supervisor.ts. @default itself, through tsx */
  readonly program?: readonly string[];
}

/** How a run of a schedule ended. */
export interface FiredSchedule {
  readonly delivered: boolean;
  readonly attempts: number;
  /** The last error's code and message; empty when it was delivered. */
  readonly code: string;
  readonly message: string;
}

/** A local cloud that runs. */
export class LocalCloud {
  /** PEM text of its certificate. */
  readonly ca: string;

  constructor(readonly state: CloudState) {
    this.ca = readFileSync(state.caFile, 'utf8');
  }

  /** Everything that exists in it, from the emulator's and our services' own stores. */
  async inventory(): Promise<string[]> {
    const { reply } = await callAdmin(this.adminEndpoint(), '/_mla/inventory');
    return [...(reply as string[]), ...(await this.servicesInventory())].sort();
  }

  /** Every request so far, with its principal; or only those that IAM refused. */
  async requests(deniedOnly = false): Promise<CloudRequest[]> {
    const { reply } = await callAdmin(this.adminEndpoint(), '/_mla/requests', { deniedOnly });
    return reply as CloudRequest[];
  }

  /** What broke AWS's own models so far, of requests and of answers: each once. */
  async invalid(): Promise<CloudInvalid[]> {
    const { reply } = await callAdmin(this.adminEndpoint(), '/_mla/invalid');
    return reply as CloudInvalid[];
  }

  /** Every decision of IAM so far, equal ones once, in the order in which they were first made. */
  async decisions(): Promise<CloudDecisions> {
    const { reply } = await callAdmin(this.adminEndpoint(), '/_mla/decisions');
    return reply as CloudDecisions;
  }

  /**
   * Lets time go by for metrics and alarms: every datapoint becomes so much older, and every alarm is evaluated; and for
   * the actions of pipelines, whose time limits come nearer. What else stands in the cloud takes no notice.
   */
  async elapse(seconds: number): Promise<void> {
    await callAdmin(this.adminEndpoint(), '/_mla/elapse', { seconds });
  }

  /**
   * Runs all that is due within so many seconds, each as if it were its time, and waits until what it set going rests:
   * EventBridge's schedules and rules, and Model Monitor's schedules. Metrics grow older as in `elapse`; dates of what
   * stands stay as they are, and so does the clock of functions.
   *
   * @returns what ran, in its order
   */
  async passTime(seconds: number): Promise<readonly string[]> {
    const { status, reply } = await callAdmin(this.adminEndpoint(), '/_mla/pass', { seconds });
    if (status === 200) return reply as string[];
    throw new LocalCloudError((reply as { message: string }).message, {
      why: 'A schedule whose target refuses it does nothing on AWS either.',
      next: 'aws scheduler list-schedules; aws events list-rules',
    });
  }

  /**
   * Runs a schedule of EventBridge Scheduler now, as if it were due at `scheduled`.
   *
   * @returns whether its target accepted it, and the error if it did not
   */
  async fire(name: string, scheduled = new Date(), group = 'default'): Promise<FiredSchedule> {
    const payload = { name, group, scheduledTime: scheduled.getTime() / 1000 };
    const { status, reply } = await callAdmin(this.adminEndpoint(), '/_mla/schedule', payload);
    if (status === 200) return reply as FiredSchedule;
    throw new LocalCloudError((reply as { message: string }).message, {
      why: 'The local cloud runs the schedules that it holds.',
      next: 'aws scheduler list-schedules',
    });
  }

  /** Ends all its processes and removes its folder. What IAM decided is kept in the folder `LAB_LOCAL_DECISIONS`, if that is set. */
  async stop(): Promise<void> {
    const { id, pid, folder } = this.state;
    const kept = process.env.LAB_LOCAL_DECISIONS;
    if (kept && alive(pid)) {
      mkdirSync(kept, { recursive: true });
      writeFileSync(join(kept, `${id}.json`), JSON.stringify(await this.decisions()));
    }
    const left = await endAll(() => [pid, ...processesOf(id)].filter(alive), 10_000);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    if (left.length > 0) {
      throw new LocalCloudError(`The local cloud's processes ${left.join(', ')} could not be ended.`, {
        why: 'The system did not let us end them.',
        next: `kill -9 ${left.join(' ')}`,
      });
    }
  }

  private adminEndpoint(): AdminEndpoint {
    const { endpoint, token, region } = this.state;
    return { endpoint, ca: this.ca, token, region };
  }

  private async servicesInventory(): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const call = request(
        new URL('/inventory', this.state.servicesUrl),
        { method: 'POST', headers: { 'x-mla-token': this.state.token } },
        (response) => {
          let text = '';
          response.on('data', (part) => (text += String(part)));
          response.on('end', () => resolve(JSON.parse(text) as string[]));
          response.on('error', reject);
        },
      );
      call.on('error', reject);
      call.end('{}');
    });
  }
}

/** A question to IAM. */
export interface CloudCheck {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the request brings. */
  readonly keys?: Readonly<Record<string, unknown>>;
}

/** One request as the emulator saw it. */
export interface CloudRequest {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly status: number;
  /** What IAM was asked about it, where that is more than the action on the resource. */
  readonly checks?: readonly CloudCheck[];
  readonly denied?: { readonly action: string; readonly resource: string };
}

/** A request, or an answer, that breaks AWS's own model of its operation. */
export interface CloudInvalid {
  /** Seconds since the epoch, of the last one that is like this. */
  readonly at: number;
  /** Who sent the request, or got the answer. */
  readonly principal: string;
  /** By its user agent. */
  readonly client: string;
  readonly side: 'request' | 'answer';
  /** As permissions name it: `s3:PutObject`. */
  readonly operation: string;
  /** Where in the input or output; empty for the whole. */
  readonly member: string;
  readonly problem: string;
}

/** A decision of IAM, with what it rests on; policies by their key in `documents`. */
export interface CloudDecision {
  /** `request`: may the principal do it? `policy`: does this policy alone let it (or the service) in? */
  readonly kind: 'request' | 'policy';
  readonly principal: { readonly arn: string; readonly type: string; readonly account: string };
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the request brought, in lower case. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly allowed: boolean;
  readonly times: number;
  /** Of a request: identity policies, and what limits them (boundary, session policies). */
  readonly identity?: readonly string[];
  readonly limits?: readonly (readonly string[])[];
  readonly resourcePolicy?: { readonly policy: string; readonly owner: string; readonly required: boolean };
  /** Of a policy: itself, and the service that asks. */
  readonly policy?: string;
  readonly service?: string;
}

export interface CloudDecisions {
  readonly decisions: readonly CloudDecision[];
  /** Texts of policies by their key. */
  readonly documents: Readonly<Record<string, string>>;
  /** Whether there were no more than are kept. */
  readonly complete: boolean;
}

const KEPT = join(STATE, 'kept');

/** The kept local cloud, if one runs. Removes what a dead one left. */
export function findKept(): LocalCloud | undefined {
  const state = readState(KEPT);
  if (!state) return undefined;
  if (alive(state.pid) && state.folder === KEPT) return new LocalCloud(state);
  rmSync(KEPT, { recursive: true, force: true });
  return undefined;
}

/** Folders of private clouds whose supervisor died without cleaning up (power cut, kill -9): ends and removes them. */
async function removeDead(): Promise<void> {
  let names: string[];
  try {
    names = readdirSync(STATE);
  } catch {
    return;
  }
  for (const name of names.filter((n) => n.startsWith('private-'))) {
    const owner = Number(name.split('-')[1]);
    if (alive(owner)) continue;
    await endAll(() => processesOf(name), 0);
    rmSync(join(STATE, name), { recursive: true, force: true });
  }
}

/** The port to listen on, 0 for a free one. @throws LocalCloudError for what is no port */
export function portFrom(given: string | undefined): number {
  if (given === undefined || given === '') return 0;
  const port = /^\d{1,5}$/.test(given) ? Number(given) : NaN;
  if (port === 0 || (port >= 1024 && port <= 65_535)) return port;
  throw new LocalCloudError(`LAB_LOCAL_PORT=${given} is not a port for the local cloud.`, {
    why: 'It is a number from 1024 to 65535, or 0 for any that is free.',
    next: 'unset LAB_LOCAL_PORT, then run the command again.',
  });
}

/**
 * Starts a local cloud and waits until it answers.
 *
 * @throws LocalCloudError when Python, the packages, the port or the emulator fail
 */
export async function startLocalCloud(options: StartOptions): Promise<LocalCloud> {
  const port = portFrom(process.env.LAB_LOCAL_PORT);
  const python = await ensurePython(options.progress);
  const { node } = await ensureFunctionNode(options.progress);
  await removeDead();
  options.progress('Starting the local cloud');
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOn(port, { ...options, python, node });
    } catch (error) {
      // Between looking for a free port and listening on it, another process may take it: two clouds that start at once.
      const taken = error instanceof LocalCloudError && PORT_TAKEN.test(error.why);
      if (port !== 0 || !taken || tries === PORT_TRIES) throw error;
    }
  }
}

const PORT_TAKEN = /address already in use/i;
const PORT_TRIES = 3;

/** @param port 0 for any that is free */
async function startOn(
  port: number,
  { python, node, ...options }: StartOptions & Pick<SupervisorOptions, 'python' | 'node'>,
): Promise<LocalCloud> {
  const id =
    options.life === 'kept'
      ? `kept-${randomBytes(6).toString('hex')}`
      : `private-${process.pid}-${randomBytes(3).toString('hex')}`;
  const folder = options.life === 'kept' ? KEPT : join(STATE, id);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const supervisor: SupervisorOptions = {
    id,
    folder,
    python,
    node,
    region: options.region,
    account: LOCAL_ACCOUNT,
    attached: options.life === 'private',
    port,
    faces: options.faces ?? [],
    learnerPolicies: options.learnerPolicies,
  };
  const child = spawn(
    process.execPath,
    [...(options.program ?? ['--import', 'tsx', join(__dirname, 'supervisor.ts')]), JSON.stringify(supervisor)],
    {
      cwd: ROOT,
      detached: true, // Ctrl-C goes to the CLI alone, which then ends the cloud in order.
      stdio: [options.life === 'private' ? 'pipe' : 'ignore', 'pipe', openSync(join(folder, 'supervisor.log'), 'w')],
    },
  );
  await untilReady(child, join(folder, 'supervisor.log'));
  child.stdout!.destroy();
  child.unref();
  (child.stdin as { unref?: () => void } | null)?.unref?.();
  const state = readState(folder);
  if (!state)
    throw new LocalCloudError('The local cloud ended right after its start.', {
      why: 'Its state file is gone.',
      next: 'Run the command again.',
    });
  return new LocalCloud(state);
}

async function untilReady(child: ChildProcess, log: string): Promise<void> {
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (part) => {
      text += String(part);
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      resolve(JSON.stringify({ ready: false, what: `The local cloud's supervisor ended with code ${code}.` })),
    );
  });
  const result = JSON.parse(line) as { ready: boolean; what?: string; why?: string; next?: string };
  if (result.ready) return;
  throw new LocalCloudError(result.what ?? 'The local cloud did not start.', {
    why: result.why ?? lastLines(log),
    next: result.next ?? 'Run the command again.',
  });
}

/** The end of a log, for an error's reason. */
function lastLines(file: string): string {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return lines.slice(-6).join('\n') || 'It left no reason.';
  } catch {
    return 'It left no reason.';
  }
}
