/** An error of the local cloud meant for a person: what failed with its value, why, and the next command. */
export class LocalCloudError extends Error {
  readonly why: string;
  readonly next: string;

  constructor(what: string, details: { why: string; next: string; cause?: unknown }) {
    super(what, { cause: details.cause });
    this.name = 'LocalCloudError';
    this.why = details.why;
    this.next = details.next;
  }
}
