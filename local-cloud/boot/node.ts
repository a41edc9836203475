/**
 * The Node.js that runs functions: of the major version that Lambda's runtime names, from the npm registry, on first use.
 *
 * It has a folder of its own: among the project's packages its `node` would come before the machine's in every npm script.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { locked } from './lock';
import { installLocked, lockHash } from './npm';
import { LOCAL_CLOUD } from './paths';

const FOLDER = join(LOCAL_CLOUD, 'runtimes');
const PACKAGES = join(FOLDER, 'node_modules');
const STAMP = join(PACKAGES, '.mla-labs-stamp');

interface Stamp {
  /** The hash of the lock file that was installed. */
  readonly lock: string;
  /** The program; missing where none of the packages runs on this machine. */
  readonly node?: string;
}

export interface FunctionNode {
  /** The program. */
  readonly node: string;
  /** Whether it is the one that the functions' runtime names; otherwise it is the machine's own. */
  readonly own: boolean;
}

const MACHINES: FunctionNode = { node: process.execPath, own: false };

function stamp(): Stamp | undefined {
  try {
    return JSON.parse(readFileSync(STAMP, 'utf8')) as Stamp;
  } catch {
    return undefined;
  }
}

/** What runs functions here; undefined while nothing is installed yet. */
export function functionNode(): FunctionNode | undefined {
  const found = stamp();
  if (found?.lock !== lockHash(FOLDER)) return undefined;
  if (found.node === undefined) return MACHINES;
  const node = join(PACKAGES, found.node);
  return existsSync(node) ? { node, own: true } : undefined;
}

/** The program of the package for this machine, if it starts: it would not where the C library is another. */
function thatStarts(): string | undefined {
  const names = existsSync(PACKAGES) ? readdirSync(PACKAGES) : [];
  return names
    .filter((name) => name.startsWith('node-'))
    .map((name) => join(name, 'bin', 'node'))
    .find((node) => {
      try {
        execFileSync(join(PACKAGES, node), ['--version'], { stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * Makes sure that it is there. Where it cannot be had, functions run on the machine's own Node.js.
 *
 * @param progress told once when an installation is needed, and when it fails
 */
export async function ensureFunctionNode(progress: (message: string) => void): Promise<FunctionNode> {
  return (
    functionNode() ??
    locked('node', async () => {
      const there = functionNode();
      if (there) return there;
      progress('Installing the Node.js of Lambda (about 200 MB, once)');
      try {
        await installLocked(FOLDER);
      } catch (error) {
        const said = (error as Error).message.split('\n')[0]!;
        progress(
          `Functions run on Node.js ${process.version}: that of Lambda could not be installed (npm said: ${said})`,
        );
        return MACHINES;
      }
      const node = thatStarts();
      if (existsSync(PACKAGES)) writeFileSync(STAMP, JSON.stringify({ lock: lockHash(FOLDER), node } satisfies Stamp));
      return functionNode() ?? MACHINES;
    })
  );
}
