/** Others write, delete and are refused while a lab is taken down: what was made is always what is removed and what is left. */
import type { Context } from '../../../lib/commands/context';
import { planRemoval, removeLab, type Removed } from '../../../lib/commands/removal';
import type { DeployedStack } from '../../../lib/course/load';
import type { Deployer } from '../../../lib/target/deployer';
import type { Target } from '../../../lib/target/target';
import type { Found } from '../../../lib/teardown/kind';
import * as record from '../../../lib/teardown/record';
import * as plan from '../../../lib/teardown/plan';
import * as residue from '../../../lib/teardown/residue';
import * as sweeping from '../../../lib/teardown/sweep';
import type { FakeCloud } from './fake-cloud';
import { generator } from './random';
import { atWork, BUCKET, DATABASE, deployed, JOB_ROLE, OWNERSHIP, WORKGROUP } from './scenes';

const TEARDOWN = { ...record, ...sweeping, ...residue, ...plan };
const CONTEXT = { ui: { progress: () => undefined } } as unknown as Context;

/** Writes one thing or more with a name that nobody had before. @returns something that is there then, if it could */
type Writer = (cloud: FakeCloud, name: string) => unknown;

function object(folder: string): Writer {
  return (cloud, name) => cloud.buckets.get(BUCKET)?.versions.push(`${folder}${name}`);
}

const WRITERS: Readonly<Record<string, Writer>> = {
  capture: object('capture/production/AllTraffic/'),
  results: object('athena-results/'),
  upload: (cloud, name) => cloud.buckets.get(BUCKET)?.uploads.push(`raw/${name}`),
  table: (cloud, name) => cloud.databases.get(DATABASE)?.tables.add(name),
  ruleset: (cloud, name) => cloud.databases.has(DATABASE) && cloud.rulesets.set(name, { database: DATABASE }),
  query: (cloud, name) => cloud.workGroups.get(WORKGROUP)?.queries.set(name, 'RUNNING'),
  named: (cloud, name) => cloud.workGroups.get(WORKGROUP)?.named.add(name),
  // A run that goes on, and the job that it is of.
  job: (cloud, name) =>
    cloud.stack && cloud.jobs.set(name, { role: JOB_ROLE, script: 's3://x/y', runs: [{ id: name, state: 'RUNNING' }] }),
};

interface World {
  readonly cloud: FakeCloud;
  /** Everything that there was at first, and what was written since. */
  readonly first: readonly string[];
  readonly written: Set<string>;
  /** What went with the stack before anybody saw it. */
  readonly swallowed: Set<string>;
  requests: number;
  /** Writes since the last look began. */
  writes: number;
  /** The request with which the last look began, and the one at which somebody wrote last. */
  lastLook: number;
  lastWrite: number;
}

async function world(): Promise<World> {
  const cloud = await deployed();
  atWork(cloud);
  cloud.pageSize = 50;
  const beyond = await sweeping.inventory(cloud.run(), OWNERSHIP);
  const first = [...resourcesOf(cloud), ...identities(beyond)];
  return { cloud, first, written: new Set(), swallowed: new Set(), requests: 0, writes: 0, lastLook: 0, lastWrite: 0 };
}

/** Lets `act` happen before every request; an error that it returns is the request's answer. */
function beforeEach(world: World, act: (command: string, id: string) => Error | undefined): void {
  world.cloud.refuse = (command, id) => {
    world.requests += 1;
    if (command === 'DescribeStacks') [world.lastLook, world.writes] = [world.requests, 0];
    return act(command, id);
  };
}

/** Writes during one look. */
const MOST_WRITES = 12;

function write(world: World, writer: Writer): void {
  // A thing takes some requests to be removed: were it two more at each, nothing could keep up.
  if (world.writes >= MOST_WRITES) return;
  world.writes += 1;
  const name = `new-${world.requests}-${world.writes}.`;
  if (!writer(world.cloud, name)) return;
  world.written.add(name);
  world.lastWrite = world.requests;
}

