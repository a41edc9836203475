import { baseName, partName, sqlName } from '../../../lib/course/names';

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
    job: partName('data-prep', learner, 'transform'),
    ruleset: partName('data-prep', learner, 'prepared'),
    workGroup: base,
  } as const;
}
