import { DisableAlarmActionsCommand, EnableAlarmActionsCommand } from '@aws-sdk/client-cloudwatch';
import { waitForPropagation } from '../../../lib/aws/wait';
import { type Fault, stillBroken, worksAgain } from '../../../lib/course/fault';
import { quoted } from '../../../lib/course/shell';
import { describeAlarm } from '../alarms/state';
import { resourcesOf } from '../resources';
import { failingDrill } from './drill';

/** An alarm was silenced for a maintenance, and nobody switched it on again. */
export const mutedAlarm: Fault = {
  id: 'muted-alarm',
  title: 'The actions of the alarm on drift were disabled',
  task: '4.2',
  needs: [],
  prepare: async () => ({}),
  async inject(run) {
    const { drift: AlarmName } = resourcesOf(run).alarms;
    await run.clients.cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [AlarmName] }));
    await waitForPropagation(run);
    return failingDrill(run);
  },
  async check(run) {
    const { alarms, topic } = resourcesOf(run);
    const alarm = await describeAlarm(run, alarms.drift);
    // Whatever tells the responder will do: the topic, or the function itself.
    const { responder } = resourcesOf(run);
    const told = (alarm?.AlarmActions ?? []).some((arn) => arn === topic || arn.endsWith(`:function:${responder}`));
    return alarm?.ActionsEnabled && told
      ? worksAgain(run, `When the alarm ${alarms.drift} goes off, the responder is told.`)
      : stillBroken(run, `The alarm ${alarms.drift} may go off, and the responder would not be told.`);
  },
  hints: [
    'Follow the message: alarm, topic, subscription, function. Up to where did it come?',
    'The history of the alarm has changes of its state, and what its actions came to. Is there an entry of an action?',
    'An alarm can be told to do nothing when it goes off, without a change of its threshold or its actions.',
  ],
  async mend(run) {
    const { drift } = resourcesOf(run).alarms;
    await run.clients.cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: [drift] }));
  },
  seen(run) {
    const name = quoted(resourcesOf(run).alarms.drift);
    return [
      `the alarm: aws cloudwatch describe-alarms --alarm-names ${name} --query 'MetricAlarms[].[ActionsEnabled,AlarmActions]'`,
      `its history, which has the change: aws cloudwatch describe-alarm-history --alarm-name ${name} --query 'AlarmHistoryItems[].[Timestamp,HistoryItemType,HistorySummary]' --output text`,
    ];
  },
  prevented:
    'A mute that ends by itself: an alarm’s mute rule has a schedule and a duration. A regular drill finds what is forgotten; so does a rule of AWS Config (cloudwatch-alarm-action-enabled-check).',
};
