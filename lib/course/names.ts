/** The names that this project gives, in one place, for the app, the CLI and teardown alike. A name alone never proves ownership. */

/** The four labs, in the order in which the story tells them. */
const IDS = ['data-prep', 'training', 'deployment', 'monitoring'] as const;
export type LabId = (typeof IDS)[number];
export const LAB_IDS: readonly LabId[] = IDS;

/** Learner used when none is named. */
export const DEFAULT_LEARNER = 'me';

/**
 * What a learner's name may be: it becomes part of bucket, role and database names. Not with the logical id of a bucket in
 * it: CloudFormation puts one behind the other, and `databucket`'s buckets would be named like those of `me`. Nor with two
 * hyphens in a row, which end a learner's name inside others: see {@link partName}.
 */
export const LEARNER_PATTERN = /^(?!.*(data|source)bucket)(?!.*--)[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/;
/** The same for people. */
export const LEARNER_RULE =
  '1 to 16 small letters, digits and dashes, a letter first, no dash last, no two in a row, and no databucket or sourcebucket in it';

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

/**
 * `mla-labs-deployment-me--production`: a thing of several. Two hyphens end the learner's name, and no learner's name has
 * two, so that no name of `ana` is the start of one of `ana-production`. Names of SageMaker, CloudFormation, CodeBuild,
 * CloudWatch, Scheduler, Lambda, Glue and IAM may have them.
 */
export function partName(lab: LabId, learner: string, part: string): string {
  return `${baseName(lab, learner)}--${part}`;
}

/** Name of the topic by which a lease tells its learner. */
export function leaseTopic(lab: LabId, learner: string): string {
  return partName(lab, learner, 'lease');
}

/**
 * `mla-train-me--`: the start of the names of a learner's jobs, for policies, rules and lists. SageMaker's names have 63
 * characters, a tuning job's 32.
 *
 * @param what one word, without hyphens
 */
export function jobPrefix(what: string, learner: string): string {
  return `mla-${what}-${learner}--`;
}

/** Whether a job was named by this learner's steps or stacks. */
export function isJobOf(learner: string, name: string): boolean {
  const [what] = /(?<=^mla-)[a-z]+/.exec(name) ?? [];
  return what !== undefined && name.startsWith(jobPrefix(what, learner));
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
