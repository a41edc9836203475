/** The learner's choice of the model that goes on: a job by its name, or a rule that picks one. */
import { jsonFault } from '../../../lib/course/work';
import type { TrainingAttempt } from '../models/trained';

/** Metrics that the jobs tell. */
const METRICS = { 'validation:auc': 'auc', 'train:auc': 'trainAuc' } as const;

type Metric = keyof typeof METRICS;
export type ModelChoice = { readonly job: string } | { readonly metric: Metric; readonly better: 'higher' | 'lower' };

/** @returns what was chosen, not yet looked up, or what is wrong with it */
export function readModelChoice(text: string): ModelChoice | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return jsonFault(error);
  }
  if (typeof value !== 'object' || value === null) return 'it is no JSON object';
  const { job, metric, better } = value as Record<string, unknown>;
  if (typeof job === 'string' && job !== '') return { job };
  if (typeof metric !== 'string' || !Object.hasOwn(METRICS, metric)) {
    return `give the name of a job, or a metric to choose by: ${Object.keys(METRICS).join(' or ')}`;
  }
  if (better !== 'higher' && better !== 'lower') return 'say whether a "higher" or a "lower" value is better';
  return { metric: metric as Metric, better };
}

/** @returns the chosen one, or what is wrong with the choice */
export function chosenTraining(text: string, candidates: readonly TrainingAttempt[]): TrainingAttempt | string {
  const choice = readModelChoice(text);
  if (typeof choice === 'string') return choice;
  if ('job' in choice) {
    return (
      candidates.find(({ name }) => name === choice.job) ??
      `${JSON.stringify(choice.job)} is none of the search's jobs: ${candidates.map(({ name }) => name).join(', ')}`
    );
  }
  const key = METRICS[choice.metric];
  const sign = choice.better === 'higher' ? 1 : -1;
  const told = candidates.filter((one) => one[key] !== undefined).sort((a, b) => sign * (b[key]! - a[key]!));
  return told[0] ?? `no job tells ${choice.metric}`;
}
