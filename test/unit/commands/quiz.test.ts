import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

import { bestOf, sharesOf } from '../../../lib/course/exam';
import { readQuestions } from '../../../lib/course/questions';
import { World } from './fakes';

const SOURCE = 'https://docs.aws.amazon.com/athena/latest/ug/x.html';
const common = { task: '1.1', source: SOURCE, asOf: '2026-11-29' };
const single = (id: string, step: string, task = '1.1'): object => ({
  ...common,
  id,
  step,
  task,
  kind: 'single',
  question: `What of ${id}?`,
  options: [
    { text: 'this one', right: true, why: 'It is this.' },
    ...['one', 'two', 'three'].map((text) => ({ text, why: `Not ${text}.` })),
  ],
});
const order = {
  ...common,
  id: 'row',
  step: 'load',
  kind: 'order',
  question: 'In which order?',
  order: ['first', 'second', 'third'].map((text) => ({ text, why: `It is ${text}.` })),
};
const multiple = {
  ...common,
  id: 'pair',
  step: 'ask',
  task: '1.2',
  kind: 'multiple',
  question: 'Which two?',
  options: ['yes', 'yes, too', 'no', 'nope', 'not'].map((text) => ({
    text,
    ...(text.startsWith('y') && { right: true }),
    why: `${text}, because.`,
  })),
};
const match = {
  ...common,
  id: 'mates',
  step: 'ask',
  kind: 'match',
  question: 'Which belongs where?',
  match: [
    { text: 'ice', with: 'cold', why: 'It is frozen.' },
    { text: 'snow', with: 'cold', why: 'It is frozen, too.' },
    { text: 'fire', with: 'hot', why: 'It burns.' },
  ],
};

let world: World;
beforeEach(() => {
  world = new World();
  put([single('one', 'load'), order, multiple, match]);
});
afterEach(() => world.clean());

function put(questions: unknown): void {
  writeFileSync(join(world.lab.folder, 'questions.yaml'), stringify(questions));
}

interface Shown {
  id: string;
  lines: { mark: string; text: string }[];
  matches: { mark: string; text: string }[];
}

/** Right answers, by what the questions show under a seed. */
function answersOf(questions: readonly Shown[]): string[] {
  const markOf = (lines: Shown['lines'], text: string): string => lines.find((line) => line.text === text)!.mark;
  return questions.map(({ id, lines, matches }) => {
    if (id === 'row') return ['first', 'second', 'third'].map((text) => markOf(lines, text)).join(' ');
    if (id === 'pair') return ['yes', 'yes, too'].map((text) => markOf(lines, text).toUpperCase()).join('');
    if (id === 'mates') return lines.map(({ text }) => markOf(matches, text === 'fire' ? 'hot' : 'cold')).join(', ');
    return markOf(lines, 'this one');
  });
}

async function rightAnswers(line: string): Promise<string[]> {
  const document = (await world.run(`${line} --json`)).json() as { questions?: Shown[]; tasks?: { question: Shown }[] };
  return answersOf(document.questions ?? document.tasks!.map(({ question }) => question));
}

const flat = (text: string): string => text.replace(/\s+/g, ' ');

