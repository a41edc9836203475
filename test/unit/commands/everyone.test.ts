/** Many learners in one account: each sees and removes their own; who teaches them can name everyone. */
import { FakeCloud, ownershipOf, World } from './fakes';

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.clean());

const ACCOUNT = '123456789012';
const DOWN = 'down --all --target aws --learner *';
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

function threeLearners(): void {
  world.cloud.addStack();
  world.cloud.addStack('CREATE_COMPLETE', 'ana');
  world.cloud.addStack('UPDATE_FAILED', 'bob');
}

describe("down --all --learner '*'", () => {
  test('shows whose labs there are with the end of their leases, asks twice, removes them, one receipt each', async () => {
    threeLearners();
    const { code, out } = await world.run(DOWN, { typed: ['y', ACCOUNT] });
    expect(code).toBe(0);
    expect(flat(out)).toContain(
      '3 labs of 3 learners: ana - data-prep: CREATE_COMPLETE, its lease ends 2026-11-23T18:00:00.000Z bob',
    );
    for (const learner of ['me', 'ana', 'bob']) expect(out).toContain(`Receipt: data-prep of ${learner}`);
    expect(world.cloud.stacks).toEqual([]);
  });

  test('takes how many labs there are for a second answer, too', async () => {
    threeLearners();
    expect((await world.run(DOWN, { typed: ['y', '3'] })).code).toBe(0);
    expect(world.cloud.stacks).toEqual([]);
  });

  test.each([[['n', ACCOUNT]], [['y', '']], [['y', '2']], [['y', 'yes']], [['y', '000000000000']]])(
    'the answers %j remove nothing',
    async (typed) => {
      threeLearners();
      expect((await world.run(DOWN, { typed })).code).toBe(3);
      expect(world.cloud.stacks).toHaveLength(3);
    },
  );

  test('--yes alone is refused, and names what is needed; with the account it goes on', async () => {
    threeLearners();
    const refused = await world.run(`${DOWN} --yes`);
    expect(refused.code).toBe(3);
    expect(flat(refused.err)).toContain(`./lab down --all --target aws --learner '*' --yes --account ${ACCOUNT}`);
    expect(world.cloud.stacks).toHaveLength(3);
    expect((await world.run(`${DOWN} --yes --account 000000000000`)).code).toBe(3);
    expect(world.cloud.stacks).toHaveLength(3);
    expect((await world.run(`${DOWN} --yes --account ${ACCOUNT}`)).code).toBe(0);
    expect(world.cloud.stacks).toEqual([]);
  });

  test('finds a lab of which only the record is left, and believes no name that is none', async () => {
    world.cloud.record = ownershipOf('ana');
    world.cloud.records = [
      '/mla-labs/ana/data-prep',
      '/mla-labs/ANA/data-prep',
      '/mla-labs/ana/cooking',
      '/mla-labs/x',
    ];
    const { out } = await world.run(`${DOWN} --dry-run`);
    expect(out).toContain('data-prep of ana');
    expect(out).not.toContain('ANA');
  });

  test('leaves a stack alone that only has the name of a lab, and one whose learner can be none', async () => {
    world.cloud.addStack('CREATE_COMPLETE', 'ana', {} as never);
    world.cloud.addStack('CREATE_COMPLETE', 'databucket');
    const { code, out } = await world.run(`${DOWN} --yes --account ${ACCOUNT}`);
    expect(code).toBe(0);
    expect(out).toContain('of anybody');
    expect(world.cloud.stacks).toHaveLength(2);
  });
});

