/** Reads a recording, and refuses one from which nothing can be concluded, saying why. */
import { readFileSync } from 'node:fs';

import { Exit, LabError } from '../course/errors';
import { LAB_IDS, type LabId } from '../course/names';
import { type EndRecord, type FieldRecord, FORMAT, FORMAT_VERSION, type Header } from './recording';
import { UNREDACTED } from './redact';

export interface Recording {
  readonly file: string;
  readonly header: Header;
  readonly records: readonly FieldRecord[];
  /** How what was written first ended. */
  readonly outcome: EndRecord['outcome'];
}

/** What tells whether a recording is of this project. */
export interface Expected {
  /** This project's version. */
  readonly project: string;
  /** Labs that it has to be about. @default any */
  readonly labs?: readonly LabId[];
  /** What to say that can be done instead. */
  readonly next: string;
}

const TYPES: readonly FieldRecord['type'][] = [
  'header',
  'part',
  'progress',
  'request',
  'message',
  'billed',
  'receipt',
  'lab',
  'after',
  'end',
];

/** @throws LabError (refused) where it is no recording, is cut off, of another version or lab, or names somebody */
export function readRecording(file: string, expected: Expected): Recording {
  const refuse = (what: string, why: string, next = expected.next): LabError =>
    new LabError(`${file} ${what}`, { why, next, exit: Exit.Refused });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new LabError(`${file} cannot be read.`, {
      why: (error as Error).message,
      next: expected.next,
      exit: Exit.WrongUse,
      cause: error,
    });
  }
  const lines = text.split('\n');
  const header = parse(lines[0] ?? '') as Partial<Header> | undefined;
  if (header?.type !== 'header' || header.format !== FORMAT)
    throw refuse('is no recording of a rehearsal.', `Its first line is not the header of a ${FORMAT}.`);
  if (header.version !== FORMAT_VERSION)
    throw refuse(
      `is a recording of format ${JSON.stringify(header.version)}; this version reads ${FORMAT_VERSION}.`,
      'It was written by another version of this project, and would be understood wrongly.',
      `git checkout v${String(header.project)}, then the same command`,
    );
  if (header.project !== expected.project)
    throw refuse(
      `was recorded with mla-labs ${String(header.project)}; this is ${expected.project}.`,
      'Another version asks other questions: what differs would be the versions, and not AWS.',
      `git checkout v${String(header.project)}, then the same command`,
    );
  if (header.redacted !== true)
    throw refuse(
      'is not redacted: its header does not say so.',
      'A recording that names an account is not for others.',
    );
  const missing = (['id', 'target', 'region', 'startedAt', 'account'] as const).find(
    (name) => typeof header[name] !== 'string',
  );
  if (missing !== undefined || !Array.isArray(header.labs) || typeof header.modes !== 'object')
    throw refuse(
      `has a header without its ${missing ?? 'labs or modes'}.`,
      'Somebody changed it, or it was not written by us.',
    );

  const records: FieldRecord[] = [];
  let ended: EndRecord | undefined;
  let outcome: EndRecord['outcome'] | undefined;
  for (const [at, line] of lines.entries()) {
    if (line === '' && at === lines.length - 1) continue;
    const record = parse(line) as FieldRecord | undefined;
    if (record === undefined || !TYPES.includes(record.type) || !isWhole(record)) {
      const last = at >= lines.length - 2;
      throw refuse(
        last ? `is truncated: its last line ${at + 1} is cut off.` : `has a line ${at + 1} that is no record.`,
        last ? 'Whatever wrote it ended before the rehearsal did.' : 'Somebody changed it, or it was not copied whole.',
      );
    }
    if (record.type === 'end') {
      // Lines may be added by hand, to try the comparison; what is missing has been lost.
      if (record.records > records.length)
        throw refuse(
          `is truncated: ${record.records - records.length} of its records are missing.`,
          `Line ${at + 1} closes ${record.records}, and ${records.length} are there.`,
        );
      outcome ??= record.outcome;
    }
    ended = record.type === 'end' ? record : undefined;
    records.push(record);
  }
  if (!ended)
    throw refuse(
      'is truncated: the line that closes it is missing.',
      'Whatever wrote it ended before the rehearsal did, or it was not copied whole.',
    );
  const leak = findLeak(lines);
  if (leak)
    throw refuse(
      `is not redacted: line ${leak.line} has ${leak.what}.`,
      'What names an account or a person is not for others. Do not send it to anybody.',
    );
  const unknown = header.labs.filter((lab) => !LAB_IDS.includes(lab));
  if (unknown.length > 0)
    throw refuse(`is of another lab: ${unknown.join(', ')}.`, `The labs here are ${LAB_IDS.join(', ')}.`);
  const absent = (expected.labs ?? []).filter((lab) => !header.labs!.includes(lab));
  if (absent.length > 0)
    throw refuse(
      `is of another lab: it has ${header.labs.join(', ')}, and not ${absent.join(', ')}.`,
      'Only recordings of the same lab can be compared.',
    );
  return { file, header: header as Header, records, outcome: outcome! };
}

/** The first string that says whose account it was. */
function findLeak(lines: readonly string[]): { readonly line: number; readonly what: string } | undefined {
  for (const [at, line] of lines.entries())
    for (const [what, pattern] of UNREDACTED) if (pattern.test(line)) return { line: at + 1, what };
  return undefined;
}

function isWhole(record: FieldRecord): boolean {
  if (record.type === 'end') return typeof record.records === 'number' && typeof record.outcome === 'string';
  if (record.type === 'header') return true;
  if (typeof record.part !== 'string' || typeof record.at !== 'number') return false;
  if (record.type !== 'request') return true;
  const { service, operation, output, error } = record;
  return (
    typeof service === 'string' && typeof operation === 'string' && (output === undefined) !== (error === undefined)
  );
}

function parse(line: string): object | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
