/** The schedule that starts an analysis each hour: shown and judged, never awaited. */
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { DescribeMonitoringScheduleCommand } from '@aws-sdk/client-sagemaker';
import { orUndefined } from '../../../lib/aws/not-found';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { namesOf } from '../names';
import type { LabResources } from '../resources';

export interface ScheduleVerdict {
  readonly ok: boolean;
  readonly said: string;
  readonly next: string;
}

export async function scheduleVerdict(run: LabRun, resources: LabResources): Promise<ScheduleVerdict> {
  return resources.schedule === undefined ? managed(run) : open(run, resources, resources.schedule);
}

async function open(run: LabRun, resources: LabResources, name: string): Promise<ScheduleVerdict> {
  const found = await orUndefined(run.clients.scheduler.send(new GetScheduleCommand({ Name: name })));
  if (found === undefined) {
    return {
      ok: false,
      said: `There is no schedule ${name}: nobody looks while you sleep.`,
      next: labCommand(run, 'up'),
    };
  }
  if (found.State !== 'ENABLED' || !found.Target?.Input?.includes(resources.endpoint)) {
    const next = `aws scheduler get-schedule --name ${name}; ${labCommand(run, 'up')} puts it back`;
    return { ok: false, said: `The schedule ${name} is ${found.State}, or starts something else.`, next };
  }
  return { ok: true, said: `The schedule ${name} does the same, ${found.ScheduleExpression}.`, next: '' };
}

async function managed(run: LabRun): Promise<ScheduleVerdict> {
  const name = namesOf(run.learner).schedule;
  const found = await orUndefined(
    run.clients.sagemaker.send(new DescribeMonitoringScheduleCommand({ MonitoringScheduleName: name })),
  );
  const expression = found?.MonitoringScheduleConfig?.ScheduleConfig?.ScheduleExpression;
  return expression?.startsWith('cron(') && found?.MonitoringScheduleStatus !== 'Failed'
    ? { ok: true, said: `The monitoring schedule ${name} does the same, ${expression}.`, next: '' }
    : {
        ok: false,
        said: `The monitoring schedule ${name} ${found ? `is ${found.MonitoringScheduleStatus}, ${expression}` : 'does not exist'}: nobody looks while you sleep.`,
        next: labCommand(run, 'step', 'analyze'),
      };
}

/** Tells of the schedule. */
export async function showSchedule(run: LabRun, resources: LabResources): Promise<void> {
  run.progress((await scheduleVerdict(run, resources)).said);
}
