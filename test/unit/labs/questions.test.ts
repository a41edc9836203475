/** The questions of all labs: each can be asked, has one answer, says why, and gives nothing away. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { presentQuestion } from '../../../lib/course/presented-question';
import { drawTasks } from '../../../lib/course/exam';
import type { Lab } from '../../../lib/course/model';
import { type Choice, type Question, readQuestions } from '../../../lib/course/questions';
import { LABS } from '../../../lib/course/registry';
import { DOMAINS } from '../../../lib/facts/exam';

const ROOT = resolve(__dirname, '../../..');
let labs: Lab[];
let all: Question[];
beforeAll(async () => {
  labs = await Promise.all(LABS.map((entry) => entry.lab()));
  all = labs.flatMap(readQuestions);
});

const choices = (): Choice[] => all.filter((one): one is Choice => one.kind === 'single' || one.kind === 'multiple');
const singles = (): Choice[] => choices().filter(({ kind }) => kind === 'single');
const whys = (one: Question): { text: string; why: string }[] =>
  one.kind === 'order' ? [...one.order] : one.kind === 'match' ? [...one.match] : [...one.options];

test('each lab has at least 15, and each step of it two', () => {
  for (const lab of labs) {
    const own = all.filter((one) => one.lab === lab.id);
    expect(own.length).toBeGreaterThanOrEqual(15);
    const few = lab.steps.filter(({ id }) => own.filter(({ step }) => step === id).length < 2).map(({ id }) => id);
    expect({ lab: lab.id, few }).toEqual({ lab: lab.id, few: [] });
  }
});

test('a question has its id alone', () => {
  const ids = all.map(({ id }) => id);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
});

test('each task of the exam has one at least, and a question is of no other', () => {
  const tasks = DOMAINS.flatMap((domain) => domain.tasks);
  expect(all.filter(({ task }) => !tasks.includes(task)).map(({ id }) => id)).toEqual([]);
  expect(tasks.filter((task) => !all.some((one) => one.task === task))).toEqual([]);
});

test('all kinds are there', () => {
  expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['single', 'multiple', 'order', 'match']));
});

test('questions, options and reasons are neither empty words nor essays', () => {
  const long = all.flatMap((one) => [
    ...(one.question.length < 40 || one.question.length > 600 ? [one.id] : []),
    ...whys(one).flatMap(({ text, why }) =>
      text.length < 1 || text.length > 140 || why.length < 20 || why.length > 320 ? [`${one.id}: ${text}`] : [],
    ),
  ]);
  expect(long).toEqual([]);
});

test('every sentence ends, and no two options of a question are one', () => {
  expect(all.filter(({ question }) => !/[.?:]$/.test(question)).map(({ id }) => id)).toEqual([]);
  expect(all.filter((one) => whys(one).some(({ why }) => !/[.!?]$/.test(why))).map(({ id }) => id)).toEqual([]);
  expect(
    all.filter((one) => new Set(whys(one).map(({ text }) => text)).size < whys(one).length).map(({ id }) => id),
  ).toEqual([]);
});

/** Words of a text that are not those of every text. */
const wordsOf = (text: string): Set<string> => new Set(text.toLowerCase().match(/[a-z]{5,}/g));

test('no two questions are alike', () => {
  const alike = all.flatMap((one, at) =>
    all.slice(at + 1).flatMap((other) => {
      const [a, b] = [one, other].map((of) =>
        wordsOf([of.question, ...whys(of).map(({ text }) => text)].join(' ')),
      ) as [Set<string>, Set<string>];
      const both = [...a].filter((word) => b.has(word)).length;
      return both / Math.min(a.size, b.size) > 0.6 ? [`${one.id} and ${other.id}`] : [];
    }),
  );
  expect(alike).toEqual([]);
});

test('no place among the options is right more often than another, on the page as in the terminal', () => {
  const spread = (places: readonly number[]): number[] =>
    [0, 1, 2, 3].map((at) => places.filter((place) => place === at).length / places.length);
  const onPage = singles().map(({ options }) => options.findIndex(({ right }) => right));
  const shown = [1, 2, 3, 4, 5].flatMap((seed) =>
    singles().map((one) => presentQuestion(one, seed).solved.findIndex(({ right }) => right)),
  );
  for (const share of [...spread(onPage), ...spread(shown)]) {
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
  }
});

