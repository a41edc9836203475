/** Runs a command line of `./lab` in this process, as where nobody can be asked. */
import { PassThrough } from 'node:stream';
import type { Deps } from '../../lib/commands/deps';
import { Interrupts } from '../../lib/commands/interrupt';
import { main } from '../../lib/commands/program';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function runCli(
  words: readonly string[],
  deps: Deps,
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  let [out, err] = ['', ''];
  const streams = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    stdin: new PassThrough(),
    env,
    now: () => performance.now(),
  };
  return { code: await main([...words], deps, streams, new Interrupts()), out, err };
}
