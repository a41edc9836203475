/** Exit codes of the CLI. */
export enum Exit {
  Done = 0,
  CheckFailed = 1,
  WrongUse = 2,
  Refused = 3,
  Failed = 4,
  Interrupted = 130,
}

/** An error meant for a learner: what failed with its value, why, and the next command. Shown without a stack trace. */
export class LabError extends Error {
  readonly why: string;
  readonly next: string;
  readonly exit: Exit;

  constructor(what: string, details: { why: string; next: string; exit?: Exit; cause?: unknown }) {
    super(what, { cause: details.cause });
    this.name = 'LabError';
    this.why = details.why;
    this.next = details.next;
    this.exit = details.exit ?? Exit.Failed;
  }
}
