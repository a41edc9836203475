/** The lab's alarms, each with what it watches and the threshold. */
import {
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  type Metric,
  type MetricAlarm,
  type Statistic,
} from '@aws-sdk/client-cloudwatch';
import { partName } from '../../../lib/course/names';
import type { LabRun } from '../../../lib/course/run';
import type { AlarmsView } from '../../api';
import { iso, type View } from './view';

export const HOURS = 6;
/** CloudWatch's most for one answer. */
const POINTS = 1440;

export const alarms: View = {
  title: 'Alarms and metrics',
  outputs: ['DriftAlarm', 'ProductionEndpoint'],
  async read({ run }): Promise<AlarmsView> {
    const { MetricAlarms = [] } = await run.clients.cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: partName(run.lab, run.learner, ''), MaxRecords: 100 }),
    );
    return { alarms: await Promise.all(MetricAlarms.map((alarm) => shown(run, alarm))) };
  },
};

/** What it watches: a metric of its own, or the first that a formula or a band is about. */
function watched(alarm: MetricAlarm): { metric: Metric; statistic: string; period: number } | undefined {
  const inner = alarm.Metrics?.find(({ MetricStat }) => MetricStat)?.MetricStat;
  const metric = inner?.Metric ?? (alarm.MetricName === undefined ? undefined : alarm);
  return (
    metric && {
      metric,
      statistic: inner?.Stat ?? alarm.ExtendedStatistic ?? alarm.Statistic ?? 'Average',
      period: inner?.Period ?? alarm.Period ?? 60,
    }
  );
}

async function shown(run: LabRun, alarm: MetricAlarm): Promise<AlarmsView['alarms'][number]> {
  const about = watched(alarm);
  const view = {
    name: alarm.AlarmName ?? '',
    state: alarm.StateValue ?? '',
    reason: alarm.StateReason ?? '',
    changed: iso(alarm.StateUpdatedTimestamp),
    metric: about ? `${about.statistic} of ${about.metric.MetricName}, every ${about.period} s` : '',
    comparison: alarm.ComparisonOperator ?? '',
    threshold: alarm.Threshold,
  };
  if (!about) return { ...view, points: [] };
  try {
    return { ...view, points: await pointsOf(run, about) };
  } catch (error) {
    return { ...view, points: [], unread: `${(error as Error).name}: ${(error as Error).message}` };
  }
}

async function pointsOf(
  run: LabRun,
  { metric, statistic, period }: NonNullable<ReturnType<typeof watched>>,
): Promise<{ at: string; value: number }[]> {
  const now = run.clock.now();
  const Period = Math.max(period, Math.ceil((HOURS * 3600) / POINTS / 60) * 60);
  const plain = !/^(p|tm|wm|tc|ts)\d|\(/i.test(statistic);
  const { Datapoints = [] } = await run.clients.cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: metric.Namespace,
      MetricName: metric.MetricName,
      Dimensions: metric.Dimensions,
      StartTime: new Date(now.getTime() - HOURS * 3_600_000),
      EndTime: now,
      Period,
      ...(plain ? { Statistics: [statistic as Statistic] } : { ExtendedStatistics: [statistic] }),
    }),
  );
  return Datapoints.flatMap((point) => {
    const value = plain ? point[statistic as Statistic] : point.ExtendedStatistics?.[statistic];
    return value === undefined || !point.Timestamp ? [] : [{ at: point.Timestamp.toISOString(), value }];
  }).sort((a, b) => a.at.localeCompare(b.at));
}
