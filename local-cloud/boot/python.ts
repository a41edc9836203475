/** The project's own Python environment: found or made, from a lock file with hashes, on first use. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalCloudError } from './errors';
import { locked } from './lock';
import { ENGINES, LOCAL_CLOUD, VENV } from './paths';
import { run } from './run';

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
    await run(venvPython(), [join(ENGINES, 'spark', 'archive_classes.py')]).catch(() => undefined);
    writeFileSync(STAMP, wantedStamp());
    return venvPython();
  });
}