describe('quiz', () => {
  test('asks one after the other, and says of each why, where it is written, and in the end how many were right', async () => {
    const typed = await rightAnswers('quiz data-prep --seed 5');
    const { code, out } = await world.run('quiz data-prep --seed 5', { typed });
    expect(code).toBe(0);
    expect(out.match(/✓ Right\./g)).toHaveLength(4);
    expect(flat(out)).toContain('It is this.');
    expect(flat(out)).toContain(`Source (as of 2026-11-29): ${SOURCE}`);
    expect(out).toContain('4 of 4 answered rightly.\n  task 1.1: 3 of 3\n  task 1.2: 1 of 1\n');
    expect(out).toContain('Next: ./lab exam');
    expect(out).not.toContain('Read again');
  });

  test('tells a wrong answer, and what to read again; what was not right comes first the next time', async () => {
    const [right, , pair, mates] = await rightAnswers('quiz data-prep --seed 5');
    const { out } = await world.run('quiz data-prep --seed 5', { typed: [right!, '', pair!, mates!] });
    expect(out).toContain('3 of 3 answered rightly, 1 skipped.');
    expect(out).toContain('Read again what was not right:\n  ./lab guide data-prep load\n');
    const wrong = right === 'a' ? 'b' : 'a';
    const again = await world.run('quiz data-prep load --seed 5', { typed: ['', wrong] });
    expect(again.out.indexOf('In which order?')).toBeLessThan(again.out.indexOf('What of one?'));
    expect(again.out).toContain(`✗ Not right: the answer is ${right}.`);
    expect(again.out).toContain('Next: ./lab quiz data-prep load, which');
    const document = (await world.run('quiz data-prep --json')).json() as { questions: Shown[] };
    expect(document.questions.map(({ id }) => id)).toEqual(['one', 'row', 'pair', 'mates']);
  });

  test.each([
    ['z', '"z" is none of the letters a to d.'],
    ['ab', 'Those are 2 letters: it takes one, and no more.'],
    ['1', '"1" is none of the letters a to d.'],
  ])('asks again where the answer %s cannot be one, and says why', async (typed, why) => {
    const { out, err } = await world.run('quiz data-prep load --seed 5', { typed: [typed, '', ''] });
    expect(flat(err)).toContain(why);
    expect(out).toContain('0 of 0 answered rightly, 2 skipped.');
  });

  test.each([
    ['ask', 'a', 'That is 1 letter: it takes two, and no more.'],
    ['ask', 'a a', 'a a has a letter twice.'],
    ['load', '1 2', 'It takes each of the numbers 1 to 3 once.'],
    ['load', '1 2 4', '"4" is none of the numbers 1 to 3.'],
  ])('the same for what takes several: %s %s', async (step, typed, why) => {
    const skips = step === 'load' ? ['', typed, ''] : [typed, '', ''];
    const { err } = await world.run(`quiz data-prep ${step} --seed 5`, { typed: skips });
    expect(flat(err)).toContain(why);
  });

  test('? shows the answer, and counts for nothing', async () => {
    const { out } = await world.run('quiz data-prep load --seed 5', { typed: ['?', ''] });
    expect(out).toMatch(/The answer is [a-d]\./);
    expect(out).toContain('It is this.');
    expect(existsSync(world.work('.quiz.json'))).toBe(false);
  });

  test('a seed gives the same order of options again, another one another', async () => {
    const lines = async (seed: number): Promise<string> =>
      JSON.stringify((await world.run(`quiz data-prep --seed ${seed} --json`)).json());
    expect(await lines(5)).toBe(await lines(5));
    const orders = await Promise.all([1, 2, 3, 4, 5].map(lines));
    expect(new Set(orders.map((text) => text.replace(/"seed": ?\d+/, ''))).size).toBeGreaterThan(1);
  });

  test('--json asks nothing, and does not say what is right', async () => {
    const { code, out } = await world.run('quiz data-prep --json');
    expect(code).toBe(0);
    expect(out).not.toMatch(/"right"|"why"|"answer"|because/);
  });

  test('what was answered is kept at once, by learner', async () => {
    const [right] = await rightAnswers('quiz data-prep load --seed 5');
    await world.run('quiz data-prep load --seed 5 --learner ana', { typed: [right!, ''] });
    expect(JSON.parse(readFileSync(world.work('.quiz.json'), 'utf8'))).toEqual({
      'ana one': { right: true, at: expect.any(String) },
    });
    const { json } = await world.run('progress --json --learner ana');
    expect(json().labs[0].questions).toEqual({ right: 1, answered: 1, of: 4 });
    expect((await world.run('progress --learner ana')).out).toContain('questions: 1 of 4 right, 1 answered');
    expect((await world.run('progress')).out).not.toContain('questions:');
  });

  test('results that cannot be read are none', async () => {
    await world.run('quiz data-prep load --seed 5', { typed: ['a', ''] });
    writeFileSync(world.work('.quiz.json'), '{"me one": {"right": "yes"}}');
    expect((await world.run('progress --json')).json().labs[0].questions.answered).toBe(0);
  });

  test.each(['quiz data-prep', 'exam'])('%s: where nobody is at the terminal it says so', async (line) => {
    put(['1.1', '2.1', '3.1', '4.1'].map((task) => single(`of-${task.replace('.', '-')}`, 'load', task)));
    const { code, err, out } = await world.run(line);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(flat(err)).toContain('Nobody is at a terminal to answer.');
    expect(flat(err)).toContain(`Next: ./lab ${line} --json`);
  });

  test('a lab or a step without questions says so', async () => {
    put([single('one', 'load')]);
    const { code, err } = await world.run('quiz data-prep ask', { typed: [] });
    expect(code).toBe(4);
    expect(flat(err)).toContain('There are no questions about the step ask of data-prep.');
    expect(flat(err)).toContain('Next: ./lab quiz data-prep');
  });

  test('fits on a narrow terminal', async () => {
    const { out } = await world.run('quiz data-prep --seed 5', { typed: ['a'], columns: 40 });
    const wide = out
      .split('\n')
      .filter((line) => line.length > 40 && !line.includes('https:') && !line.includes('./lab'));
    expect(wide).toEqual([]);
  });
});

