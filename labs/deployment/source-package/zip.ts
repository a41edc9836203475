/** The source package of the pipeline: what is in source.zip, and the zip itself. */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { zipSync } from 'fflate';

/** The files as they stand in the project. */
export const SOURCE_FOLDER = path.resolve(__dirname, '../source');

/** What belongs in: no caches of Python or of an editor. */
const BELONGS = /\.(ya?ml|py|txt|csv|json)$/;
/** The earliest time that a zip can hold: the same files give the same bytes. */
const NO_TIME = new Date(1980, 0, 1);

/** The files of the package by their names inside, in order. */
export function sourceFiles(): Readonly<Record<string, Buffer>> {
  const names = readdirSync(SOURCE_FOLDER, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(path.sep).join('/'))
    .filter((name) => BELONGS.test(name) && !name.includes('__pycache__'));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(path.join(SOURCE_FOLDER, name))]));
}

/**
 * source.zip.
 *
 * @param files other contents than the project's, for those who try what the pipeline makes of them
 */
export function sourceZip(files: Readonly<Record<string, Uint8Array>> = sourceFiles()): Buffer {
  return Buffer.from(zipSync({ ...files }, { level: 9, mtime: NO_TIME }));
}
