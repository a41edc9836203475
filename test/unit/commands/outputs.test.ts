import { World } from './fakes';

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.clean());

/** A lab that stands, with outputs of which one is longer than a line. */
function stand(): void {
  world.cloud.addStack().Outputs = [
    { OutputKey: 'Role', OutputValue: `arn:aws:iam::123456789012:role/${'r'.repeat(64)}`, Description: 'Role of jobs' },
    { OutputKey: 'DataBucket', OutputValue: 'bucket-1', Description: 'Bucket of the lab' },
  ];
}

describe('outputs', () => {
  test('of a lab: each name, its value whole, what it is', async () => {
    stand();
    const { code, out } = await world.run('outputs data-prep --target local', { columns: 60 });
    expect(code).toBe(0);
    expect(out.split('\n').slice(1, 5)).toEqual([
      'DataBucket  bucket-1',
      '            Bucket of the lab',
      `Role        arn:aws:iam::123456789012:role/${'r'.repeat(64)}`,
      '            Role of jobs',
    ]);
    expect(out).not.toContain('console');
  });

  test('on AWS with the address where the console shows them', async () => {
    stand();
    const { out } = await world.run('outputs data-prep --target aws --region eu-west-1');
    const id = encodeURIComponent(world.cloud.stacks[0]!.StackId!);
    expect(out).toContain(
      `https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/resources?stackId=${id}`,
    );
  });

  test.each(['DataBucket', 'databucket'])('%s alone is its value, and nothing else', async (name) => {
    stand();
    expect(await world.run(`outputs data-prep ${name} --target local`)).toMatchObject({ code: 0, out: 'bucket-1\n' });
  });

  test('as one document', async () => {
    stand();
    const all = (await world.run('outputs data-prep --target local --json')).json();
    expect(all).toMatchObject({ lab: 'data-prep', outputs: { DataBucket: 'bucket-1' }, console: null });
    const one = (await world.run('outputs data-prep DataBucket --target local --json')).json();
    expect(one).toEqual({ lab: 'data-prep', output: 'DataBucket', value: 'bucket-1' });
  });

  test.each(['DataBuckett', 'bucket'])('%s, which there is not: the nearest, and the command', async (name) => {
    stand();
    const { code, err, out } = await world.run(`outputs data-prep ${name} --target local`);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`has no output "${name}"`);
    expect(err).toContain('Next: ./lab outputs data-prep DataBucket --target local');
  });

  test('a lab that is not deployed has none', async () => {
    const { code, err } = await world.run('outputs data-prep --target local');
    expect(code).toBe(2);
    expect(err).toContain('Next: ./lab up data-prep --target local');
  });
});
