/** `npm run bench`: speed as medians of several runs, and as ratios of what was measured in the same call. */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { RehearsalReport } from '../../lib/commands/rehearse';
import { line, median, seconds } from './runs';

const ROOT = resolve(__dirname, '..', '..');
const PYTHON = join(ROOT, '.venv', 'bin', 'python');
const RUNS = Number(process.env.BENCH_RUNS ?? 3);

function times<T>(work: () => T): T[] {
  return Array.from({ length: RUNS }, work);
}

function enginesAlone(): { spark: number; sql: number } {
  const scratch = mkdtempSync(join(tmpdir(), 'mla-labs-bench-'));
  try {
    const script = join(__dirname, 'engines_alone.py');
    return JSON.parse(seconds(PYTHON, [script, ROOT, scratch], { cwd: ROOT }).stdout) as { spark: number; sql: number };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function rehearsal(): RehearsalReport {
  return JSON.parse(seconds('./lab', ['rehearse', 'data-prep', '--json'], { cwd: ROOT }).stdout) as RehearsalReport;
}

function main(): void {
  const [cpu] = cpus();
  console.log(
    `${cpus().length} × ${cpu?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.version}`,
  );
  seconds('npx', ['cdk', 'synth', '-q'], { cwd: ROOT });
  console.log(
    line(
      'npx cdk synth -q',
      times(() => seconds('npx', ['cdk', 'synth', '-q'], { cwd: ROOT }).seconds),
    ),
  );
  rehearsal();
  const pairs = times(() => ({ report: rehearsal(), alone: enginesAlone() }));
  const labs = pairs.map(({ report }) => report.labs[0]!);
  console.log(
    line(
      'rehearse data-prep',
      pairs.map(({ report }) => report.seconds),
    ),
  );
  console.log(
    line(
      '  up',
      labs.map((lab) => lab.seconds.up),
    ),
  );
  for (const [index, { id }] of labs[0]!.steps.entries()) {
    console.log(
      line(
        `  step ${id}, its check twice`,
        labs.map((lab) => lab.steps[index]!.seconds),
      ),
    );
  }
  console.log(
    line(
      '  down',
      labs.map((lab) => lab.seconds.down),
    ),
  );
  console.log(
    line(
      'Spark alone',
      pairs.map(({ alone }) => alone.spark),
    ),
  );
  console.log(
    line(
      'DuckDB alone',
      pairs.map(({ alone }) => alone.sql),
    ),
  );
  const ratios = pairs.map(({ report, alone }) => (report.seconds - 25) / (alone.spark + alone.sql));
  console.log(`(rehearsal − 25 s) ÷ its engines alone: ${median(ratios).toFixed(2)} (aim: at most 1.5)`);
  console.log(`peak memory: ${Math.max(...pairs.map(({ report }) => report.peakRssMiB))} MiB (aim: at most 3072)`);
}

main();
