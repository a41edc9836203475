/** Which flights the endpoint is asked about: some of the held-out slice, or of a later month, each with an id. */
import { createHash } from 'node:crypto';
import { dataPlan, readDataFile } from '../../../lib/course/data-plan';
import { preparedManifest, type PreparedFile } from '../../../lib/course/prepared-data';
import { readRows, type Rows } from '../../../lib/flights/rows';
import sampleSize from '../runtime/monitor/sample_size.json';

/** Held-out flights of the months that the model learnt from. */
export const HELD_OUT = 'held-out';
/** The month that drifts. */
export const JULY = '2013-07';
/** Months whose truth is known when July is over. */
export const NEWER_MONTHS = ['2013-06', '2013-07'] as const;
/** Months that the guide does not name; an alarm has to do well on them too. */
export const OTHER_MONTHS = ['2013-06', '2013-08', '2013-09', '2013-10'] as const;

/** The more flights, the surer an AUC: one standard error is 0.018 with 1,000, and 0.011 with 2,500. */
export const BATCH_SIZES: Readonly<Record<string, number>> = { [HELD_OUT]: 1000, [JULY]: 2500 };
/** So many different flights it takes to compare traffic, and for an AUC: runtime/monitor/sample_size.py says why. */
export const MIN_REQUESTS = sampleSize.minimumDistinctRequests;

/** The flights of a batch, in words. */
export const batchLabel = (batch: string): string => (batch === HELD_OUT ? 'held-out flights' : `flights of ${batch}`);

/** So many of them, in words. */
export const flightCountLabel = (number: number, batch: string): string =>
  `${number.toLocaleString('en-US')} ${batchLabel(batch)}`;

export interface Flight {
  /** Number of its row in the batch, from 0. */
  readonly row: number;
  /** Its features, as the endpoint takes them. */
  readonly body: string;
  readonly late: 0 | 1;
}

/** The project's file of a batch: `held-out`, or a month such as `2013-07`. */
export function batchFile(batch: string): PreparedFile {
  const part = batch === HELD_OUT ? '/test/' : `/months/${batch}/`;
  const found = preparedManifest().files.find(({ key }) => key.includes(part));
  if (found === undefined) throw new Error(`The project has no flights of ${batch}.`);
  return found;
}

/** A slice for training, or a month, as the project has it. */
export function sliceFile(slice: 'train' | 'validation'): PreparedFile {
  return preparedManifest().files.find(({ key }) => key.includes(`/${slice}/`))!;
}

const read = new Map<string, readonly Flight[]>();

/** All flights of a batch, read once. */
export function flightsOf(batch: string): readonly Flight[] {
  const known = read.get(batch);
  if (known) return known;
  const lines = readDataFile(batchFile(batch)).toString().trimEnd().split('\n');
  const flights = lines.map((line, row): Flight => ({
    row,
    body: line.slice(line.indexOf(',') + 1),
    late: line.startsWith('1') ? 1 : 0,
  }));
  read.set(batch, flights);
  return flights;
}

/**
 * Some flights of a batch, the same each time: neighbours in the file share a day and its weather, so they are drawn.
 *
 * @param seed another one draws others
 */
export function sampleFlights(batch: string, count: number, seed = 'traffic'): readonly Flight[] {
  return flightsOf(batch)
    .map((flight) => ({ flight, at: createHash('md5').update(`${seed} ${flight.row}`).digest('hex') }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, count)
    .map(({ flight }) => flight);
}

/** The rows of flights, with their labels. */
export function rowsOf(flights: readonly Flight[]): Rows {
  const text = flights.map(({ late, body }) => `${late},${body}`).join('\n');
  return readRows([{ name: 'flights', text }], dataPlan().features.length);
}

/** The id of a request: truth is joined by it. @param stamp of the run, so that a repeated one has ids of its own */
export const inferenceId = (batch: string, row: number, stamp: string): string => `${batch}.${row}.${stamp}`;

export interface InferenceRequestId {
  readonly batch: string;
  readonly row: number;
  readonly stamp: string;
}

/** What an id says; undefined for one that is not of this lab. */
export function parseInferenceId(id: string): InferenceRequestId | undefined {
  const found = /^(held-out|\d{4}-\d{2})\.(\d+)\.([A-Za-z0-9-]+)$/.exec(id);
  return found ? { batch: found[1]!, row: Number(found[2]), stamp: found[3]! } : undefined;
}
