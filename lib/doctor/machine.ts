/** What this machine has for the labs. Looks only: installs nothing, starts nothing. */
import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { OLDEST_AWS_CLI } from '../facts/aws-cli';
import type { Finding } from './finding';
import { installedPackages, type Package, packageFindings } from './packages';

/** What a program says, on whichever stream; undefined when it is not there or fails. */
export type RunCommand = (command: string, args: readonly string[]) => Promise<string | undefined>;

/** How the machine is looked at; tests give their own. */
export interface Machine {
  readonly ask: RunCommand;
  /** `v22.1.0`. */
  readonly node: string;
  readonly memoryBytes: number;
  /** The project itself, and the packages of it that deployments stand on. */
  packages(): Promise<readonly Package[]>;
  /** Free bytes of the disk that holds the project. */
  freeBytes(): Promise<number>;
  /** Whether the local cloud's Python packages are installed from the current lock file. */
  installed(): Promise<boolean>;
  /**
   * What runs functions on the local target: the Node.js of Lambda, or the machine's own where that cannot be had;
   * undefined before the first use.
   */
  functionNode(): Promise<'own' | "the machine's" | undefined>;
}

const GIB = 2 ** 30;
const CLI_GUIDE = 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html';
/** Packages of both languages, and Spark's preparation. */
const INSTALL_GIB = 2;
/** What a rehearsal has at its peak. */
const REHEARSAL_GIB = 3;
const PYTHONS = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'] as const;

export function thisMachine(root: string, local: Pick<Machine, 'installed' | 'functionNode'>): Machine {
  return {
    ask: (command, args) =>
      new Promise((resolve) =>
        execFile(command, [...args], { timeout: 20_000 }, (error, stdout, stderr) =>
          resolve(error ? undefined : `${stdout}${stderr}`.trim()),
        ),
      ),
    node: process.version,
    memoryBytes: totalmem(),
    packages: () => installedPackages(root),
    async freeBytes() {
      const { bavail, bsize } = await statfs(root);
      return bavail * bsize;
    },
    ...local,
  };
}

export async function lookAtMachine(machine: Machine): Promise<Finding[]> {
  const [npm, packages, python, java, cli, disk, functions] = await Promise.all([
    npmOf(machine),
    machine.packages(),
    pythonOf(machine),
    javaOf(machine),
    cliOf(machine),
    room(machine),
    functionsOf(machine),
  ]);
  return [nodeOf(machine), npm, ...packageFindings(packages), python, java, ...functions, cli, disk, memoryOf(machine)];
}

const WHY = {
  node: '`./lab`, the CDK and the local cloud run on it.',
  npm: '`./lab` installs what is missing with it, and npx comes with it, which runs the CDK alone.',
  python: 'The local target runs on it; the aws target does not need it.',
  java: 'Glue jobs run in Spark on the local target, and Spark runs on Java 17 or 21.',
  'function-node': 'Functions are tested here on another version than AWS runs.',
  'aws-cli': 'Steps can be done with the commands that --explain prints.',
  disk: 'The first use of the local target installs its packages.',
  memory: 'Where memory runs out, engines of the local target are killed.',
} as const;

function found(id: keyof typeof WHY, state: 'ok' | 'note', saw: string, next?: string): Finding;
function found(id: keyof typeof WHY, state: 'bad', saw: string, next: string): Finding;
function found(id: keyof typeof WHY, state: 'ok' | 'note' | 'bad', saw: string, next?: string): Finding {
  return { about: 'machine', id, state, saw, why: WHY[id], ...(next !== undefined && { next }) } as Finding;
}

async function npmOf({ ask }: Machine): Promise<Finding> {
  const version = await ask('npm', ['--version']);
  return version === undefined
    ? found('npm', 'note', 'No npm on the PATH.', 'install Node.js with npm from https://nodejs.org')
    : found('npm', 'ok', `npm ${version}.`);
}

function nodeOf({ node }: Machine): Finding {
  const [major = 0] = node.replace(/^v/, '').split('.').map(Number);
  return major >= 20
    ? found('node', 'ok', `Node.js ${node}.`)
    : found(
        'node',
        'bad',
        `Node.js ${node}; the labs run on 20 or newer.`,
        'install a newer one from https://nodejs.org',
      );
}