test('the right option is not given away by its length', () => {
  const longest = singles().filter(({ options }) => {
    const most = Math.max(...options.map(({ text }) => text.length));
    return options.find(({ right }) => right)!.text.length === most;
  });
  const shortest = singles().filter(({ options }) => {
    const least = Math.min(...options.map(({ text }) => text.length));
    return options.find(({ right }) => right)!.text.length === least;
  });
  expect(longest.length / singles().length).toBeLessThan(0.4);
  expect(shortest.length / singles().length).toBeLessThan(0.45);
  const apart = singles().filter(({ options }) => {
    const lengths = options.map(({ text }) => text.length);
    return Math.max(...lengths) > 40 + 2 * Math.min(...lengths);
  });
  expect(apart.map(({ id }) => id)).toEqual([]);
});

test('no option says always, never or all of the above', () => {
  const loud = choices().flatMap(({ id, options }) =>
    options.filter(({ text }) => /\b(always|never|(all|none) of (the above|these))\b/i.test(text)).map(() => id),
  );
  expect(loud).toEqual([]);
});

test('what is asked has one answer, which is read and found right', () => {
  for (const one of all)
    for (const seed of [1, 2, 3]) {
      const put = presentQuestion(one, seed);
      const read = put.read(put.answer);
      expect({ id: one.id, read }).toEqual({ id: one.id, read: { marks: put.answer.split(' ') } });
      if ('marks' in read) expect(put.isRight(read.marks)).toBe(true);
      if ('marks' in read && (one.kind === 'single' || one.kind === 'order')) {
        const other =
          one.kind === 'order' ? [...read.marks].reverse() : read.marks.map((mark) => (mark === 'a' ? 'b' : 'a'));
        expect(put.isRight(other)).toBe(false);
      }
    }
});

test('a multiple choice says how many it wants, and what is to be put in order is shown in another one', () => {
  for (const one of all) {
    const put = presentQuestion(one, 1);
    if (one.kind === 'multiple') {
      const count = one.options.filter(({ right }) => right).length;
      expect(put.ask).toBe(`Choose ${['two', 'three'][count - 2]}.`);
      expect(one.question.toLowerCase()).toContain(['two', 'three'][count - 2]!);
    }
    if (one.kind === 'order') expect(put.answer).not.toBe(one.order.map((_, at) => at + 1).join(' '));
  }
});

test('an exam of the usual length has questions of all domains, by their weights, and each lab has its share of them', () => {
  const shares = new Map<string, number>();
  for (let seed = 0; seed < 40; seed += 1) {
    const drawn = drawTasks(all, DOMAINS, 22, seed);
    expect(drawn).toHaveLength(22);
    expect(new Set(drawn.map(({ question }) => question.id)).size).toBe(22);
    for (const { question } of drawn) shares.set(question.lab, (shares.get(question.lab) ?? 0) + 1);
    const counts = DOMAINS.map(({ id }) => drawn.filter(({ question }) => question.task.startsWith(id)).length);
    expect(counts.every((count) => count === 5 || count === 6)).toBe(true);
    expect(counts[0]).toBe(6);
  }
  // One in ten of what is drawn at least, whichever lab it is.
  const few = labs.filter(({ id }) => (shares.get(id) ?? 0) < 88).map(({ id }) => id);
  expect(few).toEqual([]);
});

test('the weights and tasks are those of the page about the exam', () => {
  const page = readFileSync(resolve(ROOT, 'docs/exam.md'), 'utf8');
  expect(DOMAINS.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
  for (const { id, title, weight, tasks } of DOMAINS) {
    expect(page).toContain(`## ${id}. ${title}, ${weight} %`);
    for (const task of tasks) expect(page).toMatch(new RegExp(`^\\| ${task.replace('.', '\\.')} `, 'm'));
  }
});
