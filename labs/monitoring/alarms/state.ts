/** Alarms: their state, and when they went off. */
import { DescribeAlarmHistoryCommand, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { isFinished, type Decision } from '../runtime/responder/decision';

/** Metrics take a minute, an alarm another. */
const MINUTES = 15;

export async function describeAlarm(run: LabRun, name: string): Promise<MetricAlarm | undefined> {
  const { MetricAlarms = [] } = await run.clients.cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm'] }),
  );
  return MetricAlarms[0];
}

export interface AlarmTransition {
  readonly at: Date;
  readonly reason: string;
}

/** The times that an alarm went off since then, newest first. */
export async function alarmTransitions(run: LabRun, name: string, since: Date): Promise<AlarmTransition[]> {
  return (await changesOf(run, name, since)).filter(({ state }) => state === 'ALARM');
}

/** The changes of an alarm's state since then, newest first. */
async function changesOf(
  run: LabRun,
  name: string,
  since: Date,
): Promise<(AlarmTransition & { readonly state?: string })[]> {
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
  return AlarmHistoryItems.map(({ Timestamp, HistoryData = '{}', HistorySummary = '' }) => {
    const { newState } = JSON.parse(HistoryData) as { newState?: { stateValue?: string; stateReason?: string } };
    return { at: Timestamp!, reason: newState?.stateReason ?? HistorySummary, state: newState?.stateValue };
  });
}

/** How far back the transition of an alarm is looked for that has been in ALARM for long. */
const ON_SINCE_MS = 24 * 3_600_000;

/** When an alarm went off last, if it was on at that time or went off later: one that was on already does not go off again. */
export async function lastAlarmSince(run: LabRun, name: string, since: Date): Promise<AlarmTransition | undefined> {
  const changes = await changesOf(run, name, new Date(since.getTime() - ON_SINCE_MS));
  const then = changes.findIndex(({ at }) => at < since);
  // Those since, and the state that it was in before.
  const counts = then < 0 ? changes : changes.slice(0, then + 1);
  return counts.find(({ state }) => state === 'ALARM');
}

/** Waits until an alarm is on; one that was on before counts, as it stays on while it is bad. */
export async function waitForAlarm(run: LabRun, name: string, since: Date, step: string): Promise<AlarmTransition> {
  return waitWithProgress(run, {
    what: `alarm ${name}`,
    minutes: MINUTES,
    next: `aws cloudwatch describe-alarms --alarm-names ${name}; ${labCommand(run, 'check', step)}`,
    ask: async () => {
      const [off] = await alarmTransitions(run, name, since);
      if (off) return off;
      const alarm = await describeAlarm(run, name);
      return alarm?.StateValue === 'ALARM'
        ? { at: alarm.StateUpdatedTimestamp!, reason: alarm.StateReason ?? '' }
        : new InProgress(alarm?.StateValue ?? 'it does not exist');
    },
  });
}

/**
 * Call before an action that should trigger this alarm. Where it is in ALARM already and no decision came of it, waits
 * for OK: an alarm sends nothing while it stays in ALARM.
 *
 * @param decisions those on this alarm and on others that ask for the same
 */
export async function waitUntilAlarmCanFire(
  run: LabRun,
  name: string,
  decisions: readonly Decision[],
  step: string,
): Promise<void> {
  const answered = decisions.some((one) => one.action !== 'none' && (!isFinished(one) || one.registered !== undefined));
  if (!answered)
    await waitUntilAlarmsOk(run, [name], step, 'it tells nobody again while it is on, so it is waited for');
}

/**
 * Waits until none of the alarms is on.
 *
 * @param why it is waited for. @default what they guard is rolled back at once while one of them is in ALARM
 */
export async function waitUntilAlarmsOk(
  run: LabRun,
  names: readonly string[],
  step: string,
  why = 'a release would be rolled back while it is in ALARM, so it is waited for',
): Promise<void> {
  for (const name of names) {
    await waitWithProgress(run, {
      what: `alarm ${name}`,
      minutes: MINUTES,
      next: `aws cloudwatch describe-alarms --alarm-names ${name}; then ${labCommand(run, 'step', step)}`,
      ask: async () =>
        (await describeAlarm(run, name))?.StateValue === 'ALARM'
          ? new InProgress(`still on from before; ${why}`)
          : true,
    });
  }
}