async function pythonOf({ ask }: Machine): Promise<Finding> {
  const code = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
  const seen: string[] = [];
  for (const name of PYTHONS) {
    const version = await ask(name, ['-c', code]);
    if (version === undefined) continue;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major === 3 && minor >= 11) return found('python', 'ok', `Python ${version} with venv (${name}).`);
    seen.push(`${name} is ${version}`);
  }
  return found(
    'python',
    'bad',
    `No Python 3.11 or newer with venv${seen.length > 0 ? ` (${seen.join(', ')})` : ''}: the local target needs one.`,
    'install Python 3.11 or newer (on Debian: apt install python3 python3-venv)',
  );
}

async function javaOf({ ask }: Machine): Promise<Finding> {
  const said = await ask('java', ['-version']);
  const version = /version "(\d+)/.exec(said ?? '')?.[1];
  if (version === '17' || version === '21')
    return found('java', 'ok', `Java ${version}, for Spark on the local target.`);
  return found(
    'java',
    'note',
    `${version === undefined ? 'No Java' : `Java ${version}`} on the PATH: where there is no 17 or 21, the local target's own packages bring one.`,
  );
}

/** A note where a rehearsal runs functions on another version than AWS does. */
async function functionsOf({ functionNode, node }: Machine): Promise<Finding[]> {
  if ((await functionNode()) !== "the machine's") return [];
  const saw = `Functions run on this machine's Node.js ${node} on the local target: that of Lambda cannot be had for it.`;
  return [found('function-node', 'note', saw)];
}

/** How an AWS CLI becomes newer, by its major version. Version 1 gets no new commands any more, but knows all of ours. */
const NEWER_CLI = {
  1: `pip install --upgrade 'awscli>=${OLDEST_AWS_CLI[1]}', or install version 2: ${CLI_GUIDE}`,
  2: `install the newest: ${CLI_GUIDE}`,
} as const;

async function cliOf({ ask }: Machine): Promise<Finding> {
  const said = await ask('aws', ['--version']);
  const version = /aws-cli\/(\S+)/.exec(said ?? '')?.[1];
  const needed = `the commands that --explain prints need ${OLDEST_AWS_CLI[2]} or newer, or ${OLDEST_AWS_CLI[1]} or newer of version 1`;
  if (version === undefined)
    return found(
      'aws-cli',
      'note',
      `No AWS CLI on the PATH: ./lab needs none; ${needed}. The local target brings one in .venv/bin.`,
    );
  const major = version.startsWith('1.') ? 1 : 2;
  if (!olderThan(version, OLDEST_AWS_CLI[major])) return found('aws-cli', 'ok', `AWS CLI ${version}.`);
  const fails = 'an older one refuses some of them, as start-data-quality-ruleset-evaluation-run of data-prep';
  return found(
    'aws-cli',
    'note',
    `AWS CLI ${version}: ${needed}; ${fails}. ./lab itself needs none.`,
    NEWER_CLI[major],
  );
}

/** Whether a version is older than another; what is no number, as in `2.0.0dev0`, counts as its beginning. */
function olderThan(version: string, other: string): boolean {
  const [mine, its] = [version, other].map((one) => one.split('.').map((part) => parseInt(part, 10) || 0));
  const at = [0, 1, 2].find((place) => (mine![place] ?? 0) !== (its![place] ?? 0));
  return at !== undefined && (mine![at] ?? 0) < (its![at] ?? 0);
}

async function room(machine: Machine): Promise<Finding> {
  const free = (await machine.freeBytes()) / GIB;
  const installed = await machine.installed();
  const saw = `${free.toFixed(1)} GiB free; the local target ${installed ? 'is installed' : `is not installed yet, its first use takes about ${INSTALL_GIB} GiB`}.`;
  return installed || free >= INSTALL_GIB
    ? found('disk', 'ok', saw)
    : found('disk', 'bad', saw, `free ${INSTALL_GIB} GiB on the disk of this folder`);
}

function memoryOf({ memoryBytes }: Machine): Finding {
  const saw = `${(memoryBytes / GIB).toFixed(1)} GiB of memory`;
  return memoryBytes >= REHEARSAL_GIB * GIB
    ? found('memory', 'ok', `${saw}.`)
    : found('memory', 'note', `${saw}: a rehearsal may take up to ${REHEARSAL_GIB} GiB at its peak.`);
}