/** As CloudFormation deletes the lab's stack; what came after the sweep and goes with a database or a workgroup, nobody saw. */
function deployer(world: World): Deployer {
  const { cloud, swallowed } = world;
  return {
    remove: async () => {
      const { versions, uploads } = cloud.buckets.get(BUCKET)!;
      if (versions.length + uploads.length > 0) throw new Error(`BucketNotEmpty: ${BUCKET}`);
      const { queries, named } = cloud.workGroups.get(WORKGROUP)!;
      for (const name of [...cloud.databases.get(DATABASE)!.tables, ...queries.keys(), ...named]) swallowed.add(name);
      for (const things of [cloud.buckets, cloud.databases, cloud.crawlers, cloud.workGroups, cloud.parameters])
        things.clear();
      cloud.jobs.delete(OWNERSHIP.jobs[0]!);
      cloud.rulesets.delete(OWNERSHIP.rulesets[0]!);
      cloud.groups.delete(OWNERSHIP.logGroups[0]!);
      cloud.roles.clear();
      cloud.stack = undefined;
    },
  } as unknown as Deployer;
}

async function down(world: World): Promise<Removed> {
  const { cloud } = world;
  const standing = cloud.stack && ({ id: cloud.stackId() } as DeployedStack);
  const removal = await planRemoval(cloud.run(), standing, TEARDOWN);
  // The record goes with its stack.
  if (!removal) return { swept: [], left: [], counts: { made: 0, removed: 0, left: 0 } };
  return removeLab(CONTEXT, {} as Target, deployer(world), removal, TEARDOWN);
}

/** One string for each thing behind the lines. */
const identities = (lines: readonly Found[]): string[] =>
  lines.flatMap(({ kind, id, members = [''] }) => members.map((member) => `${kind} ${id} ${member}`));

function resourcesOf(cloud: FakeCloud): string[] {
  const { resources = [] } = cloud.stack ?? {};
  return resources.map(({ type, id }) => `stack ${cloud.run().stackName} ${type} ${id}`);
}

/** Everything of ours that is there in truth. */
async function truth({ cloud }: World): Promise<string[]> {
  cloud.refuse = () => undefined;
  const beyond = identities(await sweeping.inventory(cloud.run(), OWNERSHIP));
  return [...beyond, ...resourcesOf(cloud)];
}

const SEEDS = Array.from({ length: 30 }, (_, seed) => seed + 1);

describe.each([
  ['which write for a while', { stops: true, thieves: false, trouble: false }],
  ['which write without end', { stops: false, thieves: false, trouble: false }],
  ['beside others who delete', { stops: true, thieves: true, trouble: false }],
  ['and throttled requests, and one that is refused', { stops: true, thieves: false, trouble: true }],
  ['all at once, without end', { stops: false, thieves: true, trouble: true }],
])('random writers %s', (_title, { stops, thieves, trouble }) => {
  test('every down ends, and accounts for all that there was', async () => {
    for (const seed of SEEDS) {
      const random = generator(seed);
      const all = await world();
      const writers = Object.values(WRITERS).filter(() => random() < 0.4);
      const rate = 0.1 + random() * 1.5;
      const until = stops ? 20 + random() * 300 : Number.POSITIVE_INFINITY;
      const deletes = ['DeleteObjects', 'DeleteTable', 'BatchStopJobRun', 'DeleteNamedQuery', 'StopQueryExecution'];
      const refused = trouble && random() < 0.5 ? deletes[Math.floor(random() * deletes.length)] : undefined;
      beforeEach(all, (command) => {
        for (let due = rate; writers.length > 0 && all.requests < until && due > random(); due -= 1)
          write(all, writers[Math.floor(random() * writers.length)]!);
        if (thieves && random() < 0.1) {
          const { versions = [] } = all.cloud.buckets.get(BUCKET) ?? {};
          versions.splice(Math.floor(random() * versions.length), 1);
          const [table] = all.cloud.databases.get(DATABASE)?.tables ?? [];
          all.cloud.databases.get(DATABASE)?.tables.delete(table ?? '');
        }
        if (command === refused) return Object.assign(new Error('no'), { name: 'AccessDeniedException' });
        if (trouble && random() < 0.03 && !/Stack|Parameter|Tags/.test(command))
          return Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
        return undefined;
      });
      const { counts, left, swept } = await down(all);
      const lines = identities(left.map(({ found }) => found));
      const removed = identities(swept);
      expect([seed, counts.made, counts.left]).toEqual([seed, counts.removed + counts.left, lines.length]);
      expect([seed, all.requests < 4000]).toEqual([seed, true]);
      if (refused === undefined && stops) expect([seed, lines, left]).toEqual([seed, [], []]);

      const there = await truth(all);
      // Only what came while the last look was on its way may have escaped it.
      const unseen = there.filter((thing) => !lines.includes(thing));
      if (unseen.length > 0) expect([seed, unseen, all.lastWrite > all.lastLook]).toEqual([seed, unseen, true]);
      if (thieves) continue;
      // What is told as left is there, what is told as removed is not, and all that was ever there is told.
      expect([seed, lines.filter((one) => !there.includes(one))]).toEqual([seed, []]);
      expect([seed, removed.filter((one) => there.includes(one))]).toEqual([seed, []]);
      const told = [
        ...lines,
        ...removed,
        ...(all.cloud.stack ? [] : all.first.filter((one) => one.startsWith('stack '))),
      ];
      expect([seed, all.first.filter((one) => !told.includes(one))]).toEqual([seed, []]);
      const silent = [...all.written].filter((name) => !all.swallowed.has(name));
      const known = [...told, ...unseen];
      expect([seed, silent.filter((name) => !known.some((one) => one.includes(name)))]).toEqual([seed, []]);
      expect([seed, counts.made]).toEqual([seed, new Set(told).size]);
    }
  });
});

