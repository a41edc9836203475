/** The learner's alarm: whether it is one, and what it would do over hours of traffic. */
import { dataPlan } from '../../../lib/course/data-plan';
import { jsonFault } from '../../../lib/course/work';

/** What the learner writes: a part of PutMetricAlarm's request. */
export interface AlarmDefinition {
  readonly MetricName: string;
  readonly Statistic: 'Average' | 'Maximum' | 'Minimum' | 'Sum' | 'SampleCount';
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator:
    'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold' | 'LessThanOrEqualToThreshold';
  readonly TreatMissingData: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
}

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  Statistic: ['Average', 'Maximum', 'Minimum', 'Sum', 'SampleCount'],
  ComparisonOperator: [
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ],
  TreatMissingData: ['breaching', 'notBreaching', 'ignore', 'missing'],
};
const KNOWN = ['MetricName', 'Period', 'EvaluationPeriods', 'DatapointsToAlarm', 'Threshold', ...Object.keys(CHOICES)];
const DAY = 86_400;

/** Metrics that an analysis publishes, by name. */
export const metricNames = (): string[] => [
  'FeaturesDrifted',
  'Records',
  'RecordsCompared',
  ...dataPlan().features.map(({ name }) => `feature_baseline_drift_${name}`),
];

/** @returns the definition, or what is wrong with it */
export function readAlarmDefinition(text: string): AlarmDefinition | string {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (error) {
    return jsonFault(error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no object';
  const strange = Object.keys(value).find((key) => !KNOWN.includes(key));
  if (strange) return `${strange} does not belong here; name, namespace and dimensions are filled in`;
  if (!metricNames().includes(String(value.MetricName))) {
    return `MetricName is ${JSON.stringify(value.MetricName)}; an analysis publishes FeaturesDrifted, Records, RecordsCompared, and feature_baseline_drift_<feature>`;
  }
  for (const [key, choices] of Object.entries(CHOICES)) {
    if (!choices.includes(String(value[key]))) {
      return `${key} is ${JSON.stringify(value[key])}; it is ${choices.join(', ')}`;
    }
  }
  return numbersFault(value) ?? (value as unknown as AlarmDefinition);
}

function numbersFault(value: Record<string, unknown>): string | undefined {
  const { Period, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, Threshold } = value;
  const whole = (number: unknown): number => (Number.isInteger(number) ? (number as number) : NaN);
  const period = whole(Period);
  if (!(period === 10 || period === 20 || period === 30 || (period > 0 && period % 60 === 0))) {
    return `Period is ${JSON.stringify(Period)}; it is 10, 20, 30, or a multiple of 60`;
  }
  const periods = whole(EvaluationPeriods);
  if (!(periods >= 1)) return `EvaluationPeriods is ${JSON.stringify(EvaluationPeriods)}; it is 1 or more`;
  if (period * periods > DAY) return `EvaluationPeriods of that Period are longer than a day`;
  const points = whole(DatapointsToAlarm);
  if (!(points >= 1 && points <= periods)) {
    return `DatapointsToAlarm is ${JSON.stringify(DatapointsToAlarm)}; it is 1 to ${periods}`;
  }
  return typeof Threshold === 'number' && Number.isFinite(Threshold) ? undefined : 'Threshold is no number';
}

const HOUR = 3600;
/** Minutes after the hour at which an analysis has published. */
const PUBLISHED = 25 * 60;

/**
 * Whether an alarm goes off within hours that each have one analysis: M of N periods, a period without a figure as the
 * definition treats it.
 *
 * @param figures what the analysis of each hour publishes; undefined for an hour without traffic
 */
export function wouldAlarm(definition: AlarmDefinition, figures: readonly (number | undefined)[]): boolean {
  const { Period, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, TreatMissingData } = definition;
  const periods = Math.ceil((figures.length * HOUR) / Period);
  const breaching = Array.from({ length: periods }, (_one, at): boolean | undefined => {
    const values = figures.flatMap((value, hour) => {
      const when = hour * HOUR + PUBLISHED;
      return value !== undefined && when >= at * Period && when < (at + 1) * Period ? [value] : [];
    });
    if (values.length > 0) return breaches(definition, values);
    return TreatMissingData === 'breaching' ? true : TreatMissingData === 'notBreaching' ? false : undefined;
  });
  return breaching.some((_one, at) => {
    const window = breaching.slice(Math.max(0, at + 1 - EvaluationPeriods), at + 1);
    return window.filter((one) => one === true).length >= DatapointsToAlarm;
  });
}

function breaches({ Statistic, ComparisonOperator, Threshold }: AlarmDefinition, values: readonly number[]): boolean {
  const sum = values.reduce((total, value) => total + value, 0);
  const value = {
    Average: sum / values.length,
    Maximum: Math.max(...values),
    Minimum: Math.min(...values),
    Sum: sum,
    SampleCount: values.length,
  }[Statistic];
  if (ComparisonOperator === 'GreaterThanThreshold') return value > Threshold;
  if (ComparisonOperator === 'GreaterThanOrEqualToThreshold') return value >= Threshold;
  return ComparisonOperator === 'LessThanThreshold' ? value < Threshold : value <= Threshold;
}
