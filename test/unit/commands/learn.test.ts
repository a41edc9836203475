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

  test('a prediction is kept, and told when the step is done once more', async () => {
    await world.run('step data-prep load --target local', { typed: ['<b>one</b>'] });
    expect((await world.run('step data-prep load --target local', { typed: [''] })).out).toContain(
      'You predicted before: <b>one</b>',
    );
    writeFileSync(world.work('.predictions.json'), '[broken');
    expect((await world.run('step data-prep load --target local', { typed: [''] })).out).not.toContain('before');
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

describe('progress', () => {
  test('is nothing at first, and says where to begin', async () => {
    const { code, out } = await world.run('progress');
    expect(code).toBe(0);
    expect(out).toContain('on this machine: nothing was checked yet');
    expect(out).toContain('Next: ./lab guide data-prep load, then ./lab step data-prep load --target local');
  });

  test('counts what checks said done once, on each target, and stays when the lab has gone', async () => {
    await world.run('step data-prep load --target local');
    await world.run('check data-prep --target local');
    await world.run('down data-prep --target local --yes');
    const { out } = await world.run('progress');
    expect(out).toMatch(/on this machine: 1 of 2 steps done, 0 of 1 exercise solved; last checked/);
    expect(out).toContain('in an account: nothing was checked yet');
    expect(out).toContain('./lab step data-prep ask --target local');
    const document = (await world.run('progress --json')).json() as { labs: { steps: { targets: object }[] }[] };
    expect(document.labs[0]!.steps.map(({ targets }) => targets)).toEqual([
      { aws: null, local: { state: 'done', at: expect.any(String), doneAt: expect.any(String) } },
      { aws: null, local: { state: 'not done', at: expect.any(String) } },
    ]);
  });

  test('of another learner is not ours, and a file that cannot be read is no progress', async () => {
    await world.run('step data-prep load --target local');
    expect((await world.run('progress --learner ana')).out).toContain('on this machine: nothing was checked yet');
    for (const text of ['{', '[]', '{"local me load":{"state":"perfect","at":"x"}}']) {
      writeFileSync(world.work('.progress.json'), text);
      expect((await world.run('progress')).out).toContain('on this machine: nothing was checked yet');
    }
  });
});