describe('a file of questions that cannot be used is told by the question', () => {
  const one = (): Record<string, unknown> => ({ ...single('one', 'load') });
  test.each<[string, unknown, string]>([
    ['no list', { one: 1 }, 'it is no list of questions'],
    ['no id', [{ ...one(), id: undefined }], 'question number 1 is not one'],
    ['a step that there is not', [{ ...one(), step: 'sleep' }], 'the lab data-prep has no step sleep'],
    ['a task of no exam', [{ ...one(), task: '5.1' }], 'task 5.1 is none of the exam'],
    ['a kind that there is not', [{ ...one(), kind: 'essay' }], 'kind essay is none of single'],
    ['a source elsewhere', [{ ...one(), source: 'https://example.com' }], 'is no page of docs.aws.amazon.com'],
    ['three options', [{ ...one(), options: (one().options as object[]).slice(0, 3) }], 'it is 1 of 3'],
    ['a reason that is missing', [{ ...one(), options: [{ text: 'x', right: true }] }], 'options 1 has no why'],
    ['a field that it has not', [{ ...one(), order: [] }], 'a single has no order'],
    ['two of one id', [one(), one()], 'the question one is there twice'],
    ['an order of two', [{ ...order, order: order.order.slice(0, 2) }], 'order has 2 of three to six'],
  ])('%s', (_what, questions, said) => {
    put(questions);
    const thrown = (): unknown => readQuestions(world.lab);
    expect(thrown).toThrow(/^labs\/data-prep\/questions\.yaml cannot be used/);
    let error: { message: string; why: string } | undefined;
    try {
      readQuestions(world.lab);
    } catch (caught) {
      error = caught as { message: string; why: string };
    }
    expect(`${error!.message} ${error!.why}`).toContain(said);
  });

  test('no YAML', async () => {
    writeFileSync(join(world.lab.folder, 'questions.yaml'), '- id: [');
    const { code, err } = await world.run('quiz data-prep', { typed: [] });
    expect(code).toBe(4);
    expect(flat(err)).toContain('questions.yaml cannot be used: it is not YAML.');
  });
});

