/**
 * One process per local cloud: runs our services, owns the emulator, and makes sure that both end together.
 *
 * Started by start.ts with the options as its only argument. It prints `ready` or an error as one JSON line on stdout.
 * When `attached`, the end of stdin (its parent's death included) ends the cloud.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startHost } from '../services/host';
import { principalEnv, Principals, type EndpointAccess } from '../services/principal';
import { makeServices } from '../services/registry';
import type { Service } from '../services/service';
import { type AdminEndpoint, callAdmin } from './admin';
import { makeCloud } from './cloud';
import { LocalCloudError } from './errors';
import { makeLearner } from './learner';
import { LOCAL_CLOUD } from './paths';
import { endAll, CLOUD_ID_VARIABLE, processesOf } from './processes';
import { readState, writeState } from './state';
import { makeCertificate } from './tls';

export interface SupervisorOptions {
  readonly id: string;
  readonly folder: string;
  readonly python: string;
  /** The Node.js that runs functions. */
  readonly node: string;
  readonly region: string;
  readonly account: string;
  readonly attached: boolean;
  /** A fixed port, or 0 for a free one. */
  readonly port: number;
  readonly faces: readonly string[];
  /** Documents of managed policies by name. @default - the learner may do everything */
  readonly learnerPolicies?: Readonly<Record<string, string>>;
}

/** Starting takes seconds on an idle machine and longer on a busy one; an emulator that fails exits by itself. */
const READY_TIMEOUT_MS = 300_000;
const WATCH_MS = 1_000;

/**
 * Below the ports that systems give to outgoing connections (from 32768 on Linux, from 49152 elsewhere): between looking
 * for a port and listening on it, one of the many connections of another local cloud could take it.
 */
const PORTS = { from: 20_000, to: 32_000 };
const PORT_TRIES = 50;

async function freePort(wanted: number): Promise<number> {
  if (wanted !== 0) {
    const problem = await portError(wanted);
    if (!problem) return wanted;
    throw new LocalCloudError(`Port ${wanted} on 127.0.0.1 cannot be used (${problem}).`, {
      why: 'Another program listens there.',
      next: 'End that program, or unset LAB_LOCAL_PORT so that a free port is chosen.',
    });
  }
  for (let tries = 1; tries <= PORT_TRIES; tries += 1) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (!(await portError(port))) return port;
  }
  throw new LocalCloudError('No free port was found on 127.0.0.1.', {
    why: `${PORT_TRIES} ports from ${PORTS.from} to ${PORTS.to} are in use.`,
    next: 'Set LAB_LOCAL_PORT to a port that is free.',
  });
}

/** The error's code where a port cannot be listened on; undefined where it can. */
function portError(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(undefined)));
  });
}

function startEmulator(
  options: SupervisorOptions,
  port: number,
  files: { certFile: string; keyFile: string },
  secrets: { accessKeyId: string; secretAccessKey: string; token: string; servicesUrl: string },
): ChildProcess {
  const access: EndpointAccess = {
    endpoint: `https://127.0.0.1:${port}`,
    region: options.region,
    ca: '',
    caFile: files.certFile,
  };
  const log = openSync(join(options.folder, 'emulator.log'), 'w');
  const child = spawn(options.python, ['-m', 'plugin'], {
    cwd: options.folder,
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH,
      HOME: options.folder,
      LANG: process.env.LANG ?? 'C.UTF-8',
      [CLOUD_ID_VARIABLE]: options.id,
      ...principalEnv(access, secrets),
      AWS_SESSION_TOKEN: '',
      AUTH: 'true',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: 'localhost',
      MINISTACK_ACCOUNT_ID: options.account,
      MINISTACK_REGION: options.region,
      USE_SSL: '1',
      MINISTACK_SSL_CERT: files.certFile,
      MINISTACK_SSL_KEY: files.keyFile,
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      DOCKER_HOST: `unix://${join(options.folder, 'no-docker.sock')}`,
      LOG_LEVEL: 'WARNING',
      TMPDIR: options.folder,
      STATE_DIR: join(options.folder, 'state'),
      PYTHONPATH: LOCAL_CLOUD,
      PYTHONDONTWRITEBYTECODE: '1',
      NODE_NO_WARNINGS: '1',
      MLA_SERVICES_URL: secrets.servicesUrl,
      MLA_TOKEN: secrets.token,
      MLA_FUNCTION_NODE: options.node,
      MLA_FACES: options.faces.join(','),
      MLA_SEED: process.env.LAB_LOCAL_SEED ?? '',
    },
  });
  closeSync(log);
  return child;
}