describe('two fast writers', () => {
  test.each([
    ['capture', 'results', 'below capture/production/ (data capture of the endpoint production'],
    ['results', 'upload', 'below athena-results/ (queries of Athena)'],
    ['capture', 'query', 'somebody still adds to the running queries'],
  ])('%s and %s: down stops, says who still writes, and goes on once that has ended', async (one, other, who) => {
    const all = await world();
    let open = true;
    beforeEach(all, () => {
      if (open) for (const name of [one, other]) write(all, WRITERS[name]!);
      return undefined;
    });
    const first = await down(all);
    expect(first.left.map(({ error }) => error).join('\n')).toContain(who);
    expect(first.left.map(({ found }) => found.kind)).toContain('stack');
    expect(first.counts.made).toBe(first.counts.removed + first.counts.left);
    const [next] = first.left.flatMap((line) => line.next ?? []);
    expect(next).toContain(`aws s3api put-bucket-policy --bucket ${BUCKET} --policy '{"Version"`);
    expect(all.cloud.stack).toBeDefined();

    open = false;
    const second = await down(all);
    expect(second.left).toEqual([]);
    expect(second.counts.made).toBe(second.counts.removed);
    expect(all.cloud.stack).toBeUndefined();
  });

  test('a bucket that is written to between sweep and deletion is emptied once more, and deleted', async () => {
    const all = await world();
    let late = 2;
    const { cloud } = all;
    const stub = deployer(all);
    const standing = { id: cloud.stackId() } as DeployedStack;
    const removal = await planRemoval(cloud.run(), standing, TEARDOWN);
    const remove: Deployer['remove'] = (...given) => {
      if (late-- > 0) write(all, WRITERS.capture!);
      return stub.remove(...given);
    };
    const { counts, left, failure } = await removeLab(CONTEXT, {} as Target, { ...stub, remove }, removal!, TEARDOWN);
    expect([left, failure]).toEqual([[], undefined]);
    const made = all.first.length + all.written.size;
    expect(counts).toEqual({ made, removed: made, left: 0 });
  });

  test('a stack that cannot be deleted for another reason is not tried again, and its resources are left', async () => {
    const all = await world();
    let attempts = 0;
    const remove = (): Promise<void> => {
      attempts += 1;
      return Promise.reject(new Error('role'));
    };
    const standing = { id: all.cloud.stackId() } as DeployedStack;
    const removal = await planRemoval(all.cloud.run(), standing, TEARDOWN);
    const broken = { ...deployer(all), remove };
    const { counts, left, failure } = await removeLab(CONTEXT, {} as Target, broken, removal!, TEARDOWN);
    expect([attempts, (failure as Error).message]).toEqual([1, 'role']);
    expect(left.map(({ found, error }) => [found.kind, found.members?.length, error])).toEqual([
      ['stack', 9, 'CloudFormation could not delete it'],
    ]);
    expect(counts).toEqual({ made: all.first.length, removed: all.first.length - 9, left: 9 });
  });
});
