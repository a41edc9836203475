/** Game days: one fault at a time, its symptom only, judged by whether it works again, and noted so that nothing is lost. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Exit } from '../../../lib/course/errors';
import { faultOfSeed } from '../../../lib/course/fault';
import { World } from './fakes';

let world: World;
beforeEach(() => {
  world = new World();
  world.cloud.addStack();
  world.cloud.things.add('raw/one').add('answer/42');
});
afterEach(() => world.clean());

const flat = (text: string): string => text.replace(/\s+/g, ' ');
const note = (): string => readFileSync(world.work('.game-day.json'), 'utf8');
const broken = (): string[] => [...world.cloud.things].filter((thing) => thing.startsWith('bad/'));

/** What would tell a learner which fault it is. */
const TELLS = /taken away|late"|slow"|seed|task/;

describe('the fault of a seed', () => {
  const faults = ['c', 'a', 'b'].map((id) => ({ id }));

  test('is the same for the same seed, whatever the order of the faults', () => {
    for (let seed = 0; seed < 9; seed += 1)
      expect(faultOfSeed(faults, seed)).toBe(faultOfSeed([...faults].reverse(), seed));
  });

  test('is each of them for some seed, and none where there is none', () => {
    expect([0, 1, 2, 3].map((seed) => faultOfSeed(faults, seed)?.id)).toEqual(['a', 'b', 'c', 'a']);
    expect(faultOfSeed([], 7)).toBeUndefined();
  });
});

describe('break', () => {
  test('puts one fault in, and tells the symptom and nothing of the fault', async () => {
    const { code, out, err, json } = await world.run('break data-prep --target local --json');
    expect(code).toBe(Exit.Done);
    expect(json()).toEqual({
      lab: 'data-prep',
      symptom: expect.stringMatching(/^The pager: good/),
      since: expect.any(String),
    });
    expect(broken()).toHaveLength(1);
    expect(out + err).not.toMatch(TELLS);
  });

  test('chooses by the seed', async () => {
    await world.run('break data-prep --target local --seed 1');
    expect(broken()).toEqual(['bad/slow']);
  });

  test.each(['-1', '1.5', 'x', '99999999999999999999'])('%s is no seed', async (seed) => {
    const { code, err } = await world.run(`break data-prep --target local --seed=${seed}`);
    expect([code, flat(err)]).toEqual([Exit.WrongUse, expect.stringContaining('--seed=1')]);
    expect(broken()).toEqual([]);
  });

  test('is refused while one goes on, with a way to end it', async () => {
    await world.run('break data-prep --target local');
    const { code, err } = await world.run('break data-prep --target local');
    expect(code).toBe(Exit.Refused);
    expect(flat(err)).toContain('./lab mend data-prep --target local');
    expect(broken()).toHaveLength(1);
  });

  test('is refused where the steps that it needs are not done', async () => {
    world.cloud.things.delete('raw/one');
    const { code, err } = await world.run('break data-prep --target local');
    expect([code, flat(err)]).toEqual([
      Exit.WrongUse,
      expect.stringContaining('./lab step data-prep load --target local'),
    ]);
    expect(existsSync(world.work('.game-day.json'))).toBe(false);
  });

  test('leaves faults out whose steps are not done, or that another mode has', async () => {
    world.cloud.things.delete('answer/42');
    world.faults = [
      { ...world.faults[0]!, needs: ['load', 'ask'] },
      { ...world.faults[0]!, when: { build: ['codebuild'] } },
      world.faults[1]!,
    ];
    await world.run('break data-prep --target local --seed 0');
    expect(broken()).toEqual(['bad/slow']);
  });

  test('is refused where the lab does not stand', async () => {
    world.cloud.stacks = [];
    const { code, err } = await world.run('break data-prep --target local');
    expect([code, err]).toEqual([Exit.WrongUse, expect.stringContaining('./lab up data-prep --target local')]);
  });

  test('asks once on AWS, and changes nothing without a yes', async () => {
    const nobody = await world.run('break data-prep --target aws');
    expect([nobody.code, flat(nobody.err)]).toEqual([Exit.Refused, expect.stringContaining('--yes')]);
    expect((await world.run('break data-prep --target aws', { typed: ['n'] })).code).toBe(Exit.Refused);
    expect(broken()).toEqual([]);
    const yes = await world.run('break data-prep --target aws', { typed: ['y'] });
    expect([yes.code, flat(yes.out)]).toEqual([
      Exit.Done,
      expect.stringContaining('changes one thing of MlaLabs-DataPrep'),
    ]);
    expect(broken()).toHaveLength(1);
  });

  test('takes back what it did by half where it fails on its way', async () => {
    for (const fault of world.faults) {
      const { inject } = fault;
      fault.inject = async (run, memory) => {
        await inject(run, memory);
        throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
      };
    }
    const { code, err } = await world.run('break data-prep --target local');
    expect([code, err]).toEqual([Exit.Failed, expect.stringContaining('throttled')]);
    expect(broken()).toEqual([]);
    expect((await world.run('mend data-prep --target local')).code).toBe(Exit.WrongUse);
  });

  test('that nobody could take back stays noted, and can be mended later', async () => {
    const [fault] = world.faults;
    world.faults = [fault!];
    const { inject, mend } = fault!;
    fault!.inject = async (run, memory) => {
      await inject(run, memory);
      throw new Error('cut');
    };
    fault!.mend = async () => Promise.reject(new Error('cut again'));
    const { code, err } = await world.run('break data-prep --target local');
    expect([code, flat(err)]).toEqual([Exit.Failed, expect.stringMatching(/Error: cut .*\.\/lab mend data-prep/)]);
    fault!.mend = mend;
    expect((await world.run('mend data-prep --target local')).code).toBe(Exit.Done);
    expect(broken()).toEqual([]);
  });

  test('gives one more hint each time', async () => {
    await world.run('break data-prep --target local');
    expect((await world.run('break data-prep --hint --target local')).out).toMatch(
      /1\. Look around\.\nNext: .*1 more/s,
    );
    const { json, out, err } = await world.run('break data-prep --hint --target local --json');
    expect(json()).toMatchObject({ hints: ['Look around.', 'Look closer.'], left: 0 });
    expect(out + err).not.toMatch(TELLS);
  });

  test('has no hint where no game day goes on', async () => {
    const { code, err } = await world.run('break data-prep --hint --target local');
    expect([code, flat(err)]).toEqual([Exit.WrongUse, expect.stringContaining('./lab break data-prep --target local')]);
  });
});

