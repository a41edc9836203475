/**
 * `npm run bench`: what this machine measures, as one table of medians, their spread, and ratios of what was measured in
 * one run. `npm run bench -- training tables`: these parts only. `--compare` holds the table against the stored
 * baseline.json, `--save` stores it there; both need a quiet machine to mean something.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Argument, Command } from 'commander';
import type { RehearsalReport } from '../../lib/commands/rehearse';
import type { LabId } from '../../lib/course/names';
import { LAB_IDS } from '../../lib/course/names';
import { deploymentBench } from './deployment';
import { monitoringBench } from './monitoring';
import { type Baseline, render, Report, thisMachine } from './report';
import { inTurn, seconds } from './runs';
import { leftoversBench, synthBench, upBench } from './stack';
import { trainingSteps } from './training';
import { workbenchBench } from './workbench';

const ROOT = resolve(__dirname, '..', '..');
const PYTHON = join(ROOT, '.venv', 'bin', 'python');
const BASELINE = join(__dirname, 'baseline.json');

type Alone = Readonly<Record<string, number>>;
type Part = (report: Report, runs: number) => Promise<void>;

/** Runs one of the scripts that need no local cloud. @returns seconds by part */
function alone(script: string): Alone {
  const scratch = mkdtempSync(join(tmpdir(), 'mla-labs-bench-'));
  try {
    return JSON.parse(seconds(PYTHON, [join(__dirname, script), ROOT, scratch], { cwd: ROOT }).stdout) as Alone;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function rehearse(labs: readonly LabId[]): RehearsalReport {
  return JSON.parse(seconds('./lab', ['rehearse', ...labs, '--json'], { cwd: ROOT }).stdout) as RehearsalReport;
}

/** All rehearsals in one go, part by part. */
async function rehearsals(report: Report, runs: number): Promise<void> {
  const reports = await inTurn(runs, () => rehearse(LAB_IDS));
  const whole = reports.map((one) => one.seconds);
  report.add('rehearse, all four labs', whole, 's', 150);
  const memory = reports.map((one) => one.peakRssMiB);
  report.add('rehearse, all four labs: peak memory', memory, 'MiB', 3072);
  for (const [index, { lab, steps }] of reports[0]!.labs.entries()) {
    const labs = reports.map((one) => one.labs[index]!);
    const of = (part: 'up' | 'down' | 'total'): number[] => labs.map((one) => one.seconds[part]);
    report.add(`rehearse ${lab}`, of('total'));
    report.add(`rehearse ${lab}: up`, of('up'));
    for (const [at, { id }] of steps.entries()) {
      const took = labs.map((one) => one.steps[at]!.seconds);
      report.add(`rehearse ${lab}: step ${id}, its check twice`, took);
    }
    report.add(`rehearse ${lab}: down`, of('down'));
  }
}

/** The engines of lab data-prep in one process each, beside the lab's rehearsal. */
async function engines(report: Report, runs: number): Promise<void> {
  const pairs = await inTurn(runs, () => ({ lab: rehearse(['data-prep']), alone: alone('engines_alone.py') }));
  for (const part of ['spark', 'sql'] as const) {
    const took = pairs.map((pair) => pair.alone[part]!);
    report.add(`${part} alone`, took);
  }
  const what = '(rehearsal of data-prep − 25 s) ÷ engines alone';
  report.ratio(what, pairs, ({ lab, alone: { spark = 0, sql = 0 } }) => (lab.seconds - 25) / (spark + sql), 1.5);
}

/** The labs' flights: what it costs to look whether DuckDB may read them, and to read them as the SerDe does. */
async function tables(report: Report, runs: number): Promise<void> {
  const reads = await inTurn(runs, () => alone('text_tables_alone.py'));
  const ways = {
    duckdb: 'DuckDB’s reader',
    looked: 'the same after a look at the bytes',
    serde: 'the SerDe’s reader',
    quoted: 'the SerDe’s reader, all fields quoted',
  };
  for (const [way, what] of Object.entries(ways)) {
    const took = reads.map((read) => read[way]!);
    report.add(`text tables: ${what}`, took);
  }
  const of = (way: string, aim?: number): void =>
    report.ratio(`text tables: ${ways[way as 'serde']} ÷ DuckDB’s`, reads, (read) => read[way]! / read.duckdb!, aim);
  of('looked', 1.5);
  of('serde');
  of('quoted');
}

/** Whether the Glue script's time and memory grow slower than its data: a bigger month needs no other job. */
async function transform(report: Report, runs: number): Promise<void> {
  const sizes = await inTurn(runs, () => alone('transform_alone.py'));
  for (const times of [1, 5, 20]) {
    const of = (part: 'seconds' | 'memory'): number[] => sizes.map((one) => one[`${part} ${times}`]!);
    report.add(`Glue script alone, ${times} × the flights`, of('seconds'));
    report.add(`Glue script alone, ${times} × the flights: peak memory`, of('memory'), 'MiB');
  }
  for (const times of [5, 20]) {
    for (const [part, what] of [
      ['seconds', 'time'],
      ['memory', 'peak memory'],
    ] as const) {
      const ratio = (one: Alone): number => one[`${part} ${times}`]! / one[`${part} 1`]!;
      report.ratio(`Glue script: ${what} of ${times} × the flights ÷ of 1 ×`, sizes, ratio, times);
    }
  }
}

/** A step in a rehearsal is its work and two checks, which compute for themselves: here each part is timed apart. */
async function training(report: Report, runs: number): Promise<void> {
  const pairs = await inTurn(runs, async () => ({
    steps: await trainingSteps(ROOT),
    alone: alone('training_alone.py'),
  }));
  const parts = { act: 'the step’s work', job: 'of it the job, by its own times', check: 'its check' } as const;
  for (const id of ['train', 'tune'] as const) {
    for (const part of ['act', 'job', 'check'] as const) {
      const took = pairs.map(({ steps }) => steps[id][part]);
      report.add(`${id}: ${parts[part]}`, took);
    }
    const xgboost = pairs.map((pair) => pair.alone[id]!);
    report.add(`${id}: XGBoost alone`, xgboost);
    const of = (part: 'act' | 'job', aim?: number): void =>
      report.ratio(`${id}: ${parts[part]} ÷ alone`, pairs, (pair) => pair.steps[id][part] / pair.alone[id]!, aim);
    of('act', 1.3);
    of('job');
  }
}

/** A fresh clone's first command, with everything that it installs. The caches of npm and pip are as they are. */
async function firstRun(report: Report, runs: number): Promise<void> {
  const took = await inTurn(runs, () => {
    const folder = mkdtempSync(join(tmpdir(), 'mla-labs-bench-'));
    try {
      seconds('git', ['clone', '--quiet', ROOT, folder], { cwd: ROOT });
      return seconds('./lab', ['rehearse', 'data-prep'], { cwd: folder }).seconds;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  report.add('first run: rehearse data-prep, with installs', took, 's', 180);
}

async function fastTests(report: Report, runs: number): Promise<void> {
  const took = await inTurn(runs, () => seconds('npm', ['run', '--silent', 'test:fast'], { cwd: ROOT }).seconds);
  report.add('npm run test:fast', took, 's', 60);
}

const PARTS: Readonly<Record<string, Part>> = {
  synth: (report, runs) => synthBench(report, ROOT, runs),
  tests: fastTests,
  up: (report, runs) => upBench(report, ROOT, runs),
  rehearsals,
  engines,
  tables,
  transform,
  training,
  deployment: (report, runs) => deploymentBench(report, ROOT, PYTHON, runs),
  monitoring: (report, runs) => monitoringBench(report, ROOT, PYTHON, runs),
  leftovers: (report, runs) => leftoversBench(report, ROOT, runs),
  workbench: (report, runs) => workbenchBench(report, ROOT, runs),
  'first-run': firstRun,
};
/** It downloads what the project installs, hundreds of megabytes: only when it is asked for. */
const ON_REQUEST = ['first-run'];

function stored(): Baseline | undefined {
  return existsSync(BASELINE) ? (JSON.parse(readFileSync(BASELINE, 'utf8')) as Baseline) : undefined;
}

async function bench(parts: readonly string[], options: { runs: number; save?: true; compare?: true }): Promise<void> {
  const baseline = stored();
  if (options.compare && !baseline) throw new Error('Nothing to compare with is stored. Next: npm run bench -- --save');
  const report = new Report();
  const asked = parts.length > 0 ? parts : Object.keys(PARTS).filter((part) => !ON_REQUEST.includes(part));
  try {
    for (const part of asked) {
      console.error(`Measuring ${part} …`);
      await PARTS[part]!(report, options.runs);
    }
  } finally {
    // What was measured before a part failed is worth reading.
    const machine = thisMachine();
    console.log(machine);
    if (options.compare && baseline!.machine !== machine) {
      console.log(`The baseline is of another machine: only ratios compare.\n  ${baseline!.machine}`);
    }
    if (options.compare) console.log(`Baseline of ${baseline!.date}`);
    console.log(render(report.rows, process.stdout.columns ?? 140, options.compare && baseline));
    if (options.save) save(machine, report, baseline);
  }
}

/** Rows that were not measured now stay, if they are of the same machine. */
function save(machine: string, report: Report, before?: Baseline): void {
  const now = new Set(report.rows.map(({ what }) => what));
  const kept = before?.machine === machine ? before.rows.filter(({ what }) => !now.has(what)) : [];
  const round = (value: number): number => Number(value.toPrecision(4));
  const rows = [...kept, ...report.rows].map((row) => ({
    ...row,
    median: round(row.median),
    low: round(row.low),
    high: round(row.high),
  }));
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(BASELINE, `${JSON.stringify({ machine, date, rows } satisfies Baseline, null, 2)}\n`);
}

function count(text: string): number {
  const runs = Number(text);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs takes a whole number from 1 on, not ${text}.`);
  return runs;
}

new Command('npm run bench --')
  .description('Speed, as medians, spread and ratios.')
  .addArgument(
    new Argument('[part...]', 'what to measure; all but first-run if none is named').choices(Object.keys(PARTS)),
  )
  .option('--runs <number>', 'runs of each', count, 3)
  .option('--save', 'store the figures as the baseline')
  .option('--compare', 'show the stored baseline beside them')
  .action(bench)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
