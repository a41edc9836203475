/** Flights of June, which no model of labs 1 to 3 has seen: what production is asked. */
import { dataPlan, readDataFile } from '../../../lib/course/data-plan';
import { preparedManifest } from '../../../lib/course/prepared-data';
import { probabilities, asCsv, type Booster } from '../../../lib/flights/booster';
import { auc, readRows, type Rows } from '../../../lib/flights/rows';

/** The file with June's flights, as the project has it. */
export const JUNE_FILE = preparedManifest().files.find(({ key }) => key.includes('/2013-06/'))!;
/** Every so manieth flight is asked about: spread over the month, and 200 in all. */
export const EVERY_NTH_FLIGHT = 136;

export interface Flights {
  /** One request body each: the features of a flight, as CSV. */
  readonly bodies: readonly string[];
  readonly rows: Rows;
}

let asked: Flights | undefined;

/** The flights that production is asked about, read once. */
export function juneFlights(): Flights {
  asked ??= flightsOf(
    readDataFile(JUNE_FILE)
      .toString()
      .split('\n')
      .filter((_line, number) => (number + 1) % EVERY_NTH_FLIGHT === 0)
      .slice(0, Math.floor(JUNE_FILE.rows / EVERY_NTH_FLIGHT)),
  );
  return asked;
}

/** Flights from lines with the label first. */
export function flightsOf(lines: readonly string[]): Flights {
  const rows = readRows([{ name: JUNE_FILE.path, text: lines.join('\n') }], dataPlan().features.length);
  return { bodies: lines.map((line) => line.slice(line.indexOf(',') + 1)), rows };
}

/** What a model says of flights, as the endpoint writes it. */
export function expectedAnswers(booster: Booster, { rows }: Flights): string[] {
  return [...probabilities(booster, rows)].map(asCsv);
}

/** How a model does on labelled flights. */
export function figuresOn(booster: Booster, rows: Rows): { readonly auc: number; readonly calibrationError: number } {
  const scores = probabilities(booster, rows);
  return { auc: auc(rows.labels, scores), calibrationError: calibrationError(rows.labels, scores) };
}

const BINS = 10;

/** As the lab training measures it: over ten bins of equal size by score, the mean distance of said and seen shares. */
function calibrationError(labels: Uint8Array, scores: Float64Array): number {
  const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]! || a - b);
  const small = Math.floor(order.length / BINS);
  const larger = order.length % BINS;
  let sum = 0;
  for (let bin = 0, from = 0; bin < BINS; bin += 1) {
    const part = order.slice(from, (from += small + (bin < larger ? 1 : 0)));
    sum += Math.abs(part.reduce((total, row) => total + scores[row]! - labels[row]!, 0));
  }
  return sum / order.length;
}