async function waitUntilReady(admin: AdminEndpoint, child: ChildProcess, folder: string): Promise<void> {
  const end = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > end) {
      const log = readFileSync(join(folder, 'emulator.log'), 'utf8').trim().split('\n').slice(-5).join('\n');
      const { exitCode, signalCode } = child;
      const ended =
        exitCode === null && signalCode === null ? 'gave no answer' : `ended with ${signalCode ?? `code ${exitCode}`}`;
      throw new LocalCloudError('The local cloud did not start.', {
        why: `The emulator ${ended}: ${log}`,
        next: 'Run the command again; if it fails again, remove .venv in the project so that it is made anew.',
      });
    }
    try {
      if ((await callAdmin(admin, '/_mla/requests', { deniedOnly: true })).status === 200) return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function main(options: SupervisorOptions): Promise<void> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  let services: readonly Service[] = [];
  let stopping = false;
  const stop = async (code: number, folderIsOurs = true): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await Promise.allSettled(services.map((service) => service.stop()));
    // This process is not among them: it does not have the id in its own environment from the start.
    await endAll(() => processesOf(options.id), 0);
    if (folderIsOurs) rmSync(options.folder, { recursive: true, force: true, maxRetries: 5 });
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
  if (options.attached) {
    process.stdin.resume();
    process.stdin.on('end', () => void stop(0));
    process.stdin.on('error', () => void stop(0));
  }
  try {
    const port = await freePort(options.port);
    const files = await makeCertificate(options.folder);
    const ca = readFileSync(files.certFile, 'utf8');
    const access: EndpointAccess = {
      endpoint: `https://127.0.0.1:${port}`,
      region: options.region,
      ca,
      caFile: files.certFile,
    };
    const token = randomBytes(32).toString('hex');
    const root = {
      accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(20).toString('hex'),
    };
    const principals = new Principals(access);
    const admin: AdminEndpoint = { endpoint: access.endpoint, ca, token, region: options.region };
    services = makeServices(
      makeCloud({
        admin,
        principals,
        account: options.account,
        folder: join(options.folder, 'work'),
        python: options.python,
        root: principals.of(`arn:aws:iam::${options.account}:root`, root),
        faces: options.faces,
      }),
    );
    const host = await startHost({ services: () => services, principal: (arn, c) => principals.of(arn, c), token });
    // Children of our services (engines) inherit the cloud's id.
    process.env[CLOUD_ID_VARIABLE] = options.id;
    const child = startEmulator(options, port, files, { ...root, token, servicesUrl: host.url });
    await waitUntilReady(admin, child, options.folder);
    child.on('exit', () => void stop(1));
    if (child.exitCode !== null || child.signalCode !== null) await stop(1);
    const learner = await makeLearner(access, root, options.learnerPolicies);
    writeState({
      id: options.id,
      pid: process.pid,
      folder: options.folder,
      endpoint: access.endpoint,
      caFile: files.certFile,
      account: options.account,
      region: options.region,
      ...learner,
      root,
      token,
      servicesUrl: host.url,
      startedAt: new Date().toISOString(),
      faces: options.faces,
    });
    // Without its state nobody can find this cloud, nor end it: somebody removed the folder, so it ends by itself.
    setInterval(() => {
      if (readState(options.folder)?.id !== options.id) void stop(0, false);
    }, WATCH_MS).unref();
    console.log(JSON.stringify({ ready: true }));
  } catch (error) {
    const { message, why, next } = error as LocalCloudError;
    console.log(JSON.stringify({ ready: false, what: message, why, next }));
    await stop(1);
  }
}

void main(JSON.parse(process.argv[2]!) as SupervisorOptions);
