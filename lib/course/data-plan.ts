/** The plan of the data (data/plan.json) and what data/ holds (data/manifest.json), typed: one source for all labs. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';

export type SliceName = 'train' | 'validation' | 'test';
export const SLICES: readonly SliceName[] = ['train', 'validation', 'test'];

/** One input of the model. */
export interface Feature {
  readonly name: string;
  readonly type: 'int' | 'double';
  readonly group: 'schedule' | 'weather' | 'plane' | 'origin' | 'carrier';
  readonly about: string;
}

/** What data/plan.json says; data/README.md explains it. */
export interface DataPlan {
  /** Seed of the split. */
  readonly seed: string;
  /** All months, `2013-01` to `2013-12`: the partitions of the flights. */
  readonly batches: readonly string[];
  /** The columns that identify a flight, in the order of its key. */
  readonly key: { readonly columns: readonly string[]; readonly example: string };
  /** Months that are split, and which `split_bucket` (0-99) goes where: `from <= bucket < below`. */
  readonly split: {
    readonly batches: readonly string[];
    readonly slices: Readonly<Record<SliceName, { readonly from: number; readonly below: number }>>;
  };
  readonly months: Readonly<Record<string, { readonly batches: readonly string[]; readonly use: string }>>;
  /** `name` is 1 where `column` (minutes) is above `moreThan`. */
  readonly label: { readonly name: string; readonly column: string; readonly moreThan: number };
  readonly vocabulary: { readonly origin: readonly string[]; readonly carrier: readonly string[] };
  /** Miles, both ends included. */
  readonly limits: { readonly distance: { readonly from: number; readonly to: number } };
  readonly prepared: { readonly key: string; readonly bucket: string; readonly keep: readonly string[] };
  /** In the order of the model's columns. */
  readonly features: readonly Feature[];
  readonly forbidden: { readonly leaks: readonly string[]; readonly calendar: readonly string[] };
  readonly badBatch: { readonly name: string };
}

/** One file of data/, described as plain CSV. */
export interface DataFile {
  /** Relative to data/, for example `flights/2013-01.csv.gz`. */
  readonly path: string;
  /** Where it belongs in a lab's bucket. */
  readonly key: string;
  readonly bytes: number;
  /** Without the header. */
  readonly rows: number;
  /** Hex; S3's ETag of an object written in one part. */
  readonly md5: string;
  readonly sha256: string;
}

export type RawTable = 'flights' | 'weather' | 'planes' | 'airlines' | 'airports';
export const RAW_TABLES: readonly RawTable[] = ['flights', 'weather', 'planes', 'airlines', 'airports'];

export interface DataManifest {
  /** Column names by table, in order. */
  readonly columns: Readonly<Record<RawTable, readonly string[]>>;
  readonly files: readonly DataFile[];
  readonly badBatch: DataFile & { readonly defects: Readonly<Record<'distance' | 'origin' | 'duplicate', number>> };
}

/** Absolute path of data/. */
export const DATA_FOLDER = path.resolve(__dirname, '../../data');

let plan: DataPlan | undefined;
let manifest: DataManifest | undefined;

/** The plan, read once. */
export function dataPlan(): DataPlan {
  plan ??= readJson<DataPlan>('plan.json');
  return plan;
}

/** The manifest, read once. */
export function dataManifest(): DataManifest {
  manifest ??= readJson<DataManifest>('manifest.json');
  return manifest;
}

/** The content of a data file as plain CSV. */
export function readDataFile(file: DataFile): Buffer {
  return gunzipSync(readFileSync(path.join(DATA_FOLDER, file.path)));
}

/** Columns of the prepared table, in order, without its partition column `batch`. */
export function preparedColumns(
  from: DataPlan = dataPlan(),
): readonly { readonly name: string; readonly type: string }[] {
  return [
    { name: from.prepared.key, type: 'string' },
    { name: from.prepared.bucket, type: 'int' },
    ...from.prepared.keep.map((name) => ({ name, type: 'string' })),
    { name: from.label.name, type: 'int' },
    ...from.features.map(({ name, type }) => ({ name, type })),
  ];
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(DATA_FOLDER, name), 'utf8')) as T;
}
