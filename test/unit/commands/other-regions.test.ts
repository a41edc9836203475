/** A command in the wrong Region finds the lab all the same: it names the Region that has it, and where it could not look. */
import { TAG_LAB } from '../../../lib/course/names';
import { REGIONS } from '../../../lib/facts/regions';
import { Exit } from '../../../lib/course/errors';
import { FakeCloud, ownershipOf, World } from './fakes';

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.clean());

const flat = (text: string): string => text.replace(/\s+/g, ' ');
const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
const OTHERS = Object.keys(REGIONS).filter((region) => region !== 'us-east-1');

function standsIn(region: string, status = 'CREATE_COMPLETE', learner = 'me'): FakeCloud {
  const there = new FakeCloud();
  there.addStack(status, learner);
  world.cloud.elsewhere.set(region, there);
  return there;
}

describe.each(['eu-west-1', 'ap-south-1', 'us-west-2'])('a lab that stands in %s', (region) => {
  beforeEach(() => void standsIn(region));

  test('down in another Region removes nothing, names it with the whole command, and does not exit with 0', async () => {
    const { code, out } = await world.run('down data-prep --target aws --yes', { columns: 200 });
    expect(code).toBe(Exit.CheckFailed);
    expect(out).toContain(`data-prep stands in ${region} (CREATE_COMPLETE), and costs there.`);
    expect(out).toContain(`Next: ./lab down data-prep --target aws --region ${region}\n`);
  });

  test('down --all says it, too, and the document has it', async () => {
    const { code, json } = await world.run('down --all --target aws --yes --json');
    expect(code).toBe(Exit.CheckFailed);
    expect(json()).toEqual({ receipts: [], elsewhere: [{ lab: 'data-prep', region, status: 'CREATE_COMPLETE' }] });
  });

  test('status sends there', async () => {
    const { code, out } = await world.run('status --target aws', { columns: 200 });
    expect(code).toBe(Exit.Done);
    expect(out).toContain(`data-prep stands in ${region}`);
    expect(out).toContain(`Next: ./lab status --target aws --region ${region}\n`);
  });

  test.each([
    ['check data-prep'],
    ['check data-prep load'],
    ['step data-prep load'],
    ['outputs data-prep'],
    ['outputs data-prep DataBucket'],
    ['extend data-prep --hours 2'],
  ])('%s says where, with the same command there', async (line) => {
    const { code, err } = await world.run(`${line} --target aws`, { columns: 300 });
    expect(code).toBe(Exit.WrongUse);
    expect(flat(err)).toContain(`it stands in ${region} (CREATE_COMPLETE).`);
    expect(flat(err)).toContain(`Next: ./lab ${line} --target aws --region ${region}`);
  });

  test('cost says where', async () => {
    const { code, out } = await world.run('cost data-prep --target aws', { columns: 200 });
    expect(code).toBe(Exit.Done);
    expect(out).toContain(`Next: ./lab cost data-prep --target aws --region ${region}\n`);
  });

  test('whose learner is another is not told of it', async () => {
    const { code, out } = await world.run('down data-prep --target aws --yes --learner ana');
    expect(code).toBe(Exit.Done);
    expect(out).not.toContain(`stands in ${region}`);
  });
});

test('a record without a stack counts as standing', async () => {
  const there = new FakeCloud();
  there.record = ownershipOf();
  world.cloud.elsewhere.set('eu-central-1', there);
  const { code, out } = await world.run('down data-prep --target aws --yes', { columns: 200 });
  expect(code).toBe(Exit.CheckFailed);
  expect(out).toContain('In eu-central-1 there is the record of data-prep');
  expect(out).toContain('Next: ./lab down data-prep --target aws --region eu-central-1\n');
  expect((await world.run('status --target aws', { columns: 200 })).out).toContain(
    'Next: ./lab down data-prep --target aws --region eu-central-1\n',
  );
});

