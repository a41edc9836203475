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

describe('step --until', () => {
  const write = (answer: string): void => {
    mkdirSync(world.work('.'), { recursive: true });
    writeFileSync(world.work('answer.sql'), answer);
  };

  test('does the steps before that are not done, asks for no prediction, and says the step', async () => {
    const { code, out } = await world.run('step data-prep --until ask --target local', { typed: ['never asked'] });
    expect(code).toBe(0);
    expect(out).toContain('✓ load: One object.');
    expect(out).not.toContain('Predict');
    expect(out).toContain('Next: ./lab step data-prep ask --target local');
  });

  test('does nothing where they are done', async () => {
    world.cloud.things.add('raw/one');
    world.lab.steps[0]!.act = async () => Promise.reject(new Error('it was done'));
    expect((await world.run('step data-prep --until ask --target local --json')).json()).toMatchObject({
      until: 'ask',
      done: true,
      steps: [{ id: 'load', state: 'done' }],
    });
  });

  test('takes the answer that the learner wrote, and stops where there is none but the template', async () => {
    world.lab.steps.push({ ...world.lab.steps[0]!, id: 'last' });
    for (const unwritten of [undefined, '-- write here\n']) {
      if (unwritten !== undefined) write(unwritten);
      const stopped = await world.run('step data-prep --until last --target local');
      expect(stopped.code).toBe(1);
      expect(stopped.out).toContain('✗ ask: The exercise work/data-prep/answer.sql is not written.');
      expect(stopped.out.replace(/\s+/g, ' ')).toContain('./lab solution data-prep ask shows an answer');
      expect(world.cloud.things).toEqual(new Set(['raw/one']));
    }
    write('42');
    expect((await world.run('step data-prep --until last --target local')).out).toContain('✓ ask: It is 42.');
  });

  test('stops at a step whose answer is wrong', async () => {
    world.lab.steps.push({ ...world.lab.steps[0]!, id: 'last' });
    write('41');
    const { code, out } = await world.run('step data-prep --until last --target local');
    expect(code).toBe(1);
    expect(out).toContain('✗ ask: It is not 42.');
    expect(out).not.toContain('Next: ./lab step data-prep last');
  });

  test.each(['step data-prep --target local', 'step data-prep load --until ask --target local'])(
    'is one of two ways to name steps: %s',
    async (line) => {
      const { code, err } = await world.run(line);
      expect(code).toBe(2);
      expect(err).toContain('The steps of data-prep are load, ask.');
    },
  );

  test('names the nearest of the steps that there are', async () => {
    expect((await world.run('step data-prep --until lod --target local')).err).toContain('Did you mean load?');
  });
});

describe('check --watch', () => {
  test('looks again when a file is saved, says what became different, and ends when all is done', async () => {
    world.cloud.things.add('raw/one');
    let looks = 0;
    world.lab.steps[1]!.check = async () => {
      looks += 1;
      // Somebody saves while the first look goes on, and once more after it.
      if (looks < 3) setImmediate(() => writeFileSync(world.work('answer.sql'), `${39 + looks}`));
      const answer = existsSync(world.work('answer.sql')) ? readFileSync(world.work('answer.sql'), 'utf8') : 'none';
      return {
        done: looks >= 3,
        saw: `It is ${looks >= 3 ? 'right' : 'wrong'}, not ${answer.slice(0, 1)}.`,
        next: 'x',
      };
    };
    const { code, out } = await world.run('check data-prep --watch --target local');
    expect(code).toBe(0);
    expect(out.match(/✓ load/g)).toHaveLength(1);
    expect(out).toContain('✓ ask: It is right');
    expect(out).toContain('All that is watched is done. Next: ./lab next --target local');
  });

  test('notes that commands keep are no work of the learner', async () => {
    let looks = 0;
    world.lab.steps[1]!.check = async () => {
      looks += 1;
      return { done: looks === 2, saw: `Look ${looks}.`, next: 'x' };
    };
    const watching = world.run('check data-prep ask --watch --target local');
    // The first look keeps its progress in the same folder, which must not start a second.
    while (!existsSync(world.work('.progress.json'))) await new Promise((resolve) => setImmediate(resolve));
    expect(looks).toBe(1);
    writeFileSync(world.work('answer.sql'), '42');
    expect((await watching).code).toBe(0);
    expect(looks).toBe(2);
  });

  test('has no document', async () => {
    const { code, err } = await world.run('check data-prep --watch --json --target local');
    expect(code).toBe(2);
    expect(err).toContain('--watch has no document.');
  });
});

describe('solution', () => {
  test('before success it is shown to who insists', async () => {
    const refused = await world.run('solution data-prep ask');
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('./lab hint data-prep ask, or ./lab solution data-prep ask --yes');
    expect((await world.run('solution data-prep ask', { typed: ['n'] })).code).toBe(3);
    expect((await world.run('solution data-prep ask', { typed: ['y'] })).out).toContain('42');
    expect((await world.run('solution data-prep ask --yes --json')).json()).toMatchObject({ solution: '42\n' });
  });

  test('after success nobody is asked, and another way is told', async () => {
    mkdirSync(world.work('.'), { recursive: true });
    writeFileSync(world.work('answer.sql'), '42');
    await world.run('step data-prep ask --target local');
    const { code, out } = await world.run('solution data-prep ask');
    expect(code).toBe(0);
    expect(out).toContain('What it teaches:\n  Numbers are answers.');
    expect(out).toContain('Another way:\n  6 * 7 is right as well.');
  });

  test('a step without an exercise names those that have one', async () => {
    const { code, err } = await world.run('solution data-prep load');
    expect(code).toBe(2);
    expect(err).toContain('Exercises of data-prep are in ask.');
  });
});

