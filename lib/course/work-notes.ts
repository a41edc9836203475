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

/** Those whose names begin so, by the rest of their names. */
export function readNotesOf<T>(
  workDir: string,
  file: string,
  isOne: (value: unknown) => value is T,
  prefix: string,
): Record<string, T> {
  const all = Object.entries(readNotes(workDir, file, isOne));
  return Object.fromEntries(
    all.filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

/** Whether a value of a note is a time as text. */
export const isTime = (value: unknown): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value));

export function writeNotes(workDir: string, file: string, notes: Readonly<Record<string, unknown>>): void {
  mkdirSync(workDir, { recursive: true });
  writeFileSync(join(workDir, file), `${JSON.stringify(notes, null, 2)}\n`);
}
