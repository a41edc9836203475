/** Labs that another version of this project made: their records are read, and what they prove goes. */
import type { Context } from '../../../lib/commands/context';
import { realDeps } from '../../../lib/commands/deps';
import { planRemoval, type Removed, removeLab } from '../../../lib/commands/removal';
import type { Deployer } from '../../../lib/target/deployer';
import type { Target } from '../../../lib/target/target';
import { extended } from '../../../lib/teardown/lease';
import { formatOwnership, NotOurs, parseOwnership, RECORD_VERSION } from '../../../lib/teardown/ownership';
import { readRecord, writeRecord } from '../../../lib/teardown/record';
import { ACCOUNT, type FakeCloud, OURS, REGION } from './fake-cloud';
import { atWork, BUCKET, deployed, OWNERSHIP } from './scenes';

const RECORD = '/mla-labs/me/data-prep';

/** As the lease of version 0.2.0 wrote it, which knew no versions. */
const OF_0_2_0 =
  `{"lab":"data-prep","learner":"me","account":"${ACCOUNT}","region":"${REGION}","stackName":"MlaLabs-DataPrep",` +
  `"leaseHours":8,"buckets":["mlalabs-dataprep-databucket-abc"],` +
  `"roles":["arn:aws:iam::${ACCOUNT}:role/MlaLabs-DataPrep-TransformRole-1"],` +
  `"databases":["mla_labs_data_prep_me"],"workGroups":["mla-labs-data-prep-me"],"crawlers":["mla-labs-data-prep-me"],` +
  `"jobs":["mla-labs-data-prep-me--transform"],"rulesets":["mla-labs-data-prep-me--prepared"],` +
  `"namedQueries":["stack-query"],"logGroups":["/mla-labs/data-prep/me/jobs/error"],` +
  `"stackId":"arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/MlaLabs-DataPrep/0123"}`;

/** As a version to come may write it: with a list, and a setting, that nobody knows yet. */
const TO_COME = JSON.stringify({
  ...(JSON.parse(OF_0_2_0) as object),
  version: RECORD_VERSION + 1,
  notebooks: ['mla-labs-data-prep-me--notebook'],
  plan: { warn: true },
});

/** A lab whose stack is gone, and of which the rest stands. */
async function abandoned(record: string): Promise<FakeCloud> {
  const cloud = await deployed();
  atWork(cloud);
  cloud.stack = undefined;
  // What its stack made was deleted with it, but for what somebody retained.
  cloud.roles.clear();
  cloud.parameters.set(RECORD, { value: record, tags: OURS });
  return cloud;
}

/** What `down` does, on the fake account. */
async function down(cloud: FakeCloud): Promise<Removed> {
  const run = cloud.run();
  const teardown = await realDeps().teardown();
  const removal = await planRemoval(run, undefined, teardown);
  const context = { ui: { progress: () => undefined } } as unknown as Context;
  return removeLab(context, {} as Target, {} as Deployer, removal!, teardown);
}

test('a record without a version is read', () => {
  expect(parseOwnership(OF_0_2_0, OWNERSHIP)).toMatchObject({ buckets: [BUCKET], leaseHours: 8 });
  expect(parseOwnership(OF_0_2_0, OWNERSHIP).newer).toBeUndefined();
});

test('a record says the version of its format', () => {
  expect(JSON.parse(formatOwnership(OWNERSHIP))).toMatchObject({ version: RECORD_VERSION });
});

test.each([-1, 1.5, '2', null])('a record of the version %j proves nothing', (version) => {
  const text = JSON.stringify({ ...(JSON.parse(OF_0_2_0) as object), version });
  expect(() => parseOwnership(text, OWNERSHIP)).toThrow(NotOurs);
});

test('a lab of 0.2.0 whose stack is gone is taken down by its record, and the record goes last', async () => {
  const cloud = await abandoned(OF_0_2_0);
  const { left, swept } = await down(cloud);
  expect(left).toEqual([]);
  expect(swept.length).toBeGreaterThan(15);
  expect(cloud.buckets.size).toBe(0);
  expect(cloud.databases.size).toBe(0);
  expect(cloud.changes.at(-1)).toBe(`DeleteParameter ${RECORD}`);
});

describe('a record of a newer version', () => {
  test('is read for what is known, and written without losing what is not', async () => {
    const cloud = await abandoned(TO_COME);
    const before = (await readRecord(cloud.run()))!;
    expect(before).toMatchObject({ buckets: [BUCKET], newer: { version: RECORD_VERSION + 1 } });
    await writeRecord(cloud.run(), extended(before, cloud.clock.now(), 4, cloud.clock.now()));
    expect(JSON.parse(cloud.parameters.get(RECORD)!.value)).toEqual({
      ...(JSON.parse(TO_COME) as object),
      extendedUntil: '2026-11-01T12:00:00.000Z',
    });
  });

  test('stays as the proof of what this version does not know, which says so and names the next command', async () => {
    const cloud = await abandoned(TO_COME);
    const { left, counts } = await down(cloud);
    expect(cloud.buckets.size).toBe(0);
    expect(left).toMatchObject([
      { found: { kind: 'ssm:record', id: RECORD }, error: expect.stringContaining('newer version'), next: 'git pull' },
    ]);
    expect(counts.made).toBe(counts.removed + counts.left);
    expect(cloud.parameters.get(RECORD)!.value).toBe(TO_COME);
  });

  test('goes where it holds nothing that is not known', async () => {
    const cloud = await abandoned(JSON.stringify({ ...(JSON.parse(OF_0_2_0) as object), version: RECORD_VERSION + 1 }));
    expect((await down(cloud)).left).toEqual([]);
    expect(cloud.parameters.size).toBe(0);
  });

  test('that claims what is not ours proves as little as any', async () => {
    const cloud = await abandoned(JSON.stringify({ ...(JSON.parse(TO_COME) as object), learner: 'ana' }));
    expect(await readRecord(cloud.run())).toBeUndefined();
  });
});
