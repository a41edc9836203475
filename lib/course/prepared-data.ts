/** The prepared flights that the project ships (data/prepared/manifest.json): what data-prep makes, for labs that start without it. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { DATA_FOLDER, type DataFile } from './data-plan';

export interface PreparedFile extends DataFile {
  /** Rows whose label is 1. */
  readonly late: number;
}

export interface PreparedManifest {
  /** The label first, then the features of the plan. */
  readonly columns: readonly string[];
  readonly files: readonly PreparedFile[];
}

let manifest: PreparedManifest | undefined;

/** The manifest, read once. Keys are those below a lab's bucket: `data/train/train.csv`, `data/months/2013-07/2013-07.csv`. */
export function preparedManifest(): PreparedManifest {
  manifest ??= JSON.parse(readFileSync(path.join(DATA_FOLDER, 'prepared/manifest.json'), 'utf8')) as PreparedManifest;
  return manifest;
}
