import { planOf } from '../../../lib/teardown/plan';
import { inventory } from '../../../lib/teardown/sweep';
import { atWork, deployed, OWNERSHIP } from '../teardown/scenes';
import { ownershipOf, World } from './fakes';

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.clean());

describe('a plan', () => {
  test('has kinds in their order, each behind what it waits for, and says why', async () => {
    const cloud = await deployed();
    atWork(cloud);
    const plan = planOf(await inventory(cloud.run(), OWNERSHIP));
    const at = (kind: string): number => plan.findIndex((group) => group.kind === kind);
    expect(plan.length).toBeGreaterThan(8);
    for (const { kind, waitsFor } of plan)
      for (const before of waitsFor) {
        expect([before.kind, at(before.kind)]).not.toEqual([before.kind, -1]);
        expect(at(before.kind)).toBeLessThan(at(kind));
      }
    const objects = plan[at('s3:objects')]!;
    expect(objects.waitsFor).toContainEqual({
      kind: 'glue:job-run',
      title: plan[at('glue:job-run')]!.title,
      why: 'a running job would write more',
    });
    expect(objects.things).toMatchObject([{ count: 3, because: expect.stringMatching(/\w/) }]);
  });

  test('is made by reading alone', async () => {
    const cloud = await deployed();
    atWork(cloud);
    const before = [cloud.inventory(), [...cloud.changes]];
    planOf(await inventory(cloud.run(), OWNERSHIP));
    expect([cloud.inventory(), cloud.changes]).toEqual(before);
  });
});

describe('down --dry-run', () => {
  const changes = (): string[] => world.cloud.log.filter((line) => /^(sweep|remove|deploy|stop)/.test(line));

  test('shows a tree in the order of removal, asks nothing and changes nothing', async () => {
    world.cloud.addStack();
    world.cloud.record = ownershipOf();
    world.cloud.things.add('raw/one').add('raw/two');
    const { code, out } = await world.run('down data-prep --target aws --dry-run', { columns: 60 });
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toEqual([
      'data-prep of me in 123456789012, us-east-1, in this order:',
      '├─ 1. s3:object: 2',
      '│  ├─ raw/one: in our bucket',
      '│  └─ raw/two: in our bucket',
      '├─ 2. the stack MlaLabs-DataPrep (CREATE_COMPLETE): 2',
      '│  resources',
      '│     after all that stands above: it would stay, or keep',
      '│     the stack',
      '├─ 3. what came meanwhile',
      '│     it is looked for once more',
      '└─ 4. the record /mla-labs/me/data-prep',
      '      last of all: it proves what is ours',
      'Nothing was changed.',
    ]);
    expect(changes()).toEqual([]);
    expect(world.cloud.stacks).toHaveLength(1);
  });

  test('of a stack that is being changed says what happens first', async () => {
    world.cloud.addStack('UPDATE_IN_PROGRESS');
    const { out } = await world.run('down data-prep --target aws --dry-run', { columns: 100 });
    expect(out).toContain('when its update is cancelled and rolled back');
  });

  test('--all has one tree a lab, and keeps the local cloud', async () => {
    world.cloud.addStack();
    world.cloud.addStack('CREATE_COMPLETE', 'ana');
    const { code, out } = await world.run('down --all --target local --dry-run');
    expect(code).toBe(0);
    expect(out).toContain('data-prep of me');
    expect(out).toContain('data-prep of ana');
    expect(changes()).toEqual([]);
  });

  test('--json has all of it', async () => {
    world.cloud.addStack('DELETE_FAILED');
    for (let n = 0; n < 20; n += 1) world.cloud.things.add(`raw/${n}`);
    const result = await world.run('down data-prep --target aws --dry-run --json');
    const [lab] = result.json().plan;
    expect(lab).toMatchObject({
      lab: 'data-prep',
      learner: 'me',
      stack: { name: 'MlaLabs-DataPrep', status: 'DELETE_FAILED', resources: ['Bucket', 'Role'], broken: [] },
      record: '/mla-labs/me/data-prep',
    });
    expect(lab.groups[0].things).toHaveLength(20);
    expect(result.err).toContain('and 8 more');
  });

  test('of nothing says so', async () => {
    const { code, out } = await world.run('down data-prep --target aws --dry-run');
    expect(code).toBe(0);
    expect(out).toContain('nothing to remove');
  });
});
