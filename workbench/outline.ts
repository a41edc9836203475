/** What the site knows of a lab: made of the registry by the builder, given to VitePress in its environment. */
export interface LabOutline {
  readonly id: string;
  readonly title: string;
  /** Ids of its steps. */
  readonly steps: readonly string[];
}

/** Variable that has the outlines as JSON. */
export const OUTLINES = 'MLA_LABS_OUTLINES';