describe('check', () => {
  test('says that it is not mended, without what it was', async () => {
    await world.run('break data-prep --target local --seed 0');
    const { code, out, err, json } = await world.run('check data-prep --target local --json');
    expect(code).toBe(Exit.CheckFailed);
    expect(err).toContain('✗ game day: It is still missed.');
    expect(out + err).not.toMatch(TELLS);
    expect(json().gameDay).toEqual({
      state: 'not done',
      done: false,
      saw: 'It is still missed.',
      next: 'Find out why.',
      since: expect.any(String),
    });
  });

  test('tells what it was and what prevents it when it works again, and ends it', async () => {
    await world.run('break data-prep --target local --seed 0');
    world.cloud.things.delete('bad/late');
    const { code, err, json } = await world.run('check data-prep --target local --json');
    expect(code).toBe(Exit.Done);
    expect(flat(err)).toMatch(
      /✓ game day: It is there\. Mended after .*: The thing late was taken away.*seed 0.*A review\./,
    );
    expect(json()).toMatchObject({
      done: true,
      gameDay: { done: true, over: { fault: 'late', seed: 0, seen: ['the console'] } },
    });
    expect((await world.run('check data-prep --target local')).out).not.toContain('game day');
    const { err: progress, json: kept } = await world.run('progress --json');
    expect(progress).toContain('on this machine: 1 game day, 1 mended');
    expect(kept().labs[0].gameDays).toMatchObject({ aws: [], local: [{ fault: 'late', mended: true }] });
  });

  test('of one step says nothing of the game day', async () => {
    await world.run('break data-prep --target local');
    expect((await world.run('check data-prep load --target local')).out).not.toContain('game day');
  });

  test('that cannot look ends nothing, and is not taken for a no', async () => {
    await world.run('break data-prep --target local --seed 0');
    world.faults[0]!.check = async () => {
      throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    };
    const { code, out } = await world.run('check data-prep --target local');
    expect([code, out]).toEqual([Exit.Failed, expect.stringContaining('? game day: Could not look')]);
    expect(note()).toContain('late');
  });

  test('is given clients that only read', async () => {
    await world.run('break data-prep --target local --seed 0');
    class PutObjectCommand {
      input = {};
    }
    world.faults[0]!.check = async (run) => {
      await run.clients.s3.send(new PutObjectCommand() as never);
      return { done: true, saw: '', next: '' };
    };
    world.cloud.closed.set('glue', new Error('unused'));
    expect((await world.run('check data-prep --target local')).code).toBe(Exit.Failed);
  });
});

