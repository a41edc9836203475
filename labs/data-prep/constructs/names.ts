import { baseName, sqlName } from '../../../lib/course/names';

/** Prefixes of the data bucket. */
export const RAW = 'raw/';
export const INCOMING = 'incoming/';
export const PREPARED = 'prepared/';
export const RESULTS = 'athena-results/';
export const QUALITY = 'quality/';

/** Names that this lab's stack gives, for a learner. */
export function namesOf(learner: string) {
  const base = baseName('data-prep', learner);
  return {
    database: sqlName('data-prep', learner),
    classifier: base,
    crawler: base,
    job: `${base}-transform`,
    ruleset: `${base}-prepared`,
    workGroup: base,
  } as const;
}