test('somebody else’s stack of that name is no lab of ours', async () => {
  const there = new FakeCloud();
  there.addStack('CREATE_COMPLETE', 'me', { [TAG_LAB]: 'mine' } as never);
  world.cloud.elsewhere.set('eu-west-1', there);
  expect((await world.run('down data-prep --target aws --yes')).code).toBe(Exit.Done);
});

test('nothing anywhere: every Region that was looked at is named', async () => {
  const { code, out } = await world.run('down data-prep --target aws --yes', { columns: 200 });
  expect(code).toBe(Exit.Done);
  expect(out).toContain(`Nor in ${OTHERS.join(', ')}.`);
  expect(world.cloud.log.filter((line) => line.startsWith('close ')).sort()).toEqual(
    OTHERS.map((region) => `close ${region}`).sort(),
  );
});

test.each([
  ['a Region that is not enabled', named('OptInRequired', 'The Region is not enabled'), 'is not enabled'],
  [
    'a policy of the organization',
    named(
      'AccessDenied',
      'User: arn:aws:iam::1:user/x is not authorized to perform: cloudformation:DescribeStacks on resource: y because a service control policy denies it',
    ),
    'may not cloudformation:DescribeStacks',
  ],
  ['no network', named('TimeoutError', 'Socket timed out'), 'The connection broke'],
])('%s is said, never taken for nothing', async (_what, error, said) => {
  world.cloud.elsewhere.set('ap-northeast-1', error).set('eu-central-1', error);
  standsIn('eu-west-1');
  const { out, json } = await world.run('down data-prep --target aws --yes --json');
  expect(json()).toMatchObject({
    elsewhere: [{ region: 'eu-west-1' }],
    notLookedAt: [{ region: 'eu-central-1' }, { region: 'ap-northeast-1' }],
  });
  world.cloud.elsewhere.delete('eu-west-1');
  const none = await world.run('down data-prep --target aws --yes', { columns: 300 });
  expect(flat(none.out)).toContain('Could not look in eu-central-1, ap-northeast-1: ');
  expect(flat(none.out)).toContain(said);
  expect(out).not.toContain('Nor in eu-central-1');
  expect(flat((await world.run('check data-prep --target aws')).err)).toContain('could not be seen');
});

describe('the local cloud has one Region', () => {
  beforeEach(() => {
    world.cloud.addStack();
    world.cloud.region = 'eu-west-1';
  });

  test.each([
    ['status'],
    ['status --wait'],
    ['check data-prep'],
    ['step data-prep load'],
    ['outputs data-prep'],
    ['extend data-prep --hours 2'],
    ['cost data-prep'],
    ['list'],
    ['env'],
    ['doctor'],
    ['down data-prep'],
    ['down --all'],
  ])('%s in another one names it, and proposes nothing else', async (line) => {
    const { code, err } = await world.run(`${line} --target local --region us-west-2`, { columns: 300 });
    expect(code).toBe(Exit.WrongUse);
    expect(flat(err)).toContain('The local cloud runs in Region eu-west-1, not in us-west-2.');
    expect(flat(err)).toContain(`Next: ./lab ${line} --target local --region eu-west-1`);
    if (!line.startsWith('down')) expect(err).not.toContain('down');
    expect(world.cloud.stacks).toHaveLength(1);
  });

  test('up names both ways: there, or here after an end', async () => {
    const { err } = await world.run('up data-prep --target local --region us-west-2 --yes', { columns: 300 });
    expect(flat(err)).toContain('Next: ./lab up data-prep --target local --region eu-west-1');
    expect(flat(err)).toContain('./lab down --all --target local --region eu-west-1 before you start one in us-west-2');
  });

  test('what does not stand on it is not looked for elsewhere', async () => {
    world.cloud.stacks = [];
    const { code, out } = await world.run('down data-prep --target local --yes');
    expect(code).toBe(Exit.Done);
    expect(out).not.toContain('Nor in');
  });
});