describe('exam', () => {
  const TASKS = ['1.1', '2.1', '3.1', '4.1'];
  beforeEach(() => put(TASKS.map((task) => single(`of-${task.replace('.', '-')}`, 'load', task))));

  test('says nothing of an answer before the end, then the score by domain, and why of each that was missed', async () => {
    const typed = await rightAnswers('exam --minutes 8 --seed 3');
    typed[1] = typed[1] === 'a' ? 'b' : 'a';
    typed[2] = '';
    const { code, out } = await world.run('exam --minutes 8 --seed 3', { typed, tick: 10.5 });
    expect(code).toBe(0);
    const [asking, told] = out.split('Question 4 of 4');
    expect(asking).not.toMatch(/Right\.|the answer is|It is this\./);
    expect(asking).toContain('Question 1 of 4 · 8 minutes left');
    expect(flat(told!)).toMatch(/You said [ab]: the answer is [a-d]\./);
    expect(flat(told!)).toContain('Not answered: the answer is');
    expect(told!.match(/Learn it: \.\/lab guide data-prep load/g)).toHaveLength(2);
    expect(told).toContain('2 of 4 points: 50 %');
    expect(told!.match(/\(2[48] %\): [01] of 1/g)).toHaveLength(4);
    expect(flat(told!)).toContain('passed with 720 of 1000. A scaled score is no percentage');
  });

  test('is kept, with its answers, and shown as last and best', async () => {
    const typed = await rightAnswers('exam --minutes 8 --seed 3');
    await world.run('exam --minutes 8 --seed 3', { typed });
    await world.run('exam --minutes 8 --seed 3', { typed: [typed[0]!] });
    const { exams, labs } = (await world.run('progress --json')).json();
    expect(exams).toMatchObject({ count: 2, last: { points: 1, of: 4 }, best: { points: 4, of: 4, seed: 3 } });
    expect(labs[0].questions).toEqual({ right: 4, answered: 4, of: 4 });
    const { out } = await world.run('progress');
    expect(out).toMatch(/exams: 2 taken; last 1 of 4 points \(\d{4}-\d\d-\d\d\), best 4 of 4 points/);
    expect((await world.run('progress --learner ana')).out).not.toContain('exams:');
  });

  test('ends when the time is over: what is answered after that does not count', async () => {
    const typed = await rightAnswers('exam --minutes 8 --seed 3');
    const { out } = await world.run('exam --minutes 8 --seed 3', { typed, tick: 100_000 });
    expect(out).toContain('The time is over.');
    expect(out).not.toContain('Question 4 of 4');
    expect(out).toMatch(/[12] of 4 points/);
  });

  test('--json asks nothing, and does not say what is right', async () => {
    const { json, out } = await world.run('exam --json --seed 3');
    expect(
      json()
        .tasks.map(({ domain }: { domain: string }) => domain)
        .sort(),
    ).toEqual(['1', '2', '3', '4']);
    expect(out).not.toMatch(/"right"|"why"|"answer"/);
    expect((await world.run('exam --json --seed 3')).out).toBe(out);
  });

  test.each([
    ['exam --minutes 3', '"3" is not a valid --minutes.', './lab exam --minutes 45'],
    ['exam --minutes long', '"long" is not a valid --minutes.', './lab exam --minutes 45'],
    ['exam --seed x', '"x" is not a valid --seed.', './lab exam --seed 7'],
  ])('%s is wrong use', async (line, what, next) => {
    const { code, err } = await world.run(line, { typed: [] });
    expect(code).toBe(2);
    expect(err).toContain(what);
    expect(err).toContain(`Next: ${next}`);
  });

  test('needs questions of every domain', async () => {
    put([single('one', 'load')]);
    const { code, err } = await world.run('exam', { typed: [] });
    expect(code).toBe(4);
    expect(flat(err)).toContain('There are not enough questions for an exam.');
  });

  test('shares add up, by the weights', () => {
    const weights = [28, 24, 24, 24].map((weight, at) => ({ id: String(at + 1), weight }));
    for (const count of [4, 22, 50, 65]) {
      const shares = [...sharesOf(weights, count).values()];
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(count);
      for (const [at, share] of shares.entries())
        expect(Math.abs(share - (count * weights[at]!.weight) / 100)).toBeLessThan(1);
    }
  });

  test('the best is the one with the largest share, and the last of several', () => {
    const exam = (points: number, of: number, at: string): never => ({ points, of, at }) as never;
    expect(bestOf([exam(3, 4, 'a'), exam(9, 12, 'b'), exam(5, 10, 'c')])).toMatchObject({ at: 'b' });
    expect(bestOf([])).toBeUndefined();
  });
});

