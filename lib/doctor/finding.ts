/** What `doctor` found about one thing. */
export type Finding = {
  readonly about: 'machine' | 'account' | 'service' | 'quota' | 'leftover';
  /** Short name, for JSON documents: `python`, `bootstrap`, `quota:L-611FA074`. */
  readonly id: string;
  readonly saw: string;
  /** Why it matters to somebody who wants to do the labs. */
  readonly why: string;
} & (
  | {
      /** `ok`; `note`: worth knowing, nothing that stops a lab; `unknown`: could not be learnt. */
      readonly state: 'ok' | 'note' | 'unknown';
      /** What can be done: a command, a page of the console, or a mode that goes around it. */
      readonly next?: string;
    }
  | {
      /** It stands in the way of a lab. */
      readonly state: 'bad';
      readonly next: string;
    }
);

/** `2026-11-28`. */
export const day = (at: Date): string => at.toISOString().slice(0, 10);
