/** What lab 4 leaves: schedules of both sorts, definitions, executions, queues and topics. */
import { inventory, sweep } from '../../../lib/teardown/sweep';
import { MONITOR_ENDPOINT, monitored, MONITORING_OWNERSHIP } from './release-scenes';

test('all that is ours goes, the neighbours’ and CloudFormation’s own stay', async () => {
  const cloud = monitored();
  expect((await sweep(cloud.run(), MONITORING_OWNERSHIP)).left).toEqual([]);
  expect(cloud.things().filter((thing) => !/^(bucket|role) /.test(thing))).toEqual([
    'config theirs',
    'definition theirs',
    'endpoint theirs',
    'model theirs',
    'monitor theirs',
    'processing theirs',
    'queue mla-labs-monitoring-me-dead',
    'queue theirs',
    'rule theirs',
    'schedule mla-labs-monitoring-me',
    'schedule mla-labs-monitoring-me-2',
    'topic mla-labs-monitoring-me',
    'topic theirs',
  ]);
  expect(await inventory(cloud.run(), MONITORING_OWNERSHIP)).toEqual([]);
});

test('a pending schedule is waited for, its execution is stopped, and it goes before definition and endpoint', async () => {
  const cloud = monitored();
  await sweep(cloud.run(), MONITORING_OWNERSHIP);
  const at = (change: string): number => cloud.changes.indexOf(change);
  expect(at('StopProcessingJob model-monitoring-1')).toBeLessThan(at('DeleteMonitoringSchedule running'));
  expect(at('DeleteMonitoringSchedule running')).toBeLessThan(at('DeleteDataQualityJobDefinition d'));
  expect(at('DeleteMonitoringSchedule pending')).toBeLessThan(at('DeleteDataQualityJobDefinition d'));
  expect(at('DeleteMonitoringSchedule pending')).toBeLessThan(at(`DeleteEndpoint ${MONITOR_ENDPOINT}`));
  expect(cloud.slept).toBeGreaterThan(2);
});

test('a schedule that stays pending keeps its endpoint, and both are named with the reason', async () => {
  const cloud = monitored();
  cloud.monitors.get('pending')!.busyFor = 1_000_000;
  const { left } = await sweep(cloud.run(), MONITORING_OWNERSHIP, { deadline: new Date(cloud.time + 30_000) });
  const why = Object.fromEntries(left.map(({ found, error }) => [`${found.kind} ${found.id}`, error]));
  expect(why['sagemaker:monitoring-schedule pending']).toContain('to come to rest');
  expect(why[`sagemaker:endpoint ${MONITOR_ENDPOINT}`]).toBe('it waits for sagemaker:monitoring-schedule to be gone');
});

test.each([
  'This operation is in maintenance mode and is not available to new customers.',
  'Amazon SageMaker Model Monitor can no longer be used by this account.',
])('an account to which Model Monitor is closed (%s) has no schedules, and the rest goes', async (words) => {
  const cloud = monitored();
  cloud.monitors.clear();
  cloud.definitions.clear();
  cloud.closed = words;
  expect((await sweep(cloud.run(), MONITORING_OWNERSHIP)).left).toEqual([]);
  expect([...cloud.endpoints.keys()]).toEqual(['theirs']);
});

test('when the stack is gone, its schedule, queue, topic and endpoint go by role and tags', async () => {
  const cloud = monitored();
  cloud.stack = undefined;
  expect((await sweep(cloud.run(), MONITORING_OWNERSHIP)).left).toEqual([]);
  expect([...cloud.schedules.keys()]).toEqual(['mla-labs-monitoring-me-2']);
  expect([...cloud.queues.keys()]).toEqual(['theirs']);
  expect([...cloud.topics.keys()]).toEqual(['theirs']);
  expect([...cloud.roles.keys()]).toEqual([]);
});
