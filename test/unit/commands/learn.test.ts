import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { World } from './fakes';

let world: World;
beforeEach(() => {
  world = new World();
  world.cloud.addStack();
});
afterEach(() => world.clean());

describe('step', () => {
  test('asks for a prediction, acts, checks, compares', async () => {
    const { code, out, err } = await world.run('step data-prep load --target local', { typed: ['one'] });
    expect(code).toBe(0);
    expect(out).toContain('Predict: How many objects will there be?');
    expect(err).toContain('Your answer (Enter skips)');
    expect(out).toContain('✓ load: One object.');
    expect(out).toContain('You predicted: one');
    expect(out).toContain('Next: ./lab guide data-prep ask --target local');
  });

  test('a skipped prediction is no answer', async () => {
    const { code, out } = await world.run('step data-prep load --target local', { typed: [''] });
    expect(code).toBe(0);
    expect(out).not.toContain('You predicted');
  });

  test('without a terminal nobody is asked', async () => {
    const { code, out } = await world.run('step data-prep load --target local');
    expect(code).toBe(0);
    expect(out).toContain('Predict: How many');
  });

  test("an exercise's file is made from its template once, and nothing is done with it unwritten", async () => {
    const { code, out } = await world.run('step data-prep ask --target local');
    expect(code).toBe(1);
    expect(out).toContain('Exercise: Write the answer.');
    expect(out).toContain('work/data-prep/answer.sql');
    expect(readFileSync(world.work('answer.sql'), 'utf8')).toBe('-- write here\n');
    expect(world.cloud.things.size).toBe(0);
  });

  test('an answer about what the step does first is no reason to wait: the step acts while the file is fresh', async () => {
    const ask = world.lab.steps.find(({ id }) => id === 'ask')!;
    Object.assign(ask.exercise!, { answeredAfter: true });
    const { code, out } = await world.run('step data-prep ask --target local');
    expect(code).toBe(1);
    expect(out).toContain('Exercise: Write the answer.');
    expect(out).toContain('just made from the template: work/data-prep/answer.sql. Write it when');
    expect(out).toContain('✗ ask: It is not 42.');
    expect(readFileSync(world.work('answer.sql'), 'utf8')).toBe('-- write here\n');
  });

  test.each([
    ['41', 1, '✗ ask: It is not 42.'],
    ['42', 0, '✓ ask: It is 42.'],
  ])("the learner's own file decides: %s", async (answer, exit, said) => {
    mkdirSync(world.work('.'), { recursive: true });
    writeFileSync(world.work('answer.sql'), answer);
    const { code, out } = await world.run('step data-prep ask --target local');
    expect(code).toBe(exit);
    expect(out).toContain(said);
    expect(readFileSync(world.work('answer.sql'), 'utf8')).toBe(answer);
  });

  test('--explain prints the commands with real names, and does nothing', async () => {
    const { code, out, err } = await world.run('step data-prep load --target local --explain');
    expect(code).toBe(0);
    expect(out.trim()).toBe('aws s3 cp data s3://bucket-1/raw/');
    expect(err).toContain('eval "$(./lab env --target local)"');
    expect(world.cloud.things.size).toBe(0);
  });

  test('--json gives the verdict as one document', async () => {
    const result = await world.run('step data-prep load --target local --json');
    expect(result.json()).toMatchObject({ lab: 'data-prep', step: 'load', done: true, saw: 'One object.' });
  });
});

describe('check', () => {
  test('all steps: what was seen, the next command with its place, exit code 1', async () => {
    const { code, out } = await world.run('check data-prep --target local');
    expect(code).toBe(1);
    expect(out).toContain('✗ load: No object.');
    expect(out).toContain('Next: ./lab step data-prep load --target local');
    expect(out).toContain('0 of 2 steps done.');
  });

  test('one step that is done: exit code 0 and the next step', async () => {
    world.cloud.things.add('raw/one');
    const { code, out } = await world.run('check data-prep load --target local');
    expect(code).toBe(0);
    expect(out).toContain('Next: ./lab guide data-prep ask');
  });

  test('a lab that is not deployed says how to deploy it', async () => {
    world.cloud.stacks = [];
    const { code, err } = await world.run('check data-prep --target aws');
    expect(code).toBe(2);
    expect(err.replace(/\s+/g, ' ')).toContain('there is no stack MlaLabs-DataPrep');
    expect(err).toContain('./lab up data-prep --target aws');
  });

  test('a half-made stack is told by its state', async () => {
    world.cloud.stacks[0]!.StackStatus = 'ROLLBACK_COMPLETE';
    const { code, err } = await world.run('check data-prep --target aws');
    expect(code).toBe(4);
    expect(err).toContain('is ROLLBACK_COMPLETE');
  });
});

describe('hint', () => {
  test('gives one more each time, and says when there are no more', async () => {
    expect((await world.run('hint data-prep load')).out).toMatch(/1\. Look at S3\.\nNext: .*1 more/s);
    const second = await world.run('hint data-prep load');
    expect(second.out).toContain('2. It is one object.');
    expect(second.out).toContain('That was the last one.');
    expect((await world.run('hint data-prep load --json')).json()).toMatchObject({
      hints: ['Look at S3.', 'It is one object.'],
      left: 0,
    });
  });

  test('a damaged memory of hints is begun anew', async () => {
    mkdirSync(world.work('.'), { recursive: true });
    writeFileSync(world.work('.hints.json'), '{"load": "many"');
    const { code, out } = await world.run('hint data-prep load');
    expect(code).toBe(0);
    expect(out).toContain('1. Look at S3.');
    expect(out).not.toContain('2. ');
  });

  test('a step without hints says so', async () => {
    expect((await world.run('hint data-prep ask')).out).toContain('has no hints');
  });
});

describe('guide', () => {
  test("prints one step's section with all below it, and nothing of the next", async () => {
    const { code, out } = await world.run('guide data-prep load');
    expect(code).toBe(0);
    expect(out).toContain('1. Load (load)');
    expect(out).toContain('Bring it in.');
    expect(out).toContain('Because.');
    expect(out).not.toContain('Then ask.');
  });

  test('prints the whole guide without a step, and needs no target', async () => {
    const { out } = await world.run('guide data-prep');
    expect(out).toContain('Hello.');
    expect(out).toContain('Then ask.');
    expect(existsSync(world.work('.'))).toBe(false);
    expect(world.cloud.log).toEqual([]);
  });
});
