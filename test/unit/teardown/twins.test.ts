/** Many accounts with things that only look like ours: a sweep must not touch one of them, whatever the record claims. */
import { logPrefixOf } from '../../../lib/course/names';
import { readOwnership } from '../../../lib/teardown/record';
import { sweep } from '../../../lib/teardown/sweep';
import type { Ownership } from '../../../lib/teardown/ownership';
import type { FakeCloud, TagMap } from './fake-cloud';
import { ACCOUNT, OURS } from './fake-cloud';
import { generator } from './random';
import {
  atWork,
  BUCKET,
  CRAWLER,
  DATABASE,
  deployed,
  JOB,
  JOB_ROLE,
  OWNERSHIP,
  role,
  RULESET,
  WORKGROUP,
} from './scenes';

const TAGS: readonly TagMap[] = [
  {},
  { 'mla-labs:lab': 'data-prep', 'mla-labs:learner': 'ana' },
  { 'mla-labs:lab': 'training', 'mla-labs:learner': 'me' },
  { 'mla-labs:lab': 'data-prep' },
  { 'mla-labs:learner': 'me' },
  { 'MLA-LABS:LAB': 'data-prep', 'mla-labs:learner': 'me' },
  { 'mla-labs:lab': 'data-prep ', 'mla-labs:learner': 'me' },
];

/** A name like ours, and not ours. */
function twinOf(name: string, random: () => number): string {
  const ways = [
    () => `${name}2`,
    () => `${name}-ana`,
    () => `x${name}`,
    () => name.slice(0, -1),
    () => name.replace('me', 'mel'),
    () => name.replace('data', 'date'),
  ];
  const twin = ways[Math.floor(random() * ways.length)]!();
  return twin === name ? `${name}0` : twin;
}

interface Twins {
  readonly bucket: string;
  readonly role: string;
  readonly names: Partial<Ownership>;
}

/** Puts a twin of each thing into the account, used as its owner would. */
function addTwins(cloud: FakeCloud, random: () => number): Twins {
  const tags = (): TagMap => TAGS[Math.floor(random() * TAGS.length)]!;
  const bucket = twinOf(BUCKET, random);
  const roleName = twinOf('MlaLabs-DataPrep-TransformRole-1', random);
  const [database, crawler, job, ruleset, group] = [DATABASE, CRAWLER, JOB, RULESET, WORKGROUP].map((name) =>
    twinOf(name, random),
  ) as [string, string, string, string, string];
  // What lies below our prefix is ours: its twin lies beside that.
  const logs = `${twinOf(logPrefixOf('data-prep', 'me'), random)}/jobs/error`;
  cloud.roles.set(roleName, tags());
  cloud.buckets.set(bucket, {
    tags: random() < 0.5 ? undefined : tags(),
    versions: ['raw/a', 'raw/b!'],
    uploads: ['half'],
  });
  cloud.databases.set(database, { parameters: tags(), tables: new Set(['flights']) });
  cloud.crawlers.set(crawler, {
    role: role(roleName),
    targets: [`s3://${bucket}/raw/`],
    state: 'RUNNING',
    tags: tags(),
  });
  cloud.jobs.set(job, {
    role: role(roleName),
    script: `s3://${bucket}/x.py`,
    runs: [{ id: 'jr_twin', state: 'RUNNING' }],
    tags: tags(),
  });
  cloud.qualityRuns.set('dqrun-twin', { database, role: role(roleName), status: 'RUNNING' });
  cloud.rulesets.set(ruleset, { database, tags: tags() });
  cloud.workGroups.set(group, {
    tags: tags(),
    queries: new Map([['q-twin', 'RUNNING']]),
    named: new Set(['n-twin']),
    prepared: new Set(['p_twin']),
  });
  cloud.groups.set(logs, { tags: tags(), streams: new Set(['s']) });
  for (const shared of ['/aws-glue/crawlers', '/aws-glue/jobs/error', '/aws-glue/data-quality/output']) {
    cloud.groups.set(shared, { tags: {}, streams: new Set([crawler, 'jr_twin', 'dqrun-twin']) });
  }
  cloud.parameters.set('/mla-labs/ana/data-prep', { value: '{}', tags: tags() });
  return {
    bucket,
    role: roleName,
    names: {
      buckets: [bucket],
      roles: [role(roleName)],
      databases: [database],
      crawlers: [crawler],
      jobs: [job],
      rulesets: [ruleset],
      workGroups: [group],
      logGroups: [logs],
    },
  };
}

