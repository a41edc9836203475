import { DeleteScheduleCommand, GetScheduleCommand, ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import { arnsOf, SEARCH_BY_TAG } from '../../arns';
import { isTheStacks, taggedNames, usesOurRole } from '../../ownership-proof';
import { orUndefined } from '../../errors';
import type { Found, Kind } from '../../kind';
import { listAll } from '../../pages';

/** A schedule of EventBridge Scheduler. It takes no tags: it is ours by the role that it acts as, or by its group's tags. */
export const schedulerSchedule: Kind = {
  id: 'scheduler:schedule',
  title: 'EventBridge schedules',
  after: [],
  blocks: 'it starts jobs, which are billed',
  async list(scope) {
    const { scheduler } = scope.run.clients;
    const groups = await taggedNames(scope, 'scheduler', 'schedule-group/');
    const all = await listAll(async (NextToken) => {
      const page = await scheduler.send(new ListSchedulesCommand({ NextToken }));
      return { items: page.Schedules, next: page.NextToken };
    });
    const found: Found[] = [];
    for (const { Name = '', GroupName = 'default' } of all) {
      if (await isTheStacks(scope, 'schedules', Name)) continue;
      const role = (await orUndefined(scheduler.send(new GetScheduleCommand({ Name, GroupName }))))?.Target?.RoleArn;
      const because = (await usesOurRole(scope, role))
        ? `it acts as our role ${role}`
        : groups.includes(GroupName)
          ? `in our group ${GroupName}`
          : undefined;
      if (because) found.push({ kind: 'scheduler:schedule', id: `${GroupName}/${Name}`, because });
    }
    return found;
  },
  async remove(found, scope) {
    const [GroupName, Name] = found.id.split('/');
    await scope.run.clients.scheduler.send(new DeleteScheduleCommand({ GroupName, Name }));
  },
  permissions: [
    SEARCH_BY_TAG,
    {
      actions: ['scheduler:ListSchedules'],
      resources: () => ['*'],
      reason: 'Scheduler lists all schedules or none',
    },
    {
      actions: ['scheduler:GetSchedule', 'scheduler:DeleteSchedule'],
      resources: (place) => arnsOf(place, 'scheduler', 'schedule/*'),
      reason: 'schedules carry no tags; the code takes only those that act as our role or are in our group',
    },
  ],
};
