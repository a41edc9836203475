import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { World } from './fakes';

let world: World;
beforeEach(() => {
  world = new World();
  world.cloud.addStack();
});
afterEach(() => world.clean());

const flat = (text: string): string => text.replace(/\s+/g, ' ');

describe('challenge', () => {
  test('lists those of a lab with minutes, points and what was reached, and asks no cloud', async () => {
    world.cloud.running = false;
    const { code, out } = await world.run('challenge data-prep');
    expect(code).toBe(0);
    expect(out).toContain('keep-one: Keep an object');
    expect(out).toContain('about 5 minutes, 5 points; not graded yet');
    expect(out).toContain('Next: ./lab challenge data-prep keep-one');
    expect(world.cloud.log).toEqual([]);
  });

  test('one says what must be true, what limits it, what is graded, and how', async () => {
    const { code, out } = await world.run('challenge data-prep keep-one --target local');
    expect(code).toBe(0);
    for (const text of ['Somebody wants an object.', '- No more than two.', '- An object is there (3 points)'])
      expect(out).toContain(text);
    expect(flat(out)).toContain('These steps have to be done before: ./lab step data-prep load');
    expect(out).toContain('Next: ./lab grade data-prep keep-one --target local');
  });

  test('documents of both forms are as their schema says', async () => {
    expect((await world.run('challenge data-prep --json')).json()).toMatchObject({
      challenges: [{ id: 'keep-one', points: 5, reached: { aws: null, local: null } }],
    });
    expect((await world.run('challenge data-prep keep-one --json')).json()).toMatchObject({
      brief: ['Somebody wants an object.', 'It has to be there.'],
      criteria: [{ id: 'there', points: 3 }, { id: 'few' }],
    });
  });

  test.each(['challenge data-prep keep-onee', 'grade data-prep keep-onee --target local'])(
    'a name that there is not names the nearest: %s',
    async (line) => {
      const { code, err } = await world.run(line);
      expect(code).toBe(2);
      expect(flat(err)).toContain('Did you mean keep-one?');
    },
  );

  describe('its solution', () => {
    beforeEach(() => {
      mkdirSync(join(world.lab.folder, 'challenges/solutions'), { recursive: true });
      writeFileSync(join(world.lab.folder, 'challenges/solutions/keep-one.ts'), 'export const solve = 1;\n');
    });

    test('stays hidden where nobody can be asked, and where somebody says no', async () => {
      const { code, out, err } = await world.run('challenge data-prep keep-one --solution');
      expect(code).toBe(3);
      expect(out).not.toContain('solve');
      expect(flat(err)).toContain('./lab challenge data-prep keep-one --solution --yes');
      expect((await world.run('challenge data-prep keep-one --solution', { typed: ['n'] })).code).toBe(3);
    });

    test('is shown to who insists, and to who has all points', async () => {
      expect((await world.run('challenge data-prep keep-one --solution', { typed: ['y'] })).out).toContain('solve = 1');
      expect((await world.run('challenge data-prep keep-one --solution --yes --json')).json()).toMatchObject({
        solution: 'export const solve = 1;\n',
      });
      world.cloud.things.add('one');
      await world.run('grade data-prep keep-one --target local');
      expect((await world.run('challenge data-prep keep-one --solution')).out).toContain('solve = 1');
    });
  });
});

describe('grade', () => {
  test('gives no points where nothing stands, says what was measured and what to think about', async () => {
    const { code, out } = await world.run('grade data-prep keep-one --target local');
    expect(code).toBe(1);
    expect(out).toContain('✗ there: 0 of 3 points. There is none.');
    expect(out).toContain('Think about: what puts one there');
    expect(out).toContain('0 of 5 points.');
    expect(flat(out)).toContain('Next: ./lab challenge data-prep keep-one --target local');
  });

  test('all points are exit code 0', async () => {
    world.cloud.things.add('one');
    const { code, out } = await world.run('grade data-prep keep-one --target local');
    expect(code).toBe(0);
    expect(out).toContain('✓ there: 3 of 3 points. One is there.');
    expect(out).toContain('5 of 5 points.');
  });

  test('some points are exit code 1, and the best so far is kept', async () => {
    world.cloud.things.add('one');
    await world.run('grade data-prep keep-one --target local');
    world.cloud.things.add('two').add('three');
    const { code, out, json } = await world.run('grade data-prep keep-one --target local --json');
    expect(code).toBe(1);
    expect(json()).toMatchObject({
      points: 3,
      of: 5,
      best: 5,
      criteria: [{ state: 'done' }, { state: 'not done', points: 0 }],
    });
    expect(out).not.toContain('Your best');
    expect((await world.run('challenge data-prep')).out).toContain('5 of 5 reached on this machine');
    expect((await world.run('challenge data-prep --learner ana')).out).toContain('not graded yet');
  });

  test('a criterion that could not be looked at is exit code 4; the others are looked at all the same', async () => {
    world.cloud.things.add('refused');
    const { code, out } = await world.run('grade data-prep keep-one --target local');
    expect(code).toBe(4);
    expect(out).toContain('? there: 0 of 3 points. Could not look');
    expect(out).toContain('✓ few: 2 of 2 points.');
  });

  test("what the learner's own work lacks is not done, though it is thrown", async () => {
    world.cloud.things.add('unfinished');
    const { code, out } = await world.run('grade data-prep keep-one --target local');
    expect(code).toBe(1);
    expect(out).toContain('✗ there: 0 of 3 points. It is half there. So you left it.');
  });

  test('a lab that is not deployed says how to deploy it', async () => {
    world.cloud.stacks = [];
    const { code, err } = await world.run('grade data-prep keep-one --target local');
    expect(code).toBe(2);
    expect(err).toContain('./lab up data-prep --target local');
  });

  test('criteria are given clients that only read', async () => {
    let told = '';
    const [keepOne] = world.challenges;
    Object.assign(keepOne!.criteria[0]!, {
      check: async (run: { clients: { glue: { send(command: object): Promise<unknown> } } }) => {
        class DeleteTableCommand {}
        await run.clients.glue.send(new DeleteTableCommand());
        told = 'it was sent';
      },
    });
    const { code } = await world.run('grade data-prep keep-one --target local');
    expect({ code, told }).toEqual({ code: 4, told: '' });
  });
});

test('progress tells the points of challenges', async () => {
  expect((await world.run('progress')).out).not.toContain('graded:');
  world.cloud.things.add('one').add('two').add('three');
  await world.run('grade data-prep keep-one --target local');
  expect((await world.run('progress')).out).toContain('1 of 1 challenge graded: 3 of 5 points');
  expect((await world.run('progress --json')).json()).toMatchObject({
    labs: [{ challenges: [{ id: 'keep-one', targets: { aws: null, local: { best: 3, of: 5 } } }] }],
  });
});
