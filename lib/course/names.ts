/** The names that this project gives, in one place, for the app, the CLI and teardown alike. A name alone never proves ownership. */
import type { LabId } from './model';

export const LAB_IDS: readonly LabId[] = ['data-prep', 'training', 'deployment', 'monitoring'];

/** Learner used when none is named. */
export const DEFAULT_LEARNER = 'me';

/**
 * What a learner's name may be: it becomes part of bucket, role and database names. Not with the logical id of a bucket in
 * it: CloudFormation puts one behind the other, and `databucket`'s buckets would be named like those of `me`.
 */
export const LEARNER_PATTERN = /^(?!.*(data|source)bucket)[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/;

/** Tag keys that mark a thing as ours. */
export const TAG_LAB = 'mla-labs:lab';
export const TAG_LEARNER = 'mla-labs:learner';

export function tagsOf(lab: LabId, learner: string): Readonly<Record<string, string>> {
  return { [TAG_LAB]: lab, [TAG_LEARNER]: learner };
}

/** `MlaLabs-DataPrep`, and `MlaLabs-DataPrep-ana` for a named learner. */
export function stackName(lab: LabId, learner: string): string {
  const pascal = lab.replace(/(^|-)([a-z])/g, (_all, _dash: string, letter: string) => letter.toUpperCase());
  return `MlaLabs-${pascal}${learner === DEFAULT_LEARNER ? '' : `-${learner}`}`;
}

/** `mla-labs-data-prep-me`: the start of physical names where AWS lets us choose, and the whole name of a single thing. */
export function baseName(lab: LabId, learner: string): string {
  return `mla-labs-${lab}-${learner}`;
}

/** `mla_labs_data_prep_me`: for names that SQL has to speak. */
export function sqlName(lab: LabId, learner: string): string {
  return baseName(lab, learner).replaceAll('-', '_');
}

/** `/mla-labs/data-prep/me`: the start of the names of the lab's own log groups, which go on after a slash. */
export function logPrefixOf(lab: LabId, learner: string): string {
  return `/mla-labs/${lab}/${learner}`;
}

/** The SSM parameter of the ownership record. */
export function recordName(lab: LabId, learner: string): string {
  return `/mla-labs/${learner}/${lab}`;
}