describe('exam in labs that stand', () => {
  const LINE = 'exam --minutes 45 --seed 3 --target local';
  beforeEach(() => {
    put(['1.1', '2.1', '3.1', '4.1'].map((task) => single(`of-${task.replace('.', '-')}`, 'load', task)));
    world.cloud.addStack();
    // Too many for the challenge, and what the fault needs.
    for (const thing of ['raw/one', 'x', 'y']) world.cloud.things.add(thing);
  });
  const broken = (): string[] => [...world.cloud.things].filter((thing) => thing.startsWith('bad/'));
  /** Does in another terminal what both tasks want. */
  const work = (): string => {
    for (const thing of [...broken(), 'x', 'y']) world.cloud.things.delete(thing);
    return '';
  };
  const skips = Array<string>(4).fill('');

  test('has a challenge and a fault done after the questions, and scores them with these', async () => {
    const { code, out } = await world.run(LINE, { typed: [...skips, work, work] });
    expect(code).toBe(0);
    expect(out).toContain('then 2 tasks in your labs, in 45 minutes');
    expect(out).toContain('! The pager: good/');
    expect(out).toContain('Somebody wants an object.');
    expect(out).toMatch(/Keep an object · data-prep · 5 of 5 points/);
    expect(out).toMatch(/Something is wrong in data-prep · data-prep · 5 of 5 points/);
    expect(out).toContain('10 of 14 points');
    expect((await world.run('progress --json')).json().exams).toMatchObject({ last: { points: 10, of: 14 } });
  });

  test('tells at the end what was missed, and takes the fault out again', async () => {
    const { out } = await world.run(LINE, { typed: skips });
    expect(out).toMatch(/Keep an object · data-prep · 3 of 5 points/);
    expect(flat(out)).toContain('✗ There are one or two There are 3. Think about: which of them are needed');
    expect(flat(out)).toContain('✗ It is still missed. Given up after');
    expect(broken()).toEqual([]);
    expect((await world.run('break data-prep --target local')).code).toBe(0);
  });

  test('has no task that is done already, and none for which there is no time', async () => {
    work();
    expect((await world.run(LINE, { typed: skips })).out).toContain('then 1 task in your labs');
    const { out } = await world.run('exam --minutes 20 --seed 3 --target local', { typed: skips });
    expect(flat(out)).toContain('No task in a lab fits: none of yours stands on local');
  });

  test('goes on with questions where nothing stands, and asks no cloud without a target', async () => {
    world.cloud.stacks = [];
    expect(flat((await world.run(LINE, { typed: ['n', ...skips] })).out)).toContain('There are questions only.');
    world.cloud.running = false;
    world.cloud.log.length = 0;
    expect((await world.run(LINE, { typed: ['n', ...skips] })).code).toBe(0);
    expect((await world.run('exam --minutes 8 --seed 3', { typed: skips })).out).not.toContain('task');
    expect(world.cloud.log).toEqual([]);
  });

  test('puts a lab up on this machine where somebody says yes, its steps done, and leaves the learner’s work alone', async () => {
    world.cloud.stacks = [];
    world.cloud.things.clear();
    const { out, err } = await world.run(LINE, { typed: ['y', ...skips, work] });
    expect(err).toContain('Put up data-prep, with all steps done');
    expect(flat(out)).toContain('data-prep stands, and stays after the exam: ./lab down data-prep --target local');
    expect([...world.cloud.things]).toEqual(['raw/one', 'answer/42']);
    expect(out).toMatch(/Something is wrong in data-prep · data-prep · 5 of 5 points/);
    expect(existsSync(world.work('answer.sql'))).toBe(false);
  });

  test('breaks nothing in an account before somebody says yes', async () => {
    const line = LINE.replace('local', 'aws');
    const { err, out } = await world.run(line, { typed: ['n', ...skips] });
    expect(err).toContain('May the exam break your labs as well? [y/N]');
    expect(out).not.toContain('The pager');
    expect((await world.run(line, { typed: ['y', ...skips] })).out).toContain('! The pager');
    expect(broken()).toEqual([]);
  });
});
