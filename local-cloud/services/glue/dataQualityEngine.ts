/** Starts the engine: a Python process that reads one job and answers once. It has no credentials and no network needs. */
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import type { Cloud } from '../service';
import { RunFailure, type LocalTable } from './dataQualityTable';
import type { Ruleset } from './dqdl/types';

export interface EngineJob {
  /** What `now()` means. */
  readonly now: Date;
  /** By alias; `primary` is the table that the rules are about. */
  readonly tables: Readonly<Record<string, LocalTable>>;
  readonly rulesets: readonly Ruleset[];
}

export interface EngineOutcome {
  readonly result: 'PASS' | 'FAIL' | 'ERROR';
  readonly message: string | null;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What one ruleset came to, in its order. */
export interface EngineResult {
  readonly rules: readonly EngineOutcome[];
}

export interface EngineAnswer {
  /** Rows of the primary table. */
  readonly rows: number;
  readonly rulesets: readonly EngineResult[];
}

/** Ours, for the mark by which the cloud finds its processes, but nothing that AWS SDKs read. */
function engineEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return { ...Object.fromEntries(inherited), PYTHONDONTWRITEBYTECODE: '1' };
}

/**
 * @throws RunFailure with the engine's own words when it cannot evaluate the job
 */
export async function runEngine(cloud: Cloud, job: EngineJob, signal: AbortSignal): Promise<EngineAnswer> {
  const child = spawn(cloud.python, ['-m', 'engines.quality'], {
    cwd: dirname(cloud.engines),
    env: engineEnvironment(),
    stdio: 'pipe',
    signal,
    killSignal: 'SIGKILL',
  });
  if (child.pid !== undefined) cloud.track(child.pid);
  const [output, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (part: Buffer) => output.push(part));
  child.stderr.on('data', (part: Buffer) => errors.push(part));
  // A process that ended early closes its input; its exit says more than that.
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(job));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const complaint = Buffer.concat(errors).toString().trim().split('\n').at(-1);
  if (code !== 0)
    throw new RunFailure(
      `The Data Quality engine (${cloud.python} -m engines.quality) ended with ${code}: ${complaint}`,
    );
  const answer = JSON.parse(Buffer.concat(output).toString()) as EngineAnswer | { error: string };
  if ('error' in answer) throw new RunFailure(answer.error);
  return answer;
}
