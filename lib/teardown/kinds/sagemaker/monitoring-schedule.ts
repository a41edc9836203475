import {
  DeleteMonitoringScheduleCommand,
  DescribeMonitoringScheduleCommand,
  StopMonitoringScheduleCommand,
  type DescribeMonitoringScheduleResponse,
} from '@aws-sdk/client-sagemaker';
import { SEARCH_BY_TAG } from '../../arns';
import { orUndefined } from '../../errors';
import type { Found, Kind, Scope } from '../../kind';
import { untilGone } from '../../wait';
import { goesWithStack } from '../cloudformation/ours';
import { ourMonitoringSchedules } from './monitoring';
import { sagemakerArns } from './ours';
import { stopProcessing } from './stop-job';

/** A schedule of Model Monitor: it starts a processing job every hour. */
export const sagemakerMonitoringSchedule: Kind = {
  id: 'sagemaker:monitoring-schedule',
  title: 'monitoring schedules',
  after: [],
  blocks: 'it starts jobs, which are billed, and keeps its endpoint from being deleted',
  async list(scope) {
    const found: Found[] = [];
    for (const { name, because } of await ourMonitoringSchedules(scope)) {
      if (await goesWithStack(scope, 'AWS::SageMaker::MonitoringSchedule', name)) continue;
      found.push({ kind: 'sagemaker:monitoring-schedule', id: name, because });
    }
    return found;
  },
  async remove(found, scope) {
    const { sagemaker } = scope.run.clients;
    const MonitoringScheduleName = found.id;
    // SageMaker refuses both requests while a change of the schedule is pending.
    if ((await settled(scope, found.id)) === undefined) return;
    if ((await describe(scope, found.id))?.MonitoringScheduleStatus === 'Scheduled') {
      await sagemaker.send(new StopMonitoringScheduleCommand({ MonitoringScheduleName }));
    }
    const schedule = await settled(scope, found.id);
    if (schedule === undefined) return;
    await stopExecution(scope, schedule);
    await sagemaker.send(new DeleteMonitoringScheduleCommand({ MonitoringScheduleName }));
    await untilGone(
      scope,
      `the monitoring schedule ${found.id} to be deleted`,
      async () => (await describe(scope, found.id)) === undefined,
    );
  },
  permissions: [
    SEARCH_BY_TAG,
    {
      actions: ['sagemaker:ListMonitoringSchedules', 'sagemaker:ListDataQualityJobDefinitions'],
      resources: () => ['*'],
      reason:
        'SageMaker lists all schedules or none: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html',
    },
    {
      actions: [
        'sagemaker:DescribeMonitoringSchedule',
        'sagemaker:StopMonitoringSchedule',
        'sagemaker:DeleteMonitoringSchedule',
      ],
      resources: (place) => sagemakerArns(place, 'monitoring-schedule/*'),
      reason: 'a schedule is found by its endpoint and role, and may have any name and no tag; the code asks first',
    },
    {
      actions: ['sagemaker:DescribeDataQualityJobDefinition', 'sagemaker:DeleteDataQualityJobDefinition'],
      resources: (place) => sagemakerArns(place, 'data-quality-job-definition/*'),
      reason: 'a definition is found by its endpoint and role, and may have any name and no tag; the code asks first',
    },
    {
      actions: ['sagemaker:StopProcessingJob', 'sagemaker:DescribeProcessingJob'],
      resources: (place) => sagemakerArns(place, 'processing-job/*'),
      reason: 'Model Monitor names the jobs of a schedule, `model-monitoring-` and a time',
    },
  ],
};

async function describe({ run }: Scope, name: string): Promise<DescribeMonitoringScheduleResponse | undefined> {
  return orUndefined(
    run.clients.sagemaker.send(new DescribeMonitoringScheduleCommand({ MonitoringScheduleName: name })),
  );
}

/** Waits until no change of the schedule is pending. @returns undefined when it is gone */
async function settled(scope: Scope, name: string): Promise<DescribeMonitoringScheduleResponse | undefined> {
  let schedule: DescribeMonitoringScheduleResponse | undefined;
  await untilGone(scope, `the monitoring schedule ${name} to come to rest`, async () => {
    schedule = await describe(scope, name);
    return schedule?.MonitoringScheduleStatus !== 'Pending';
  });
  return schedule;
}

/** Stops the job of an execution that goes on: SageMaker keeps the schedule as long. */
async function stopExecution(scope: Scope, schedule: DescribeMonitoringScheduleResponse): Promise<void> {
  const job = schedule.LastMonitoringExecutionSummary?.ProcessingJobArn?.split('/').at(-1);
  if (job !== undefined) await stopProcessing(scope, job);
}
