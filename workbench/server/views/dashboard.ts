/** The lab's dashboard: its widgets, with the metrics that they show. */
import {
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { dimensionsOf, type MetricRow, metricRows, type Widget, widgetsOf } from '../../../lib/aws/dashboard-body';
import { type LabRun, output } from '../../../lib/course/run';
import type { DashboardView } from '../../api';
import { HOURS } from './alarms';
import type { View } from './view';

type Shown = DashboardView['widgets'][number]['shown'];
type Properties = NonNullable<Widget['properties']>;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const whole = (value: unknown): number | undefined => (Number.isInteger(value) ? (value as number) : undefined);

export const dashboard: View = {
  title: 'Dashboard',
  outputs: ['Dashboard'],
  async read({ run }): Promise<DashboardView> {
    const name = output(run, 'Dashboard');
    const found = await run.clients.cloudwatch.send(new GetDashboardCommand({ DashboardName: name }));
    const widgets = [...widgetsOf(found.DashboardBody)].sort(
      (a, b) => (a.y ?? 0) - (b.y ?? 0) || (a.x ?? 0) - (b.x ?? 0),
    );
    return {
      name,
      hours: HOURS,
      widgets: await Promise.all(
        widgets.map(async (one) => ({
          title: text(one.properties?.title) ?? '',
          width: whole(one.width) ?? 6,
          shown: await shownOf(run, one).catch(({ name: fault, message }: Error): Shown => ({
            type: 'unread',
            why: `${fault}: ${message}`,
          })),
        })),
      ),
    };
  },
};

async function shownOf(run: LabRun, { type = '', properties = {} }: Widget): Promise<Shown> {
  if (type === 'text') return { type, text: text(properties.markdown) ?? '' };
  if (type === 'alarm') return { type, alarms: await alarmsOf(run, properties) };
  const rows = type === 'metric' ? metricRows(properties.metrics ?? []) : undefined;
  return rows
    ? metricsOf(run, properties, rows)
    : { type: 'unread', why: `No view is for a widget of the type ${type}.` };
}

async function alarmsOf(run: LabRun, { alarms }: Properties): Promise<{ name: string; state?: string }[]> {
  const names = (Array.isArray(alarms) ? alarms : []).map((arn) => String(arn).replace(/^.*:alarm:/, ''));
  if (names.length === 0) return [];
  const { MetricAlarms = [] } = await run.clients.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: names }));
  return names.map((name) => ({ name, state: MetricAlarms.find(({ AlarmName }) => AlarmName === name)?.StateValue }));
}

async function metricsOf(run: LabRun, properties: Properties, rows: readonly MetricRow[]): Promise<Shown> {
  const to = run.clock.now();
  const idOf = (row: MetricRow): string => text(row.options.id) ?? `row_${rows.indexOf(row)}`;
  const { MetricDataResults: found = [] } = await run.clients.cloudwatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: rows.map((row) => ({ Id: idOf(row), ...queryOf(row, properties) })),
      StartTime: new Date(to.getTime() - HOURS * 3_600_000),
      EndTime: to,
      ScanBy: 'TimestampAscending',
    }),
  );
  const series = found.map(({ Id, Label = '', Timestamps = [], Values = [] }) => ({
    label: Label.replaceAll('${LAST}', Values.length === 0 ? '–' : String(Number(Values.at(-1)!.toPrecision(4)))),
    right: rows.find((row) => idOf(row) === Id)?.options.yAxis === 'right',
    values: new Map(Timestamps.map((at, index) => [at.getTime() / 1000, Values[index] ?? null])),
  }));
  const x = [...new Set(series.flatMap(({ values }) => [...values.keys()]))].sort((a, b) => a - b);
  const { horizontal } = (properties.annotations ?? {}) as { horizontal?: { value?: unknown }[] };
  const threshold = horizontal?.[0]?.value;
  return {
    type: 'metric',
    x,
    lines: series.map(({ label, right, values }) => ({ label, right, values: x.map((at) => values.get(at) ?? null) })),
    ...(typeof threshold === 'number' && { threshold }),
  };
}

/** A row as CloudWatch is asked for it; what the row does not say, the widget does. */
function queryOf(row: MetricRow, widget: Properties): Omit<MetricDataQuery, 'Id'> {
  const { label, visible, expression, stat = widget.stat, period = widget.period } = row.options;
  const about = { Label: text(label), ReturnData: visible !== false };
  const Period = whole(period) ?? 300;
  if (row.fields.length === 0) return { ...about, Expression: text(expression), Period };
  const [Namespace, MetricName] = row.fields;
  const Dimensions = Object.entries(dimensionsOf(row)).map(([Name, Value]) => ({ Name, Value }));
  return {
    ...about,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Stat: text(stat) ?? 'Average', Period },
  };
}
