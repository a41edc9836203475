import { formatOwnership, NotOurs, parseOwnership, RECORD_LIMIT, withNames } from '../../../lib/teardown/ownership';
import { extended, leaseEnd } from '../../../lib/teardown/lease';
import { readOwnership, readRecord, removeRecord, writeRecord } from '../../../lib/teardown/record';
import { ACCOUNT, FakeCloud, OURS } from './fake-cloud';
import { BUCKET, deployed, JOB_ROLE, OWNERSHIP } from './scenes';

const RECORD = '/mla-labs/me/data-prep';
const text = (changes: object = {}): string => JSON.stringify({ ...OWNERSHIP, ...changes });

describe('a record', () => {
  test('is read as it was written', () => {
    expect(parseOwnership(formatOwnership(OWNERSHIP), OWNERSHIP)).toEqual(OWNERSHIP);
  });

  test.each<[string, string]>([
    ['of another account', text({ account: '999999999999' })],
    ['of another Region', text({ region: 'us-east-1' })],
    ['of another stack', text({ stackName: 'MlaLabs-DataPrep-ana' })],
    ['of another learner', text({ learner: 'ana' })],
    ['of another lab', text({ lab: 'training' })],
    [
      'with a stack id of another stack',
      text({ stackId: `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/MlaLabs-DataPrep-ana/1` }),
    ],
    ['with a role of another account', text({ roles: [JOB_ROLE.replace(ACCOUNT, '999999999999')] })],
    ['with a role that is a pattern', text({ roles: [`arn:aws:iam::${ACCOUNT}:role/*`] })],
    ['with a bucket that is a path', text({ buckets: ['a/b'] })],
    ['with a pattern for a job', text({ jobs: ['*'] })],
    ['with the workgroup of everybody', text({ workGroups: ['primary'] })],
    ['with a log group of AWS', text({ logGroups: ['/aws-glue/crawlers'] })],
    ['with the lab’s own stack among its stacks', text({ stacks: ['MlaLabs-DataPrep'] })],
    ['with a queue of another account', text({ queues: ['https://sqs.eu-west-1.amazonaws.com/999999999999/q'] })],
    ['with a pattern for an endpoint', text({ endpoints: ['mla-*'] })],
    ['with a pattern for an alarm', text({ alarms: ['*'] })],
    ['with a list that is none', text({ buckets: 'all' })],
    ['with a name that is none', text({ crawlers: [{ toString: 'x' }] })],
    ['with hours that are none', text({ leaseHours: '8' })],
    ['with an extension that is no time', text({ extendedUntil: 'forever' })],
    ['that is no object', '[]'],
    ['that is null', 'null'],
    ['that is cut off', text().slice(0, -5)],
    ['that is too long', text({ jobs: ['x'.repeat(RECORD_LIMIT)] })],
  ])('%s proves nothing', (_what, value) => {
    expect(() => parseOwnership(value, OWNERSHIP)).toThrow(NotOurs);
  });

  test('holds the newest names when it is full, and stays readable', () => {
    let ownership = OWNERSHIP;
    for (let life = 0; life < 80; life += 1)
      ownership = withNames(ownership, { roles: [`${JOB_ROLE}-${'x'.repeat(40)}-${life}`] });
    const written = formatOwnership(ownership);
    expect(Buffer.byteLength(written)).toBeLessThanOrEqual(RECORD_LIMIT);
    expect(parseOwnership(written, OWNERSHIP).roles[0]).toMatch(/-79$/);
    expect(parseOwnership(written, OWNERSHIP).buckets).toEqual([BUCKET]);
  });
});

test('a record of the lab with the most names is full by no name, and read as it was written', () => {
  const names = (what: string, count: number): string[] =>
    Array.from({ length: count }, (_, at) => `mla-labs-deployment-a-learner-of-16-${what}-${at}`);
  const learner = 'a-learner-of-16c';
  const identity = { ...OWNERSHIP, lab: 'deployment' as const, learner, stackName: `MlaLabs-Deployment-${learner}` };
  const full = {
    ...identity,
    stackId: `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/MlaLabs-Deployment-${learner}/${'0'.repeat(36)}`,
    databases: [],
    workGroups: [],
    crawlers: [],
    jobs: [],
    rulesets: [],
    namedQueries: [],
    buckets: [
      'mlalabs-deployment-a-learner-of-16c-databucket-abcdefghijkl',
      'mlalabs-deployment-a-learner-of-16c-sourcebucket-abcdefghijkl',
    ],
    roles: Array.from(
      { length: 13 },
      (_, at) => `arn:aws:iam::${ACCOUNT}:role/MlaLabs-Deployment-a-learner-of-SomeLongRole-${at}abcdefghijkl`,
    ),
    logGroups: Array.from({ length: 8 }, (_, at) => `/mla-labs/deployment/${learner}/function-${at}`),
    modelPackageGroups: names('group', 1),
    stacks: names('stack', 2),
    endpoints: names('endpoint', 2),
    pipelines: names('pipeline', 1),
    buildProjects: names('project', 1),
    alarms: names('alarm', 4),
    schedules: [],
    queues: [`https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/mla-labs-deployment-dead`],
  };
  const text = formatOwnership(full);
  expect(parseOwnership(text, identity)).toEqual(full);
  expect(Buffer.byteLength(text)).toBeLessThan(RECORD_LIMIT - 500);
});

