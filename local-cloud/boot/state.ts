/** The state file of a running local cloud, which other commands connect by; only its owner can read it. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CloudState {
  /** Its processes have it in their environment. */
  readonly id: string;
  /** Process id of its supervisor. */
  readonly pid: number;
  readonly folder: string;
  readonly endpoint: string;
  readonly caFile: string;
  readonly account: string;
  readonly region: string;
  /** The learner's dummy credentials: those of an IAM user. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Dummy credentials of the account's root, for what an administrator does before the learner comes. */
  readonly root: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For the plug-in's admin API. */
  readonly token: string;
  readonly servicesUrl: string;
  readonly startedAt: string;
  readonly faces: readonly string[];
}

const FILE = 'state.json';

export function writeState(state: CloudState): void {
  const file = join(state.folder, FILE);
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The state in a folder; undefined when there is none or it cannot be read. */
export function readState(folder: string): CloudState | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as CloudState;
  } catch {
    return undefined;
  }
}
