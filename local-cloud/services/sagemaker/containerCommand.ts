/** Commands that a request gives in place of an image's own entry point. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Cloud } from '../service';
import { type Container, type Containers, inheritedEnv, type Line, threadLimits } from './containers';
import { JobFailure } from './errors';

export interface CommandOptions {
  readonly cloud: Cloud;
  readonly containers: Containers;
  /** What stands before /opt/ml here. */
  readonly root: string;
  /** `ContainerEntrypoint` and `ContainerArguments`. */
  readonly command: readonly string[];
  readonly env: Record<string, string>;
  readonly threads: number;
  /** Environment variables that the request gave. */
  readonly custom?: Readonly<Record<string, string>>;
}

/** What any container of a job has in its environment; the request's own variables come after it. */
export function commandEnv(cloud: Cloud, root: string, threads: number): Record<string, string> {
  const inherited = inheritedEnv();
  return {
    ...inherited,
    PATH: [dirname(cloud.python), inherited.PATH].join(delimiter),
    // pip says whether what is asked for is there, and installs nothing into the engines' environment.
    PIP_NO_INDEX: '1',
    PIP_DRY_RUN: '1',
    PIP_CONFIG_FILE: '/dev/null',
    HOME: root,
    TMPDIR: root,
    TZ: 'UTC',
    // Also for what the script starts, as run.py does.
    ...threadLimits(threads),
  };
}

/**
 * Starts a command. A Python script runs in the engine; `sh` and `bash` are the machine's own.
 *
 * @throws JobFailure for a program that the images here do not have
 */
export function startCommand(options: CommandOptions, line: Line): Container {
  const { cloud, containers, root, env, threads, custom } = options;
  const [program, ...args] = options.command.map((part) => localPaths(part, root));
  const name = program!.replace(/^(\/usr)?(\/local)?\/bin\//, '');
  if (/^python(3(\.\d+)?)?$/.test(name) && args[0] !== undefined && !args[0].startsWith('-')) {
    return containers.run({ kind: 'run', root, env, threads, script: args[0], argv: args.slice(1) }, line, custom);
  }
  if (/^python(3(\.\d+)?)?$/.test(name)) return containers.runCommand([cloud.python, ...args], env, root, line);
  if (name === 'sh' || name === 'bash') return containers.runCommand([`/bin/${name}`, ...args], env, root, line);
  throw new JobFailure(
    `ClientError: Failed to run the container: exec: "${program}": executable file not found in $PATH`,
  );
}

/** A text in which paths below /opt/ml are those of this machine. */
function localPaths(text: string, root: string): string {
  return text.replace(
    /(^|[=:,\s'"])(\/opt\/ml(?:\/|$))/g,
    (_all, before: string, path: string) => before + root + path,
  );
}

/** Writes this machine's paths into all texts of a folder: for scripts that ask no environment variable for them. */
export async function localizeFolder(folder: string, root: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = join(entry.parentPath, entry.name);
    await writeFile(file, localPaths(await readFile(file, 'utf8'), root));
  }
}
