/** The learner's choice of the model that goes on: a job by its name, or a rule that picks one. */
import type { Training } from './trained';

/** Metrics that the jobs tell. */
const METRICS = { 'validation:auc': 'auc', 'train:auc': 'trainAuc' } as const;

/** @returns the chosen one, or what is wrong with the choice */
export function chosen(text: string, candidates: readonly Training[]): Training | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `it is no JSON: ${(error as Error).message}`;
  }
  if (typeof value !== 'object' || value === null) return 'it is no JSON object';
  const { job, metric, better } = value as Record<string, unknown>;
  const names = candidates.map(({ name }) => name);
  if (typeof job === 'string' && job !== '') {
    return (
      candidates.find(({ name }) => name === job) ??
      `${JSON.stringify(job)} is none of the search's jobs: ${names.join(', ')}`
    );
  }
  if (typeof metric !== 'string' || !Object.hasOwn(METRICS, metric)) {
    return `give the name of a job, or a metric to choose by: ${Object.keys(METRICS).join(' or ')}`;
  }
  if (better !== 'higher' && better !== 'lower') return 'say whether a "higher" or a "lower" value is better';
  const key = METRICS[metric as keyof typeof METRICS];
  const sign = better === 'higher' ? 1 : -1;
  const told = candidates.filter((one) => one[key] !== undefined).sort((a, b) => sign * (b[key]! - a[key]!));
  return told[0] ?? `no job tells ${metric}`;
}
