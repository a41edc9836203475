/** What the bench measured, as one table; and the same table held against one that was stored before. */
import { cpus, totalmem } from 'node:os';
import { table } from '../../lib/commands/ui/table';
import { median } from './runs';

export type Unit = 's' | 'ms' | '×' | 'MiB' | 'KiB' | '/s' | '%';

/** One line: the median of several runs, and their spread. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly runs: number;
  /** The median should be at most this. */
  readonly aim?: number;
}

/** A stored table. */
export interface Baseline {
  readonly machine: string;
  /** ISO 8601 */
  readonly date: string;
  readonly rows: readonly Row[];
}

/** Processors, memory and Node.js of this machine: seconds of another one say nothing here, ratios do. */
export function thisMachine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpu?.model ?? 'unknown processor'}, ${memory} GiB, Node.js ${process.version}`;
}

export class Report {
  readonly rows: Row[] = [];

  /** @param values one for each run, in `unit` */
  add(what: string, values: readonly number[], unit: Unit = 's', aim?: number): void {
    const row = { what, unit, median: median(values), low: Math.min(...values), high: Math.max(...values) };
    this.rows.push({ ...row, runs: values.length, ...(aim !== undefined && { aim }) });
  }

  /** @param of what one run measured @returns the quotient of the run's two figures, which the machine's load meets alike */
  ratio<T>(what: string, runs: readonly T[], of: (run: T) => number, aim?: number): void {
    this.add(what, runs.map(of), '×', aim);
  }
}

const shown = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2));

/**
 * @param baseline adds its median, and ours in percent of it
 * @param width of the terminal, in columns
 */
export function render(rows: readonly Row[], width: number, baseline?: Baseline): string {
  const before = new Map(baseline?.rows.map((row) => [row.what, row]));
  const right = { align: 'right' } as const;
  const columns = [
    { title: 'What' },
    { title: 'Median', ...right },
    { title: 'Spread', ...right },
    { title: 'Runs', ...right },
    ...(baseline
      ? [
          { title: 'Before', ...right },
          { title: 'Change', ...right },
        ]
      : []),
    { title: 'Aim' },
  ];
  const cells = rows.map((row) => {
    const old = before.get(row.what);
    const change = old && old.median !== 0 ? `${(100 * (row.median / old.median - 1)).toFixed(0)} %` : 'new';
    return [
      row.what,
      `${shown(row.median)} ${row.unit}`,
      `${shown(row.low)} to ${shown(row.high)}`,
      String(row.runs),
      ...(baseline ? [old ? `${shown(old.median)} ${old.unit}` : '', change] : []),
      row.aim === undefined ? '' : `${row.median <= row.aim ? 'met' : 'MISSED'}: at most ${row.aim} ${row.unit}`,
    ];
  });
  return table(columns, cells, width);
}