describe('mend', () => {
  test('takes the fault out, says what it was, and counts it as given up', async () => {
    await world.run('break data-prep --target local --seed 1');
    const { code, json } = await world.run('mend data-prep --target local --json');
    expect(code).toBe(Exit.Done);
    expect(json()).toMatchObject({ lab: 'data-prep', fault: 'slow', title: 'The thing slow was taken away', seed: 1 });
    expect(broken()).toEqual([]);
    expect((await world.run('progress')).out).toContain('on this machine: 1 game day, 0 mended');
  });

  test('where none goes on says so: it is known only where it was begun', async () => {
    const { code, err } = await world.run('mend data-prep --target local');
    expect([code, flat(err)]).toEqual([Exit.WrongUse, expect.stringContaining('in the folder where it was begun')]);
  });

  test('that fails leaves the game day as it is', async () => {
    await world.run('break data-prep --target local --seed 0');
    const { mend } = world.faults[0]!;
    world.faults[0]!.mend = async () => Promise.reject(new Error('cut'));
    expect((await world.run('mend data-prep --target local')).code).toBe(Exit.Failed);
    world.faults[0]!.mend = mend;
    expect((await world.run('mend data-prep --target local')).code).toBe(Exit.Done);
  });
});

describe('the note', () => {
  test('of a stack that is gone is over: its fault went with it', async () => {
    await world.run('break data-prep --target local');
    world.cloud.stacks = [];
    world.cloud.addStack().StackId += '2';
    const { code, out } = await world.run('check data-prep --target local');
    expect([code, out.includes('game day')]).toEqual([Exit.Done, false]);
    expect((await world.run('break data-prep --target local')).code).toBe(Exit.Done);
  });

  test('of one target, learner or Region is none of another’s', async () => {
    await world.run('break data-prep --target local');
    world.cloud.addStack('CREATE_COMPLETE', 'ana');
    expect((await world.run('check data-prep --target local --learner ana')).out).not.toContain('game day');
    expect((await world.run('check data-prep --target aws')).out).not.toContain('game day');
    expect((await world.run('check data-prep --target aws --region eu-west-1')).out).not.toContain('game day');
    expect((await world.run('check data-prep --target local')).out).toContain('game day');
  });

  test.each(['{', '[]', '{"local me 000000000000 us-east-1":{"fault":1}}'])('%s is no game day', async (text) => {
    mkdirSync(world.work('.'), { recursive: true });
    writeFileSync(world.work('.game-day.json'), text);
    writeFileSync(world.work('.game-days.json'), text);
    expect((await world.run('check data-prep --target local')).code).toBe(Exit.Done);
    expect((await world.run('progress')).code).toBe(Exit.Done);
    expect((await world.run('break data-prep --target local')).code).toBe(Exit.Done);
  });

  test('with a fault that there is not is forgotten, and said to be', async () => {
    await world.run('break data-prep --target local');
    world.faults = [{ ...world.faults[0]!, id: 'another' }];
    const { code, err } = await world.run('check data-prep --target local');
    expect([code, flat(err)]).toEqual([Exit.Done, expect.stringContaining('it is forgotten')]);
  });
});
