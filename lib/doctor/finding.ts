/** What `doctor` found about one thing. */
export interface Finding {
  readonly about: 'machine' | 'account' | 'service' | 'quota';
  /** Short name, for JSON documents: `python`, `bootstrap`, `quota:L-611FA074`. */
  readonly id: string;
  /**
   * `ok`; `note`: worth knowing, nothing to do now; `unknown`: could not be learnt; `bad`: stands in the way of a lab.
   */
  readonly state: 'ok' | 'note' | 'unknown' | 'bad';
  readonly saw: string;
  /** What to do; there whenever `bad`. */
  readonly next?: string;
}
