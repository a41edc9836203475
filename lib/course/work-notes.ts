/** Small files beside the learner's work: which hints were shown, what was predicted, what checks said. No check reads them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The values of a file by their names, those left out that are none. A file that cannot be read holds nothing. */
export function readNotes<T>(workDir: string, file: string, isOne: (value: unknown) => value is T): Record<string, T> {
  try {
    const found: unknown = JSON.parse(readFileSync(join(workDir, file), 'utf8'));
    if (typeof found !== 'object' || found === null) return {};
    return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, T] => isOne(entry[1])));
  } catch {
    return {};
  }
}

export function writeNotes(workDir: string, file: string, notes: Readonly<Record<string, unknown>>): void {
  mkdirSync(workDir, { recursive: true });
  writeFileSync(join(workDir, file), `${JSON.stringify(notes, null, 2)}\n`);
}
