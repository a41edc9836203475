/** A recording of a rehearsal: JSON Lines, written line by line, so that what was seen is there whatever happens next. */
import { closeSync, openSync, writeSync } from 'node:fs';

import type { LabId } from '../course/names';
import type { TargetName } from '../course/run';
import type { Redacted } from './redact';

/** Changes whenever a reader of an earlier one would understand a recording wrongly. */
export const FORMAT_VERSION = 1;
export const FORMAT = 'mla-labs-field-recording';

/** The first line: what ran where. */
export interface Header {
  readonly type: 'header';
  readonly format: typeof FORMAT;
  readonly version: number;
  /** Of this recording; the key of its placeholders is kept under it. */
  readonly id: string;
  /** Version of this project, and the commit where it is known. */
  readonly project: string;
  readonly commit: string | null;
  readonly redacted: true;
  readonly target: TargetName;
  readonly region: string;
  readonly labs: readonly LabId[];
  /** Modes that were chosen. */
  readonly modes: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  /** The start, UTC: all else is seconds from it. */
  readonly startedAt: string;
  /** Account and learner, hashed: a later listing must be of the same. */
  readonly account: string;
}

/** Where in a rehearsal something happened. */
interface Place {
  readonly lab: LabId | null;
  /** `up`, `step ingest`, `check ingest before`, `down`, `after`, and so on. */
  readonly part: string;
  /** Seconds since the start. */
  readonly at: number;
}

export interface PartRecord extends Place {
  readonly type: 'part';
  readonly seconds: number;
  readonly ok: boolean;
  /** What a check saw. */
  readonly saw?: string;
}

/** What the rehearsal said it was doing: a wait ends where the next begins. */
export interface ProgressRecord extends Place {
  readonly type: 'progress';
  readonly stage: string;
}

export interface RecordedError {
  readonly code: string;
  readonly status: number | null;
  readonly message: string;
}

export interface RequestRecord extends Place {
  readonly type: 'request';
  readonly service: string;
  readonly operation: string;
  readonly seconds: number;
  readonly attempts: number;
  readonly input: Redacted;
  readonly output?: Redacted;
  readonly error?: RecordedError;
}

/** A failure as it was told. */
export interface MessageRecord extends Place {
  readonly type: 'message';
  /** Whether the catalogue had words for it. */
  readonly known: boolean;
  readonly names: readonly string[];
  readonly text: string;
  readonly request: string | null;
}

/** What exists of a lab and costs, before it goes; and what AWS itself counted. */
export interface BilledRecord extends Place {
  readonly type: 'billed';
  readonly figures: readonly {
    readonly operation: string;
    readonly of: string;
    readonly field: string;
    readonly value: number;
  }[];
  readonly spending: Redacted;
}

export interface ReceiptRecord extends Place {
  readonly type: 'receipt';
  readonly receipt: Redacted;
}

/** A lab at its end: its part of the rehearsal's document, redacted. */
export interface LabRecord extends Place {
  readonly type: 'lab';
  readonly ok: boolean;
  readonly report: Redacted;
}

/** What stands when somebody looks again. */
export interface AfterRecord extends Place {
  readonly type: 'after';
  readonly hours: number;
  readonly stack: string | null;
  readonly record: boolean;
  /** What belongs to the lab and is there. */
  readonly found: readonly { readonly kind: string; readonly id: string }[];
  /** What AWS's tag search names; it can name things for hours after they are gone. */
  readonly tagged: readonly string[];
  /** What could not be read. */
  readonly unread: readonly string[];
}

/** Closes what was written in one go. */
export interface EndRecord {
  readonly type: 'end';
  readonly outcome: 'done' | 'failed' | 'interrupted';
  readonly at: number;
  /** Lines before this one. */
  readonly records: number;
}

export type FieldRecord =
  | Header
  | PartRecord
  | ProgressRecord
  | RequestRecord
  | MessageRecord
  | BilledRecord
  | ReceiptRecord
  | LabRecord
  | AfterRecord
  | EndRecord;

/** Writes a recording; each line is on the disk before the rehearsal goes on. */
export class RecordingWriter {
  private descriptor: number | undefined;

  /** @param before lines that the file has already */
  private constructor(
    file: string,
    flag: 'wx' | 'a',
    private records: number,
  ) {
    this.descriptor = openSync(file, flag, 0o600);
  }

  /** @throws Error EEXIST where the file is there */
  static create(file: string): RecordingWriter {
    return new RecordingWriter(file, 'wx', 0);
  }

  static append(file: string, records: number): RecordingWriter {
    return new RecordingWriter(file, 'a', records);
  }

  write(record: Exclude<FieldRecord, EndRecord>): void {
    if (this.descriptor === undefined) return;
    writeSync(this.descriptor, `${JSON.stringify(record)}\n`);
    this.records += 1;
  }

  /** The last line; nothing is written after it. */
  end(outcome: EndRecord['outcome'], at: number): void {
    if (this.descriptor === undefined) return;
    const record: EndRecord = { type: 'end', outcome, at, records: this.records };
    writeSync(this.descriptor, `${JSON.stringify(record)}\n`);
    closeSync(this.descriptor);
    this.descriptor = undefined;
  }
}