describe('reset', () => {
  const answer = (): string => readFileSync(world.work('answer.sql'), 'utf8');

  test('puts the template back after a yes, and keeps what was written', async () => {
    mkdirSync(world.work('.'), { recursive: true });
    writeFileSync(world.work('answer.sql'), '41');
    expect((await world.run('reset data-prep ask')).code).toBe(3);
    expect((await world.run('reset data-prep ask', { typed: ['no'] })).err).toContain('is as you wrote it');
    expect(answer()).toBe('41');
    const { code, out } = await world.run('reset data-prep ask', { typed: ['y'] });
    expect(code).toBe(0);
    expect(out).toContain('work/data-prep/answer.sql.before-reset');
    expect(answer()).toBe('-- write here\n');
    expect(readFileSync(world.work('answer.sql.before-reset'), 'utf8')).toBe('41');
  });

  test('has nothing to do where nothing was written', async () => {
    expect((await world.run('reset data-prep ask --json')).json()).toMatchObject({ kept: null });
  });
});

describe('next', () => {
  test('where nothing was begun, a rehearsal', async () => {
    world.cloud.stacks = [];
    world.cloud.running = false;
    const { code, out } = await world.run('next');
    expect(code).toBe(0);
    expect(out).toContain('You have not begun yet.');
    expect(out).toContain('Next: ./lab rehearse data-prep, or ./lab up data-prep --target local');
    expect(world.cloud.log).toEqual([]);
  });

  test('in a lab that stands, the first step that is not done, with what its check saw', async () => {
    const { out } = await world.run('next');
    expect(out).toContain('✗ load: No object.');
    expect(out).toContain('Next: ./lab step data-prep load --target local');
    world.cloud.things.add('raw/one');
    const document = (await world.run('next --target local --json')).json();
    expect(document).toMatchObject({
      lab: 'data-prep',
      step: 'ask',
      verdict: { state: 'not done' },
      next: './lab hint data-prep ask',
    });
  });

  test('a step that was done since the lab stands is not looked at again', async () => {
    world.cloud.things.add('raw/one');
    await world.run('check data-prep load --target local');
    world.lab.steps[0]!.check = async () => Promise.reject(new Error('looked at again'));
    expect((await world.run('next --target local')).out).toContain('1 of 2 steps done');
    // A lab that was made anew has to be looked at.
    world.cloud.stacks[0]!.CreationTime = new Date('2027-01-01T00:00:00Z');
    expect((await world.run('next --target local')).code).toBe(4);
  });

  test('a game day comes before steps', async () => {
    world.cloud.things.add('raw/one').add('answer/42');
    await world.run('break data-prep --target local');
    const { out } = await world.run('next --target local');
    expect(out).toContain('A game day goes on in data-prep.');
    expect(out).toContain('Next: ./lab check data-prep --target local');
  });

  test('a lab with all steps done is tried alone, and goes down', async () => {
    world.cloud.things.add('raw/one').add('answer/42');
    expect((await world.run('next --target local')).out.replace(/\s+/g, ' ')).toContain(
      'Can you do it alone? ./lab challenge data-prep --target local',
    );
    expect((await world.run('next --target local')).out).toContain(
      'Next: when you have seen enough: ./lab down data-prep --target local',
    );
  });

  test('after a down, up again and on from where one was', async () => {
    await world.run('step data-prep load --target local');
    await world.run('down data-prep --target local --yes');
    const { out } = await world.run('next --target local');
    expect(out).toContain('In data-prep you were at ask.');
    expect(out.replace(/\s+/g, ' ')).toContain(
      './lab up data-prep --target local, then ./lab step data-prep --until ask --target local',
    );
    world.cloud.running = false;
    expect((await world.run('next')).out).toContain('No local cloud is running.');
  });

  test('whoever was last in an account is sent there, and the account is not asked', async () => {
    world.cloud.running = false;
    await world.run('check data-prep --target aws');
    world.cloud.log.length = 0;
    const { out } = await world.run('next');
    expect(out).toContain('Next: ./lab next --target aws');
    expect(world.cloud.log).toEqual([]);
  });

  test('a stack that is half made comes first', async () => {
    world.cloud.stacks[0]!.StackStatus = 'ROLLBACK_COMPLETE';
    expect((await world.run('next --target local')).out).toContain('its stack is ROLLBACK_COMPLETE');
  });
});

describe('a hint begins with what is wrong now', () => {
  test('where the lab stands and a target is said', async () => {
    expect((await world.run('hint data-prep load --target local')).out).toMatch(
      /^Seen now: No object\.\n1\. Look at S3/,
    );
    world.cloud.things.add('raw/one');
    expect((await world.run('hint data-prep load --target local')).out).not.toContain('Seen now');
  });

  test('and is given all the same where it could not be looked', async () => {
    world.lab.steps[0]!.check = async () => Promise.reject(new Error('broken'));
    const { code, out } = await world.run('hint data-prep load --target local');
    expect(code).toBe(0);
    expect(out).toMatch(/^1\. Look at S3/);
  });
});
