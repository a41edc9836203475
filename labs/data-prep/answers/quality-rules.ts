/** The exercise of the step quality: which rules caught what, told from Glue's results. */
import type { DataQualityRuleResult } from '@aws-sdk/client-glue';
import { list } from '../../../lib/course/say';

/** The three things that are wrong with the bad batch. */
export type Defect = 'distance' | 'origin' | 'duplicate';
export const DEFECTS: readonly Defect[] = ['distance', 'origin', 'duplicate'];

const ABOUT: Readonly<Record<Defect, string>> = {
  distance: 'impossible distances',
  origin: 'missing origins',
  duplicate: 'duplicates',
};

const UNIQUENESS = new Set(['IsPrimaryKey', 'IsUnique', 'Uniqueness', 'UniqueValueRatio', 'DistinctValuesCount']);
/** Rule types that look at the values of the columns they name. */
const VALUES = new Set([
  'ColumnValues',
  'ColumnLength',
  'IsComplete',
  'Completeness',
  'Mean',
  'Sum',
  'StandardDeviation',
  'Entropy',
  'ReferentialIntegrity',
  'CustomSql',
]);

export const ruleText = (rule: DataQualityRuleResult): string =>
  (rule.Description ?? rule.Name ?? '').replace(/\s+/g, ' ').trim();

/** Which defects a rule is about: by its type and its columns, for each part of a composite rule. */
export function defectsOf(text: string): Set<Defect> {
  const found = new Set<Defect>();
  for (const part of text.split(/\)\s*(?:and|or)\s*\(/i)) {
    const type = /^[\s(]*([A-Za-z]+)/.exec(part)?.[1] ?? '';
    if (UNIQUENESS.has(type) || (type === 'CustomSql' && /\b(distinct|group\s+by|having)\b/i.test(part))) {
      found.add('duplicate');
    } else if (VALUES.has(type)) {
      // What follows `where` says which rows are meant, not what they are checked for.
      const tested = type === 'CustomSql' ? part : part.replace(/\bwhere\b.*$/i, '');
      if (/\bdistance\b/i.test(tested)) found.add('distance');
      if (/\borigin\b/i.test(tested)) found.add('origin');
    }
  }
  return found;
}

/** Whether two evaluations were of the same rules. */
export function sameRules(a: readonly DataQualityRuleResult[], b: readonly DataQualityRuleResult[]): boolean {
  const key = (rules: readonly DataQualityRuleResult[]): string => rules.map(ruleText).sort().join('\n');
  return key(a) === key(b);
}

/** What Glue says of a rule whose column is not there; such a rule has the result FAIL. */
const NO_COLUMN = /does not include column (.+?)!?$/;

const passed = ({ Result }: DataQualityRuleResult): boolean => Result === 'PASS';

/** What is wrong with a learner's rules, in words that teach; undefined when they are right. */
export function rulesFault(
  good: readonly DataQualityRuleResult[],
  bad: readonly DataQualityRuleResult[],
): string | undefined {
  const broken = [...good, ...bad].find(({ Result }) => Result === 'ERROR');
  if (broken)
    return `The rule ${ruleText(broken)} could not be evaluated: ${broken.EvaluationMessage ?? 'Glue gave no reason'}`;
  const astray = [...good, ...bad].find((rule) => NO_COLUMN.test(rule.EvaluationMessage ?? ''));
  if (astray) {
    const column = NO_COLUMN.exec(astray.EvaluationMessage ?? '')?.[1] ?? '';
    return `The rule ${ruleText(astray)} names the column ${column}, which the table does not have: look at its columns with the catalog.`;
  }
  const strict = good.filter((rule) => !passed(rule));
  if (strict.length > 0) {
    const told = strict.map(
      (rule) => `${ruleText(rule)}${rule.EvaluationMessage ? ` (${rule.EvaluationMessage})` : ''}`,
    );
    return `The good flights fail ${list(told, 2)}. A rule that real data breaks would be switched off in a week: loosen it.`;
  }
  const failing = bad.filter((rule) => !passed(rule));
  const unrelated = failing.filter((rule) => defectsOf(ruleText(rule)).size === 0);
  if (unrelated.length > 0) {
    return `The bad batch fails ${list(unrelated.map(ruleText), 2)}, which says nothing about what is wrong in its rows. A rule that any small batch breaks proves nothing: take it out.`;
  }
  const caught = new Set(failing.flatMap((rule) => [...defectsOf(ruleText(rule))]));
  const missed = DEFECTS.filter((defect) => !caught.has(defect));
  if (missed.length === 0) return undefined;
  return missed.map((defect) => missedFault(defect, bad)).join(' ');
}

function missedFault(defect: Defect, bad: readonly DataQualityRuleResult[]): string {
  const tried = bad.filter((rule) => defectsOf(ruleText(rule)).has(defect)).map(ruleText);
  if (tried.length === 0) return `No rule is about ${ABOUT[defect]}.`;
  const start = `The bad batch passes ${list(tried)}, so ${ABOUT[defect]} are not caught.`;
  if (defect === 'origin' && tried.every((text) => /^(IsComplete|Completeness)\b/.test(text))) {
    return `${start} In CSV, an empty field of a text column is an empty text and not NULL, so it counts as complete: say which values origin may have.`;
  }
  if (defect === 'distance') return `${start} Look for the largest and the smallest distance that a flight can have.`;
  if (defect === 'duplicate') return `${start} Which columns together name one flight?`;
  return start;
}
