import { DeleteScheduleGroupCommand } from '@aws-sdk/client-scheduler';
import { arnsOf, onlyTagged, SEARCH_BY_TAG } from '../../arns';
import { isOfStack, taggedNames } from '../../ownership-proof';
import type { Found, Kind } from '../../kind';

/** A group of schedules with our tags that no stack deletes. */
export const schedulerScheduleGroup: Kind = {
  id: 'scheduler:schedule-group',
  title: 'groups of EventBridge schedules',
  after: [{ kind: 'scheduler:schedule', why: 'its group proves that a schedule is ours' }],
  async list(scope) {
    const found: Found[] = [];
    for (const id of await taggedNames(scope, 'scheduler', 'schedule-group/')) {
      if (await isOfStack(scope, 'AWS::Scheduler::ScheduleGroup', id)) continue;
      found.push({ kind: 'scheduler:schedule-group', id, because: 'with our tags' });
    }
    return found;
  },
  async remove(found, scope) {
    await scope.run.clients.scheduler.send(new DeleteScheduleGroupCommand({ Name: found.id }));
  },
  permissions: [
    SEARCH_BY_TAG,
    {
      actions: ['scheduler:DeleteScheduleGroup'],
      resources: (place) => arnsOf(place, 'scheduler', 'schedule-group/*'),
      reason: 'a learner may name a group freely; the condition lets only those with our tags go',
      conditions: onlyTagged,
    },
  ],
};
