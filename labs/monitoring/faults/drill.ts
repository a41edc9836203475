/** A fire drill: an alarm is set to ALARM by hand, and what comes of it is looked at. */
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { LabRun } from '../../../lib/course/run';
import { resourcesOf } from '../resources';

/** Lets the alarm on drift go off and come back. @returns what it showed: nobody was told */
export async function failingDrill(run: LabRun): Promise<string> {
  const { drift: AlarmName } = resourcesOf(run).alarms;
  for (const StateValue of ['ALARM', 'OK'] as const)
    await run.clients.cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'Fire drill.' }));
  return `The fire drill of ${run.clock.now().toISOString()} failed: the alarm ${AlarmName} went to ALARM, its history has it, and the responder was told nothing. It decided nothing, and its log has no line of it.`;
}
