/**
 * `npm run bench`: speed as medians of several runs, and as ratios of what was measured in the same call.
 * `npm run bench -- training`: only the jobs beside XGBoost. `npm run bench -- deployment`, `-- monitoring`:
 * only that lab. `npm run bench -- tables`: only how text tables are read.
 *
 * BENCH_RUNS says how many runs. @default 3
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { RehearsalReport } from '../../lib/commands/rehearse';
import { deploymentBench } from './deployment';
import { monitoringBench } from './monitoring';
import { line, median, seconds } from './runs';
import { trainingSteps } from './training';

const ROOT = resolve(__dirname, '..', '..');
const PYTHON = join(ROOT, '.venv', 'bin', 'python');
const RUNS = Number(process.env.BENCH_RUNS ?? 3);

type Alone = Readonly<Record<string, number>>;

function times<T>(work: () => T): T[] {
  return Array.from({ length: RUNS }, work);
}

/** Runs one of the scripts that need no local cloud. @returns seconds by part */
function alone(script: string): Alone {
  const scratch = mkdtempSync(join(tmpdir(), 'mla-labs-bench-'));
  try {
    return JSON.parse(seconds(PYTHON, [join(__dirname, script), ROOT, scratch], { cwd: ROOT }).stdout) as Alone;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function rehearsal(lab: string): RehearsalReport {
  return JSON.parse(seconds('./lab', ['rehearse', lab, '--json'], { cwd: ROOT }).stdout) as RehearsalReport;
}

interface Pair {
  readonly report: RehearsalReport;
  readonly alone: Alone;
}

/** Rehearsals and, if there is a script for them, engines alone in turn, so that a drift of the machine meets both. */
function measure(lab: string, script?: string): Pair[] {
  rehearsal(lab);
  const pairs = times(() => ({ report: rehearsal(lab), alone: script === undefined ? {} : alone(script) }));
  const labs = pairs.map(({ report }) => report.labs[0]!);
  const whole = pairs.map(({ report }) => report.seconds);
  console.log(line(`rehearse ${lab}`, whole));
  console.log(
    line(
      '  up',
      labs.map((one) => one.seconds.up),
    ),
  );
  for (const [index, { id }] of labs[0]!.steps.entries()) {
    console.log(
      line(
        `  step ${id}, its check twice`,
        labs.map((one) => one.steps[index]!.seconds),
      ),
    );
  }
  console.log(
    line(
      '  down',
      labs.map((one) => one.seconds.down),
    ),
  );
  for (const part of Object.keys(pairs[0]!.alone)) {
    console.log(
      line(
        `${part} alone`,
        pairs.map((pair) => pair.alone[part]!),
      ),
    );
  }
  console.log(`peak memory: ${Math.max(...pairs.map(({ report }) => report.peakRssMiB))} MiB (aim: at most 3072)`);
  return pairs;
}

function ratio(what: string, pairs: readonly Pair[], of: (pair: Pair) => number, aim: number): void {
  console.log(`${what}: ${median(pairs.map(of)).toFixed(2)} (aim: at most ${aim})`);
}

async function main(): Promise<void> {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(`${cpus().length} × ${cpu?.model ?? 'unknown processor'}, ${memory} GiB, Node.js ${process.version}`);
  const synth = () => seconds('npx', ['cdk', 'synth', '-q'], { cwd: ROOT }).seconds;
  synth();
  console.log(line('npx cdk synth -q', times(synth)));

  const prep = measure('data-prep', 'engines_alone.py');
  const engines = ({ alone: { spark = 0, sql = 0 } }: Pair): number => spark + sql;
  ratio('(rehearsal − 25 s) ÷ engines alone', prep, (pair) => (pair.report.seconds - 25) / engines(pair), 1.5);

  await tables();
  measure('training', 'training_alone.py');
  await trainingBesideXgboost();
  await deployment();
  await monitoring();
}

/** The labs' flights: what it costs to look whether DuckDB may read them, and to read them as the SerDe does. */
async function tables(): Promise<void> {
  const runs = times(() => alone('text_tables_alone.py'));
  const ways = {
    duckdb: 'text tables: DuckDB’s reader',
    looked: 'text tables: the same after a look at the bytes',
    serde: 'text tables: the SerDe’s reader',
    quoted: 'text tables: the SerDe’s reader, all fields quoted',
  };
  for (const [way, what] of Object.entries(ways)) {
    console.log(
      line(
        what,
        runs.map((run) => run[way]!),
      ),
    );
  }
  const of = (way: string): string => median(runs.map((run) => run[way]! / run.duckdb!)).toFixed(2);
  console.log(`text tables: the look and DuckDB’s reader ÷ DuckDB’s reader: ${of('looked')} (aim: at most 1.5)`);
  console.log(`text tables: the SerDe’s reader ÷ DuckDB’s reader: ${of('serde')}, all fields quoted: ${of('quoted')}`);
  return Promise.resolve();
}

async function deployment(): Promise<void> {
  measure('deployment');
  await deploymentBench(ROOT, PYTHON, RUNS);
}

async function monitoring(): Promise<void> {
  measure('monitoring');
  await monitoringBench(ROOT, PYTHON, RUNS);
}

/** A step in a rehearsal is its work and two checks, which compute for themselves: here each part is timed apart. */
async function trainingBesideXgboost(): Promise<void> {
  const pairs: { steps: Awaited<ReturnType<typeof trainingSteps>>; alone: Alone }[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    pairs.push({ steps: await trainingSteps(ROOT), alone: alone('training_alone.py') });
  }
  for (const id of ['train', 'tune'] as const) {
    for (const part of ['act', 'job', 'check'] as const) {
      console.log(
        line(
          `${id}: ${{ act: 'the step’s work', job: 'of it the job, by its own times', check: 'its check' }[part]}`,
          pairs.map(({ steps }) => steps[id][part]),
        ),
      );
    }
    console.log(
      line(
        `${id}: XGBoost alone`,
        pairs.map((pair) => pair.alone[id]!),
      ),
    );
    for (const part of ['act', 'job'] as const) {
      const of = median(pairs.map((pair) => pair.steps[id][part] / pair.alone[id]!));
      console.log(`${id}, ${part} ÷ alone: ${of.toFixed(2)}${part === 'act' ? ' (aim: at most 1.3)' : ''}`);
    }
  }
}

const ONLY: Readonly<Record<string, () => Promise<void>>> = {
  training: trainingBesideXgboost,
  deployment,
  monitoring,
  tables,
};

void (ONLY[process.argv[2] ?? ''] ?? main)().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