describe('labs of others in another Region', () => {
  beforeEach(() => {
    threeLearners();
    const there = new FakeCloud();
    there.addStack('CREATE_COMPLETE', 'cem');
    there.records = ['/mla-labs/cem/data-prep', '/mla-labs/dora/data-prep'];
    world.cloud.elsewhere.set('eu-west-1', there);
  });

  test("down --all --learner '*' names them and whose they are, and does not exit with 0", async () => {
    const { code, out, json } = await world.run(`${DOWN} --yes --account ${ACCOUNT} --json`);
    expect(code).toBe(1);
    expect(json()).toMatchObject({
      elsewhere: [
        { lab: 'data-prep', learner: 'cem', region: 'eu-west-1', status: 'CREATE_COMPLETE' },
        { lab: 'data-prep', learner: 'dora', region: 'eu-west-1' },
      ],
    });
    expect(out).not.toContain('Nor in');
    const again = await world.run(`${DOWN} --yes --account ${ACCOUNT}`, { columns: 200 });
    expect(again.code).toBe(1);
    expect(again.out).toContain('data-prep of cem stands in eu-west-1 (CREATE_COMPLETE), and costs there.');
    expect(again.out).toContain('In eu-west-1 there is the record of data-prep of dora');
    expect(again.out).toContain("Next: ./lab down --all --target aws --region eu-west-1 --learner '*'\n");
  });

  test.each([
    ['something', 3],
    ['nothing', 0],
  ])("status --learner '*' names them where %s stands here", async (_what, count) => {
    world.cloud.stacks.length = count;
    const { out } = await world.run('status --target aws --learner *', { columns: 200 });
    expect(out).toContain('data-prep of cem stands in eu-west-1');
    expect(out.match(/^Next: /gm)).toHaveLength(1);
  });
});

test.each(['up data-prep', 'check data-prep', 'down data-prep', 'extend data-prep --hours 4', 'rehearse data-prep'])(
  "%s is about one learner: '*' is wrong use",
  async (line) => {
    threeLearners();
    const { code, err } = await world.run(`${line} --target aws --yes --learner *`);
    expect(code).toBe(2);
    expect(flat(err)).toContain("--learner '*'");
    expect(world.cloud.stacks).toHaveLength(3);
    expect(world.cloud.log).toEqual([]);
  },
);

describe('status and list', () => {
  test("show one's own labs, say how many others there are, and show them to who asks", async () => {
    threeLearners();
    const own = await world.run('status --target aws --learner ana --json');
    expect(own.json().labs).toMatchObject([{ learner: 'ana' }]);
    expect(flat(own.err)).toContain("2 labs of other learners: ./lab status --target aws --learner '*'");
    expect((await world.run('status --target aws --learner * --json')).json().labs).toHaveLength(3);
    expect((await world.run('list --target aws --json')).json().labs[0].deployed).toMatchObject([{ learner: 'me' }]);
    expect((await world.run('list --target aws --learner * --json')).json().labs[0].deployed).toHaveLength(3);
  });
});

describe('the lease’s e-mail', () => {
  test('is a parameter of the stack, announced with what its owner has to do', async () => {
    const { out } = await world.run('up data-prep --target aws --email you@example.com --yes');
    expect(world.cloud.log).toContain('deploy MlaLabs-DataPrep {"LeaseHours":"8","LeaseEmail":"you@example.com"}');
    expect(flat(out)).toContain('AWS first asks that address to confirm');
  });

  test('ends with none, and stays as it is where nothing is said', async () => {
    world.cloud.addStack();
    await world.run('up data-prep --target aws --email none --yes');
    expect(world.cloud.log).toContain('deploy MlaLabs-DataPrep {"LeaseEmail":""}');
    await world.run('up data-prep --target aws --yes');
    expect(world.cloud.log).toContain('deploy MlaLabs-DataPrep {}');
  });

  test.each(['you', 'you@', '@example.com', 'a b@example.com', "a'b@example.com", '$(id)@example.com'])(
    '%j is no address',
    async (address) => {
      const { code } = await world.run(`up data-prep --target aws --yes --email ${address.replace(' ', '\u00a0')}`);
      expect(code).toBe(2);
      expect(world.cloud.stacks).toEqual([]);
    },
  );
});
