/** The project's own Python environment: found or made, from a lock file with hashes, on first use. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LocalCloudError } from './errors';
import { ENGINES, LOCAL_CLOUD, ROOT, VENV } from './paths';
import { alive } from './processes';

const LOCK = join(ROOT, '.mla-labs', 'python.lock');
const STAMP = join(VENV, '.mla-labs-stamp');
const REQUIREMENTS = join(LOCAL_CLOUD, 'requirements.txt');
const OLDEST = [3, 11] as const;

/** The interpreter inside the environment. */
export function venvPython(): string {
  return join(VENV, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
}

function wantedStamp(): string {
  return createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
}

/** Whether the environment is there and made from the current lock file. */
export function pythonReady(): boolean {
  return existsSync(venvPython()) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wantedStamp();
}

/** A Python that is new enough. @throws LocalCloudError when there is none */
function systemPython(): string {
  const seen: string[] = [];
  for (const name of ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python']) {
    try {
      const code = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
      const version = execFileSync(name, ['-c', code], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
      seen.push(`${name} is ${version}`);
      const [major = 0, minor = 0] = version.split('.').map(Number);
      if (major === OLDEST[0] && minor >= OLDEST[1]) return name;
    } catch {
      // Not there, or without venv: try the next name.
    }
  }
  throw new LocalCloudError(`No Python ${OLDEST.join('.')} or newer with venv was found.`, {
    why: seen.length > 0 ? `Found only: ${seen.join(', ')}.` : 'There is no python3 with the venv module on the PATH.',
    next: 'Install Python 3.11 or newer (on Debian: apt install python3 python3-venv), then run the command again.',
  });
}

async function run(command: string, args: readonly string[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let tail = '';
    const keep = (data: Buffer): void => {
      tail = (tail + data.toString()).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(tail.trim() || `exit code ${code}`))));
  });
}

async function locked<T>(work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(LOCK), { recursive: true });
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number(readFileSync(LOCK, 'utf8'));
      if (!alive(holder)) rmSync(LOCK, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

/**
 * Makes sure the environment is there.
 *
 * @param progress told once when an installation is needed
 * @returns the interpreter's path
 * @throws LocalCloudError when there is no Python, or the packages cannot be installed
 */
export async function ensurePython(progress: (message: string) => void): Promise<string> {
  if (pythonReady()) return venvPython();
  return locked(async () => {
    if (pythonReady()) return venvPython();
    const python = systemPython();
    progress('Installing the local cloud (Python packages, about 2 GB, once)');
    rmSync(VENV, { recursive: true, force: true });
    try {
      await run(python, ['-m', 'venv', VENV]);
      await run(venvPython(), [
        ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'],
        // The lock file is complete: pip needs not resolve again, and does not know an extra of a pinned package.
        ...['--no-deps', '--require-hashes', '--no-compile', '-r', REQUIREMENTS],
      ]);
    } catch (error) {
      rmSync(VENV, { recursive: true, force: true });
      const last = (error as Error).message.split('\n').slice(-3).join(' ');
      throw new LocalCloudError('The Python packages of the local cloud could not be installed.', {
        why: `pip said: ${last}`,
        next: 'Check the network (the first run downloads about 500 MB) and run the command again.',
        cause: error,
      });
    }
    // pip compiles on one core. A file that does not compile is some package's template.
    await run(venvPython(), ['-m', 'compileall', '-q', '-j', '0', join(VENV, 'lib')]).catch(() => undefined);
    progress('Preparing Spark (once)');
    // Halves Spark's start; without it everything works, only slower.
    await run(venvPython(), [join(ENGINES, 'spark', 'prepare.py')]).catch(() => undefined);
    writeFileSync(STAMP, wantedStamp());
    return venvPython();
  });
}
