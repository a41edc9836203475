/** Alarms, and the metrics of our own that they and analyses use: both by their share of a month. */
import { DescribeAlarmsCommand, ListMetricsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { count } from '../../course/say';
import { HOURS_A_MONTH } from '../../facts/prices';
import { stackNames, taggedNames } from '../../teardown/ownership-proof';
import { ourStacks } from '../../teardown/kinds/cloudformation/ours';
import { dimensionsOf } from '../../teardown/kinds/cloudwatch/watching';
import { MOST, type Look } from '../look';
import { metricSums } from '../metrics';
import { lasting, priced, type Line, type Part } from '../line';

/** A composite alarm costs as much as five metrics of a standard one. */
const COMPOSITE = 5;

export const watching: Part = {
  what: 'alarms and metrics',
  kind: 'cloudwatch:alarm',
  async read(look) {
    const names = await alarmNames(look);
    if (names.length === 0) return [];
    const { MetricAlarms = [], CompositeAlarms = [] } = await look.run.clients.cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: names, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    const found: Line[] = [];
    const alarms = MetricAlarms.length + CompositeAlarms.length;
    const read = MetricAlarms.reduce((sum, alarm) => sum + metricsRead(alarm), 0) + COMPOSITE * CompositeAlarms.length;
    if (alarms > 0) {
      found.push(
        priced(look, (usd) => {
          const usdPerHour = (read * usd('cloudWatchAlarmMonth')) / HOURS_A_MONTH;
          return {
            what: `${count(alarms, 'alarm')}, billed as ${read}`,
            since: look.since,
            usdSoFar: usdPerHour * look.hoursSince(look.since),
            ...lasting(usdPerHour),
          };
        }),
      );
    }
    return [...found, ...(await ownMetrics(look, MetricAlarms))];
  },
};

async function alarmNames(look: Look): Promise<string[]> {
  const { scope } = look;
  const names = new Set([...scope.ownership.alarms, ...(await stackNames(scope)).alarms]);
  for (const { resources } of await ourStacks(scope))
    for (const { type, name } of resources) if (/^AWS::CloudWatch::(Composite)?Alarm$/.test(type)) names.add(name);
  for (const name of await taggedNames(scope, 'cloudwatch', 'alarm:')) names.add(name);
  return [...names].slice(0, MOST);
}

/** An alarm is billed by the metrics that it reads; a band of normal values has three: the metric, and its two borders. */
function metricsRead({ Metrics = [] }: MetricAlarm): number {
  const band = Metrics.some(({ Expression }) => /ANOMALY_DETECTION_BAND/.test(Expression ?? ''));
  const read = Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
  return band ? Math.max(3, read) : Math.max(1, read);
}

/** Metrics in a namespace that is not AWS's: our alarms say which, and of which endpoint. */
async function ownMetrics(look: Look, alarms: readonly MetricAlarm[]): Promise<Line[]> {
  const places = new Map<
    string,
    { Namespace: string; Endpoint: string; MetricName: string; dimensions: Record<string, string> }
  >();
  for (const { Namespace, MetricName, Dimensions } of alarms) {
    const dimensions = dimensionsOf(Dimensions);
    const Endpoint = dimensions.Endpoint;
    if (!Namespace || /^aws\//i.test(Namespace) || !MetricName || !Endpoint) continue;
    places.set(`${Namespace} ${Endpoint}`, { Namespace, Endpoint, MetricName, dimensions });
  }
  const found: Line[] = [];
  for (const { Namespace, Endpoint, MetricName, dimensions } of places.values()) {
    // Those with values in the last three hours: older ones are not billed any more.
    const { Metrics = [] } = await look.run.clients.cloudwatch.send(
      new ListMetricsCommand({
        Namespace,
        Dimensions: [{ Name: 'Endpoint', Value: Endpoint }],
        RecentlyActive: 'PT3H',
      }),
    );
    const hours = (
      await metricSums(look, MetricName, dimensions, look.since, { namespace: Namespace, statistic: 'SampleCount' })
    ).length;
    if (Metrics.length === 0 && hours === 0) continue;
    found.push(
      priced(look, (usd) => {
        const usdPerHour = (Metrics.length * usd('cloudWatchMetricMonth')) / HOURS_A_MONTH;
        return {
          what: `${Metrics.length} metrics in ${Namespace}, written in ${count(hours, 'hour')}`,
          since: look.since,
          usdSoFar: usdPerHour * hours,
          ...lasting(usdPerHour),
        };
      }),
    );
  }
  return found;
}