const SEEDS = Array.from({ length: 150 }, (_, seed) => seed + 1);

test.each(['standing', 'gone'])('no twin is touched, the stack being %s', async (stack) => {
  for (const seed of SEEDS) {
    const random = generator(seed);
    const cloud = await deployed();
    addTwins(cloud, random);
    const twins = cloud.inventory().filter((thing) => !ours.has(thing));
    atWorkBesideTwins(cloud);
    if (stack === 'gone') cloud.stack = undefined;
    await sweep(cloud.run(), (await readOwnership(cloud.run()))!);
    const after = new Set(cloud.inventory());
    expect([seed, twins.filter((thing) => !after.has(thing))]).toEqual([seed, []]);
  }
});

test.each(['standing', 'gone'])(
  'no twin is touched although the record claims all of them, the stack being %s',
  async (stack) => {
    for (const seed of SEEDS) {
      const random = generator(seed);
      const cloud = await deployed();
      const twins = addTwins(cloud, random);
      const before = cloud.inventory().filter((thing) => !ours.has(thing));
      if (stack === 'gone') cloud.stack = undefined;
      const claims = Object.fromEntries(
        Object.entries(twins.names).map(([list, names]) => [
          list,
          [...(OWNERSHIP[list as 'buckets'] ?? []), ...(names as string[])],
        ]),
      );
      await sweep(cloud.run(), { ...OWNERSHIP, ...claims });
      const after = new Set(cloud.inventory());
      expect([seed, before.filter((thing) => !after.has(thing))]).toEqual([seed, []]);
    }
  },
);

test('another learner’s lab of the same account survives ours', async () => {
  const cloud = await deployed();
  const ana: TagMap = { 'mla-labs:lab': 'data-prep', 'mla-labs:learner': 'ana' };
  cloud.buckets.set('mlalabs-dataprep-ana-databucket-x', { tags: ana, versions: ['raw/a'], uploads: [] });
  cloud.jobs.set('mla-labs-data-prep-ana--transform', {
    role: role('MlaLabs-DataPrep-ana-TransformRole-1'),
    script: 's3://x/y',
    runs: [{ id: 'jr_a', state: 'RUNNING' }],
    tags: ana,
  });
  cloud.groups.set('/mla-labs/data-prep/ana/jobs/error', { tags: ana, streams: new Set() });
  const before = cloud.inventory().filter((thing) => thing.includes('ana'));
  atWork(cloud);
  await sweep(cloud.run(), OWNERSHIP);
  expect(cloud.inventory().filter((thing) => thing.includes('ana'))).toEqual(before);
});

test('a job of a role with our role’s name in another account is not ours', async () => {
  const cloud = await deployed();
  cloud.jobs.set('foreign', { role: JOB_ROLE.replace(ACCOUNT, '999999999999'), script: 's3://x/y', runs: [] });
  await sweep(cloud.run(), OWNERSHIP);
  expect(cloud.jobs.has('foreign')).toBe(true);
});

const ours = new Set<string>();
beforeAll(async () => {
  for (const thing of (await deployed()).inventory()) ours.add(thing);
});

/** A learner at work whose own things share no log group with the twins. */
function atWorkBesideTwins(cloud: FakeCloud): void {
  cloud.buckets.get(BUCKET)!.versions = ['raw/a', 'raw/b!'];
  cloud.databases.get(DATABASE)!.tables.add('flights');
  cloud.jobs.get(JOB)!.runs.push({ id: 'jr_t', state: 'RUNNING' });
  cloud.jobs.set('my own job', { role: JOB_ROLE, script: 's3://elsewhere/x.py', runs: [] });
  cloud.groups.set('my logs', { tags: OURS, streams: new Set() });
}
