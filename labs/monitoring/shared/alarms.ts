/** Alarms: their state, and when they went off. */
import { DescribeAlarmHistoryCommand, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { Still, waitOn } from '../../../lib/aws/wait';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';

/** Metrics take a minute, an alarm another. */
const MINUTES = 15;

export async function alarmOf(run: LabRun, name: string): Promise<MetricAlarm | undefined> {
  const { MetricAlarms = [] } = await run.clients.cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm'] }),
  );
  return MetricAlarms[0];
}

export interface WentOff {
  readonly at: Date;
  readonly reason: string;
}

/** The times that an alarm went off since then, newest first. */
export async function wentOff(run: LabRun, name: string, since: Date): Promise<WentOff[]> {
  const { AlarmHistoryItems = [] } = await run.clients.cloudwatch.send(
    new DescribeAlarmHistoryCommand({
      AlarmName: name,
      HistoryItemType: 'StateUpdate',
      StartDate: since,
      EndDate: new Date(run.clock.now().getTime() + 60_000),
      ScanBy: 'TimestampDescending',
      MaxRecords: 100,
    }),
  );
  return AlarmHistoryItems.flatMap(({ Timestamp, HistoryData = '{}', HistorySummary = '' }) => {
    const { newState } = JSON.parse(HistoryData) as { newState?: { stateValue?: string; stateReason?: string } };
    return newState?.stateValue === 'ALARM' ? [{ at: Timestamp!, reason: newState.stateReason ?? HistorySummary }] : [];
  });
}

/** Waits until an alarm is on; one that was on before counts, as it stays on while it is bad. */
export async function awaitAlarm(run: LabRun, name: string, since: Date, step: string): Promise<WentOff> {
  return waitOn(run, {
    what: `alarm ${name}`,
    minutes: MINUTES,
    next: `aws cloudwatch describe-alarms --alarm-names ${name}; ${labCommand(run, 'check', step)}`,
    ask: async () => {
      const [off] = await wentOff(run, name, since);
      if (off) return off;
      const alarm = await alarmOf(run, name);
      return alarm?.StateValue === 'ALARM'
        ? { at: alarm.StateUpdatedTimestamp!, reason: alarm.StateReason ?? '' }
        : new Still(alarm?.StateValue ?? 'it does not exist');
    },
  });
}