describe('the record in the account', () => {
  test('is made with our tags, and changed without losing them', async () => {
    const cloud = new FakeCloud();
    await writeRecord(cloud.run(), OWNERSHIP);
    await writeRecord(cloud.run(), { ...OWNERSHIP, leaseHours: 9 });
    expect(cloud.parameters.get(RECORD)?.tags).toEqual(OURS);
    expect((await readRecord(cloud.run()))?.leaseHours).toBe(9);
  });

  test.each<[string, Record<string, string>]>([
    ['without tags', {}],
    ['with another learner’s tags', { ...OURS, 'mla-labs:learner': 'ana' }],
  ])('%s is somebody’s: it is not believed, not overwritten, not removed', async (_what, tags) => {
    const cloud = new FakeCloud();
    cloud.parameters.set(RECORD, { value: text(), tags });
    expect(await readRecord(cloud.run())).toBeUndefined();
    await expect(writeRecord(cloud.run(), OWNERSHIP)).rejects.toThrow(NotOurs);
    await removeRecord(cloud.run());
    expect(cloud.parameters.get(RECORD)?.value).toBe(text());
  });

  test('is made up from the stack’s own resources when there is none', async () => {
    const cloud = await deployed();
    cloud.parameters.clear();
    const ownership = await readOwnership(cloud.run());
    expect(ownership).toMatchObject({ buckets: [BUCKET], roles: [JOB_ROLE], stackId: cloud.stackId() });
  });

  test('is nothing when there is neither record nor stack', async () => {
    expect(await readOwnership(new FakeCloud().run())).toBeUndefined();
  });

  test('is an error and not "nothing" when the account cannot be asked', async () => {
    const cloud = await deployed();
    cloud.refuse = (command) =>
      command === 'GetParameter' ? Object.assign(new Error('denied'), { name: 'AccessDeniedException' }) : undefined;
    await expect(readOwnership(cloud.run())).rejects.toThrow('denied');
  });
});

describe('the lease', () => {
  const created = new Date('2026-11-01T00:00:00Z');

  test('ends its hours after the creation', () => {
    expect(leaseEnd(created, { leaseHours: 8 }).toISOString()).toBe('2026-11-01T08:00:00.000Z');
  });

  test('is extended from its end, or from now when it was over', () => {
    const once = extended(OWNERSHIP, created, 4, new Date('2026-11-01T01:00:00Z'));
    expect(leaseEnd(created, once).toISOString()).toBe('2026-11-01T12:00:00.000Z');
    const late = extended(OWNERSHIP, created, 4, new Date('2026-11-02T00:00:00Z'));
    expect(leaseEnd(created, late).toISOString()).toBe('2026-11-02T04:00:00.000Z');
  });

  test('is never shortened by an extension of the past', () => {
    expect(leaseEnd(created, { leaseHours: 8, extendedUntil: '2020-01-01T00:00:00Z' }).toISOString()).toBe(
      '2026-11-01T08:00:00.000Z',
    );
  });

  test('ends after 30 days whatever a record says', () => {
    expect(leaseEnd(created, { leaseHours: 8, extendedUntil: '2099-01-01T00:00:00Z' }).toISOString()).toBe(
      '2026-12-01T00:00:00.000Z',
    );
  });

  test.each([0, -1, 1.5, 169, Number.NaN])('is not extended by %p hours', (hours) => {
    expect(() => extended(OWNERSHIP, created, hours, created)).toThrow(RangeError);
  });

  test('is not extended beyond 30 days', () => {
    const long = { ...OWNERSHIP, extendedUntil: '2026-11-30T20:00:00Z' };
    expect(() => extended(long, created, 8, new Date('2026-11-29T00:00:00Z'))).toThrow('30 days');
  });
});
