/** What an alarm would do: by its definition alone, on values that stay as they are. */
import {
  DescribeAlarmsCommand,
  type CompositeAlarm,
  type MetricAlarm,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { LabRun } from '../course/run';
import { calculate, CannotCalculate } from './metric-math';

/** A metric that an alarm looks at. */
export interface WatchedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `p99`, … */
  readonly stat: string;
  /** Seconds. */
  readonly period: number;
}

/** All alarms of the account in this Region. */
export async function allAlarms({
  clients,
}: LabRun): Promise<{ readonly metric: readonly MetricAlarm[]; readonly composite: readonly CompositeAlarm[] }> {
  const metric: MetricAlarm[] = [];
  const composite: CompositeAlarm[] = [];
  let token: string | undefined;
  do {
    const page = await clients.cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100, NextToken: token }),
    );
    metric.push(...(page.MetricAlarms ?? []));
    composite.push(...(page.CompositeAlarms ?? []));
    token = page.NextToken;
  } while (token);
  return { metric, composite };
}

const watchedBy = ({ MetricStat }: MetricDataQuery): WatchedMetric[] =>
  MetricStat?.Metric === undefined
    ? []
    : [
        {
          namespace: MetricStat.Metric.Namespace ?? '',
          name: MetricStat.Metric.MetricName ?? '',
          dimensions: dimensionsOf(MetricStat.Metric.Dimensions),
          stat: MetricStat.Stat ?? '',
          period: MetricStat.Period ?? 0,
        },
      ];

const dimensionsOf = (list: readonly { Name?: string; Value?: string }[] = []): Record<string, string> =>
  Object.fromEntries(list.map(({ Name = '', Value = '' }) => [Name, Value]));

/** The metrics that an alarm looks at, whether by itself or in a calculation. */
export function metricsOf(alarm: MetricAlarm): WatchedMetric[] {
  if (alarm.Metrics?.length) return alarm.Metrics.flatMap(watchedBy);
  return [
    {
      namespace: alarm.Namespace ?? '',
      name: alarm.MetricName ?? '',
      dimensions: dimensionsOf(alarm.Dimensions),
      stat: alarm.ExtendedStatistic ?? alarm.Statistic ?? '',
      period: alarm.Period ?? 0,
    },
  ];
}

/** A metric's value in each period, as long as things stay as they are; undefined where nobody publishes it. */
export type MetricValues = (metric: WatchedMetric) => number | undefined;

/**
 * Whether an alarm goes to ALARM, and stays there, while each period has these values.
 *
 * @returns why it cannot be decided, as text
 */
export function entersAlarm(alarm: MetricAlarm, values: MetricValues): boolean | string {
  if (alarm.ThresholdMetricId !== undefined) return 'it compares with a band that CloudWatch learns and moves';
  let value: number | undefined;
  try {
    value = valueOf(alarm, values);
  } catch (error) {
    if (!(error instanceof CannotCalculate)) throw error;
    return `its calculation is more than the grader can do: ${error.message}`;
  }
  if (value === undefined) return alarm.TreatMissingData === 'breaching';
  const { Threshold = NaN, ComparisonOperator: operator } = alarm;
  if (operator === 'GreaterThanThreshold') return value > Threshold;
  if (operator === 'GreaterThanOrEqualToThreshold') return value >= Threshold;
  if (operator === 'LessThanThreshold') return value < Threshold;
  if (operator === 'LessThanOrEqualToThreshold') return value <= Threshold;
  return `its ComparisonOperator is ${operator}`;
}

function valueOf(alarm: MetricAlarm, values: MetricValues): number | undefined {
  const { Metrics = [] } = alarm;
  if (Metrics.length === 0) return values(metricsOf(alarm)[0]!);
  const byId = new Map(Metrics.map((one) => [one.Id ?? '', one]));
  const open = new Set<string>();
  const value = (id: string): number | undefined => {
    const one = byId.get(id);
    if (one === undefined || open.has(id)) throw new CannotCalculate(`${id} is not known`);
    if (one.Expression === undefined) return values(watchedBy(one)[0]!);
    open.add(id);
    const found = calculate(one.Expression, value);
    open.delete(id);
    return found;
  };
  const shown = Metrics.filter(({ ReturnData }) => ReturnData !== false);
  return value((shown.length > 0 ? shown : Metrics)[0]!.Id ?? '');
}

/** Seconds from when all periods breach until the alarm goes off, and how many of them have to. */
export function delayOf(alarm: MetricAlarm): {
  readonly seconds: number;
  readonly datapoints: number;
  readonly period: number;
} {
  const period =
    alarm.Period ??
    Math.max(0, ...metricsOf(alarm).map((one) => one.period), ...(alarm.Metrics ?? []).map((one) => one.Period ?? 0));
  const datapoints = alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods ?? 1;
  return { seconds: period * datapoints, datapoints, period };
}

/** Whom an alarm tells when it goes off: its own actions, and those of alarms that ring whenever it does. */
export function actionsOf(alarm: MetricAlarm, composite: readonly CompositeAlarm[]): string[] {
  const own = (one: { ActionsEnabled?: boolean; AlarmActions?: string[] }): string[] =>
    one.ActionsEnabled === false ? [] : (one.AlarmActions ?? []);
  const name = alarm.AlarmName ?? '';
  const around = composite.filter(({ AlarmRule = '' }) => {
    const parts = AlarmRule.split(/\bOR\b/).map(
      (part) => /^\s*\(*\s*ALARM\s*\(\s*["']?([^"')]+)["']?\s*\)\s*\)*\s*$/.exec(part)?.[1],
    );
    return parts.every((part) => part !== undefined) && parts.some((part) => part === name || part === alarm.AlarmArn);
  });
  return [...own(alarm), ...around.flatMap(own)];
}
