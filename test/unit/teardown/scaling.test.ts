/** An endpoint that somebody let scale: SageMaker deletes none for a caller who may not deregister its targets. */
import { sweep } from '../../../lib/teardown/sweep';
import { released, inTheConsole, neighbours, OWNERSHIP, PRODUCTION, STAGING } from './release-scenes';
import { monitored, MONITOR_ENDPOINT, MONITORING_OWNERSHIP } from './release-scenes';

const variant = (endpoint: string, name = 'AllTraffic'): string => `endpoint/${endpoint}/variant/${name}`;

test.each([
  ['lab 3', () => released(), OWNERSHIP, [PRODUCTION, STAGING, 'my-endpoint']],
  ['lab 4', () => monitored(), MONITORING_OWNERSHIP, [MONITOR_ENDPOINT]],
] as const)(
  '%s: its targets go before its endpoints, the neighbours’ stay',
  async (_lab, make, ownership, endpoints) => {
    const cloud = make();
    if (cloud.lab === 'deployment') {
      neighbours(cloud);
      inTheConsole(cloud);
    }
    for (const name of endpoints) cloud.scaling.add(variant(name));
    const [first] = endpoints;
    cloud.scaling
      .add(variant(first, 'Canary'))
      .add(variant(`${first}-2`))
      .add(variant('theirs'));
    const { left, removed } = await sweep(cloud.run(), ownership);
    expect(left).toEqual([]);
    expect([...cloud.scaling]).toEqual([variant(`${first}-2`), variant('theirs')]);
    expect(removed.filter(({ kind }) => kind === 'autoscaling:scalable-target')).toHaveLength(endpoints.length + 1);
    const at = (start: string): number => cloud.changes.findIndex((change) => change.startsWith(start));
    const gone = Math.max(at('DeleteStack'), at('DeleteEndpoint '));
    for (const name of endpoints)
      expect([name, at(`DeregisterScalableTarget ${variant(name)}`) < gone]).toEqual([name, true]);
  },
);

test('a target whose endpoint is gone goes by the record', async () => {
  const cloud = released();
  cloud.stacks.clear();
  cloud.endpoints.clear();
  cloud.scaling.add(variant(PRODUCTION));
  await sweep(cloud.run(), OWNERSHIP);
  expect(cloud.scaling.size).toBe(0);
});

test('where it may not be deregistered, target and endpoint are left, each with the reason, and it blocks', async () => {
  const cloud = monitored();
  cloud.scaling.add(variant(MONITOR_ENDPOINT));
  cloud.mayScale = false;
  const { left } = await sweep(cloud.run(), MONITORING_OWNERSHIP);
  const why = Object.fromEntries(left.map(({ found, error, blocks }) => [found.kind, [error, blocks !== undefined]]));
  expect(why['autoscaling:scalable-target']).toEqual(['AccessDeniedException: AccessDeniedException', false]);
  expect(why['sagemaker:endpoint']).toEqual(['it waits for autoscaling:scalable-target to be gone', true]);
});

test('whoever may not look at targets deletes endpoints all the same', async () => {
  const cloud = monitored();
  cloud.refuse = (command) =>
    command === 'DescribeScalableTargets'
      ? Object.assign(new Error('no'), { name: 'AccessDeniedException' })
      : undefined;
  expect((await sweep(cloud.run(), MONITORING_OWNERSHIP)).left).toEqual([]);
  expect([...cloud.endpoints.keys()]).toEqual(['theirs']);
});
