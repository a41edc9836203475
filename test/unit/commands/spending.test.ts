/** What exists and what it costs, in `status` and `cost`; the red line where a sitting ends; the account's one budget. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { budgetRequest } from '../../../lib/aws/budget';
import type { CostLine } from '../../../lib/course/model';
import { LABS } from '../../../lib/course/registry';
import { redLineOfGuide } from '../../../lib/cost/red-line';
import { sumOf } from '../../../lib/cost/spending';
import { Interrupts } from '../../../lib/commands/interrupt';
import { NOW, World } from './fakes';

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.clean());

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');
const OURS = { Amount: '10', tags: [{ Key: 'mla-labs:budget', Value: 'account' }] };
const endpoint = {
  what: 'endpoint e: 1 × ml.t2.medium',
  since: new Date(NOW.getTime() - 5 * 3_600_000),
  usdSoFar: 0.28,
  usdPerHour: 0.056,
  usdNextDay: 1.344,
};

describe('status', () => {
  test('gives the sum, what runs now and for how long, and when it ends by itself', async () => {
    world.cloud.addStack();
    world.cloud.spending = () => sumOf([endpoint, { what: 'job', usdSoFar: 0.01, usdPerHour: 0, usdNextDay: 0 }]);
    const out = flat((await world.run('status --target aws')).out);
    expect(out).toContain('data-prep of me: $0.29 so far, $0.056 an hour now, $1.34 in 24 h if left on; list prices.');
    expect(out).toContain('- endpoint e: 1 × ml.t2.medium, for 5 h 0 min: $0.28 so far, $0.056 an hour');
    expect(out).not.toContain('- job');
    expect(out).toMatch(
      /\$ While you sleep: \$0\.010 an hour until 2026-11-23T18:00Z, when its lease ends \(in 6 h 0 min\)/,
    );
  });

  test('names an idle endpoint, and what ends it', async () => {
    world.cloud.addStack();
    world.cloud.spending = () => sumOf([{ ...endpoint, idleHours: 3.5 }]);
    expect(flat((await world.run('status --target aws')).out)).toContain(
      'Idle: nobody has asked the endpoint e for 3 h 30 min. It ends with ./lab down data-prep --target aws',
    );
    expect((await world.run('status --target aws --json')).json().labs[0].exists.lines[0]).toMatchObject({
      idleHours: 3.5,
    });
  });

  test('says what could not be read, and why: it is not nothing', async () => {
    world.cloud.addStack();
    world.cloud.spending = () => sumOf([{ what: 'endpoints', because: 'AccessDeniedException: no' }]);
    const { out } = await world.run('status --target aws', { columns: 100 });
    expect(out).toContain('? endpoints: not known, because AccessDeniedException: no');
  });

  test('a look that fails altogether knows nothing, and the command goes on', async () => {
    world.cloud.addStack();
    world.cloud.spending = () => {
      throw new Error('the cloud is away');
    };
    const result = await world.run('status --target aws --json');
    expect(result.code).toBe(0);
    expect(result.json().labs[0].exists.notKnown).toEqual([
      { what: 'what exists of the lab', because: 'Error: the cloud is away' },
    ]);
  });

  test('on this machine nothing is billed, and it says what it would be on AWS', async () => {
    world.cloud.addStack();
    const out = flat((await world.run('status --target local')).out);
    expect(out).toContain('nothing is billed on this machine; on AWS it would be $0.020 so far');
    expect(out).toContain('While you sleep: nothing, on this machine. On AWS: $0.010 an hour');
  });

  test('names the budget that is kept, and says so where it may not look', async () => {
    world.cloud.addStack();
    expect((await world.run('status --target aws')).out).not.toContain('budget');
    world.cloud.budget = OURS;
    expect(flat((await world.run('status --target aws')).out)).toContain(
      'The budget mla-labs stands: $10.00 a month, of which the whole account has used $1.50. It is hours late and protects nobody',
    );
    world.cloud.budget = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    expect(flat((await world.run('status --target aws')).out)).toContain('not known, because AccessDeniedException');
  });
});

describe('cost', () => {
  test('before a lab stands: by the prices of the Region that is named, marked where they are another’s', async () => {
    const cost = (region: string): CostLine[] => [
      { item: 'Job', usdPerHour: 0, usdPerRun: 0.5, basis: region, ...(region !== 'us-east-1' && { assumed: true }) },
    ];
    Object.assign(world.lab, { cost });
    const { out } = await world.run('cost data-prep --region eu-west-1');
    expect(flat(out)).toContain(
      'in eu-west-1 (with list prices of us-east-1: this Region may differ by some 10 to 30 %)',
    );
    expect(flat((await world.run('cost data-prep')).out)).toContain('List prices in USD in us-east-1, estimated');
    expect((await world.run('cost data-prep --region eu-west-1 --json')).json()).toMatchObject({
      region: 'eu-west-1',
      assumed: true,
    });
  });

  test('of a lab that stands: every line that exists, and the sum', async () => {
    world.cloud.addStack();
    world.cloud.spending = () => sumOf([endpoint]);
    const { out } = await world.run('cost data-prep --target aws', { columns: 120 });
    expect(out).toMatch(/endpoint e: 1 × ml\.t2\.medium +5 h 0 min +\$0\.28 +\$0\.056 +\$1\.34/);
    expect(out).toMatch(/Sum +\$0\.28 +\$0\.056 +\$1\.34/);
    expect((await world.run('cost data-prep --target aws --json')).json().standing).toMatchObject([
      { learner: 'me', exists: { usdSoFar: 0.28, lines: [{ what: endpoint.what }] } },
    ]);
  });
});

describe('the red line', () => {
  test('ends up, and the last step, and no other', async () => {
    const said = 'While you sleep: $0.010 an hour until';
    expect(flat((await world.run('up data-prep --target aws --yes --hours 4')).out)).toContain(
      `${said} 2026-11-23T16:00Z, when its lease ends (in 4 h 0 min)`,
    );
    expect((await world.run('step data-prep load --target aws --yes')).out).not.toContain('While you sleep');
    world.lab.steps[1]!.act = async () => void world.cloud.things.add('answer/42');
    const last = await world.run('step data-prep ask --target aws --yes');
    expect(flat(last.out)).toContain(said);
    expect(last.out).toContain('That was the last step');
  });

  test('is told by Ctrl-C while something stands', async () => {
    let said = '';
    const stream = { write: (text: string) => (said += text) };
    const { Ui } = await import('../../../lib/commands/ui/terminal');
    const interrupts = new Interrupts();
    interrupts.costs('While you sleep: $1 an hour.');
    await interrupts.handle(
      new Ui({ stdout: stream, stderr: stream, stdin: process.stdin, env: {}, now: () => 0 }),
      () => undefined,
    );
    expect(said).toContain('While you sleep: $1 an hour.');
  });

  test.each(LABS.map(({ id }) => id))('stands at the top of the guide of %s as it is computed', async (id) => {
    const lab = await LABS.find((entry) => entry.id === id)!.lab();
    const guide = readFileSync(resolve(__dirname, '../../../labs', id, 'README.md'), 'utf8');
    const [title, line] = guide.split('\n\n').map((block) => flat(block));
    expect(title).toMatch(/^# /);
    expect(line).toBe(`**${redLineOfGuide(lab)}**`);
  });
});

describe('budget', () => {
  const MAKE = 'budget --email ana@example.com --usd 25 --target aws';

  test('is made after a question that says what it is worth', async () => {
    const { code, out } = await world.run(MAKE, { typed: ['y'] });
    expect(code).toBe(0);
    expect(flat(out)).toContain('$25.00 a month, with an e-mail to ana@example.com');
    expect(flat(out)).toContain('It is hours late and protects nobody');
    expect(world.cloud.budgetMade).toEqual(budgetRequest('123456789012', 'ana@example.com', 25));
  });

  test('is not made without a yes', async () => {
    expect((await world.run(MAKE, { typed: ['n'] })).code).toBe(3);
    expect((await world.run(MAKE)).code).toBe(3);
    expect(world.cloud.budgetMade).toBeUndefined();
  });

  test('the request is the one that AWS’s model was asked about', () => {
    const stored = readFileSync(resolve(__dirname, '../../python/budgets/request.json'), 'utf8');
    expect(budgetRequest('123456789012', 'you@example.com', 10)).toEqual(JSON.parse(stored));
  });

  test('is shown, and a second one refused', async () => {
    expect(flat((await world.run('budget --target aws')).out)).toContain(
      'has no budget mla-labs. Next: ./lab budget --email',
    );
    world.cloud.budget = OURS;
    expect((await world.run('budget --target aws --json')).json()).toEqual({
      budget: { name: 'mla-labs', usd: 10, usdSpent: 1.5 },
    });
    const again = await world.run(`${MAKE} --yes`);
    expect(again.code).toBe(3);
    expect(again.err).toContain('./lab budget --remove --target aws, then again');
  });

  test('is removed where it is ours, and another’s of that name is left alone', async () => {
    expect(flat((await world.run('budget --remove --target aws --yes')).out)).toContain('nothing to remove');
    world.cloud.budget = { Amount: '5', tags: [] };
    const refused = await world.run('budget --remove --target aws --yes');
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('is not ours');
    expect(world.cloud.log.join()).not.toContain('DeleteBudget');
    world.cloud.budget = OURS;
    expect((await world.run('budget --remove --target aws --yes --json')).json()).toEqual({
      budget: null,
      removed: true,
    });
    expect(world.cloud.log).toContain('ListTagsForResource arn:aws:budgets::123456789012:budget/mla-labs');
    expect(world.cloud.budget).toBeUndefined();
  });

  test('exists on aws only', async () => {
    const { code, err } = await world.run('budget --target local');
    expect(code).toBe(3);
    expect(err).toContain('no budgets on the local target');
    expect(world.cloud.log).toEqual([]);
  });

  test.each([
    'budget --email nobody --target aws',
    'budget --email a@b.c\u0007 --target aws',
    'budget --email you@example.com --usd 0 --target aws',
    'budget --email you@example.com --usd ten --target aws',
    'budget --usd 10 --target aws',
    'budget --remove --email you@example.com --target aws',
  ])('%j is wrong use, and asks nothing', async (line) => {
    expect((await world.run(line)).code).toBe(2);
    expect(world.cloud.log).toEqual([]);
  });
});
