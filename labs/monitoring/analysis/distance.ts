/** How far traffic is from the training data, computed here: a check that believes no report. */
import { dataPlan, readDataFile } from '../../../lib/course/data-plan';
import { readRows, type Rows } from '../../../lib/flights/rows';
import { sliceFile } from '../traffic/flights';

/** Rows that the baseline keeps as its sample. */
export const SAMPLE_SIZE = 20_000;
/** What Model Monitor calls Robust takes off what chance makes of two samples. */
const ROBUST = 1.8;
/** A feature drifted when it is further away than this. */
export const DRIFT_THRESHOLD = 0.1;

/** The values of each feature, in order, missing ones left out. */
export type Columns = ReadonlyMap<string, Float64Array>;

export function columnsOf({ rows, columns, features }: Rows): Columns {
  return new Map(
    dataPlan().features.map(({ name }, column) => {
      const values: number[] = [];
      for (let row = 0; row < rows; row += 1) {
        const value = features[row * columns + column]!;
        if (!Number.isNaN(value)) values.push(value);
      }
      return [name, Float64Array.from(values).sort()] as const;
    }),
  );
}

let training: Columns | undefined;

/** The training data of the model, as the project has it. */
export function trainingColumns(): Columns {
  const file = sliceFile('train');
  training ??= columnsOf(
    readRows([{ name: file.path, text: readDataFile(file).toString() }], dataPlan().features.length),
  );
  return training;
}

/** The largest distance of two cumulative distributions (Kolmogorov-Smirnov); both in order. */
export function kolmogorovSmirnov(a: Float64Array, b: Float64Array): number {
  let [i, j, gap] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= value) i += 1;
    while (j < b.length && b[j]! <= value) j += 1;
    gap = Math.max(gap, Math.abs(i / a.length - j / b.length));
  }
  return gap;
}

/** Distances by feature, as `Robust` measures them. */
export function distances(traffic: Columns, baseline: Columns = trainingColumns()): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [name, values] of traffic) {
    const base = baseline.get(name);
    if (base === undefined || base.length === 0 || values.length === 0) continue;
    const chance = ROBUST * Math.sqrt(1 / Math.min(SAMPLE_SIZE, base.length) + 1 / values.length);
    found.set(name, Math.max(0, kolmogorovSmirnov(base, values) - chance));
  }
  return found;
}

/** Features that drifted, the furthest first. */
export function driftedFeatures(measured: ReadonlyMap<string, number>): string[] {
  return [...measured]
    .filter(([, distance]) => distance > DRIFT_THRESHOLD)
    .sort(([, a], [, b]) => b - a)
    .map(([name]) => name);
}
