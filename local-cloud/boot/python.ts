/** The project's own Python environment: found or made, from a lock file with hashes, on first use. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LocalCloudError } from './errors';
import { locked } from './lock';
import { ENGINES, LOCAL_CLOUD, VENV } from './paths';
import { run } from './run';

const REQUIREMENTS = join(LOCAL_CLOUD, 'requirements.txt');
const OLDEST = [3, 11] as const;

const interpreterIn = (venv: string): string =>
  join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/** The interpreter inside the environment. */
export function venvPython(): string {
  return interpreterIn(VENV);
}

/** A program that a package brought, beside its environment's interpreter. */
export const programOf = (python: string, name: string): string => join(dirname(python), name);

const stampIn = (venv: string): string => join(venv, '.mla-labs-stamp');
const wantedStamp = (lockFile: string): string => createHash('sha256').update(readFileSync(lockFile)).digest('hex');

function isReady(venv: string, lockFile: string): boolean {
  const stamp = stampIn(venv);
  return existsSync(interpreterIn(venv)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wantedStamp(lockFile);
}

/** Whether the environment is there and made from the current lock file. */
export function pythonReady(): boolean {
  return isReady(VENV, REQUIREMENTS);
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

/** Makes an environment with the packages of a lock file, and what `further` does with it. */
async function makeEnvironment(
  venv: string,
  lockFile: string,
  python: string,
  further: (interpreter: string) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const interpreter = interpreterIn(venv);
  rmSync(venv, { recursive: true, force: true });
  try {
    await run(python, ['-m', 'venv', venv]);
    await run(interpreter, [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'],
      // The lock file is complete: pip needs not resolve again, and does not know an extra of a pinned package.
      ...['--no-deps', '--require-hashes', '--no-compile', '-r', lockFile],
    ]);
  } catch (error) {
    rmSync(venv, { recursive: true, force: true });
    throw error;
  }
  await further(interpreter);
  writeFileSync(stampIn(venv), wantedStamp(lockFile));
}

/**
 * An environment apart from the project's own, for programs whose packages would disturb the engines.
 *
 * @param python makes it, where it is not there or from another lock file
 * @returns its interpreter
 */
export async function ensureSeparate(venv: string, lockFile: string, python: string): Promise<string> {
  return locked(basename(venv), async () => {
    if (!isReady(venv, lockFile)) await makeEnvironment(venv, lockFile, python);
    return interpreterIn(venv);
  });
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
  return locked('python', async () => {
    if (pythonReady()) return venvPython();
    const python = systemPython();
    progress('Installing the local cloud (Python packages, about 2 GB, once)');
    try {
      await makeEnvironment(VENV, REQUIREMENTS, python, async (interpreter) => {
        // pip compiles on one core. A file that does not compile is some package's template.
        await run(interpreter, ['-m', 'compileall', '-q', '-j', '0', join(VENV, 'lib')]).catch(() => undefined);
        progress('Preparing Spark (once)');
        // Halves Spark's start; without it everything works, only slower.
        await run(interpreter, [join(ENGINES, 'spark', 'archive_classes.py')]).catch(() => undefined);
      });
    } catch (error) {
      const last = (error as Error).message.split('\n').slice(-3).join(' ');
      throw new LocalCloudError('The Python packages of the local cloud could not be installed.', {
        why: `pip said: ${last}`,
        next: 'Check the network (the first run downloads about 500 MB) and run the command again.',
        cause: error,
      });
    }
    return venvPython();
  });
}
