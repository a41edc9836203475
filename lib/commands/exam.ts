import { join } from 'node:path';

import { type PresentedQuestion, presentQuestion } from '../course/presented-question';
import { Exit, LabError } from '../course/errors';
import { drawTasks, type ExamTask, keepExam, type Score } from '../course/exam';
import { readQuestions } from '../course/questions';
import { keepQuizResult } from '../course/quiz-results';
import { anySeed } from '../course/shuffle';
import { DOMAINS, REAL_EXAM } from '../facts/exam';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { drawPractical, type PracticalTask } from './exam-practical';
import { readWhole } from './options';
import { askFor, printQuestion, printSolved, questionDocument, readSeed, refuseNobody } from './questions';
import { plural } from './ui/text';

/** Where exams are kept. */
export const examFolder = (root: string): string => join(root, 'work', 'exam');

const MINUTES = 45;

/** A task, and what was answered: undefined where nothing was. */
interface Taken {
  readonly task: ExamTask;
  readonly one: PresentedQuestion;
  /** Marks of the answer. */
  readonly given?: readonly string[];
  readonly right?: boolean;
}

/**
 * `exam`: questions of all labs by the weights of the exam, against the clock, and no verdict before the end.
 * With a target, tasks in the labs that stand there come after them; without one, no cloud is asked.
 */
export const exam: Verb = async (context: Context, args) => {
  const { ui, deps, options, interrupts } = context;
  const minutes = args.minutes === undefined ? MINUTES : readWhole(args.minutes, '--minutes', MINUTES, 8, 170);
  const seed = readSeed(args.seed) ?? anySeed();
  const labs = await Promise.all(deps.labs.map((id) => deps.loadLab(id)));
  const pool = labs.flatMap(readQuestions);
  if (!options.json) refuseNobody(ui, `exam${context.suffix}`);
  const practical = options.json ? [] : await practicalTasks(context, Math.floor(minutes / 2), seed);
  const written = minutes - practical.reduce((sum, task) => sum + task.minutes, 0);
  const tasks = drawTasks(pool, DOMAINS, Math.floor(written / REAL_EXAM.minutesPerQuestion), seed);
  if (tasks.length === 0) {
    throw new LabError('There are not enough questions for an exam.', {
      why: `Each domain of the exam needs some, and all labs together have ${pool.length}.`,
      next: './lab list',
    });
  }
  const all = tasks.map((task) => ({ task, one: presentQuestion(task.question, seed) }));
  if (options.json) {
    ui.document({
      minutes,
      seed,
      tasks: all.map(({ task, one }) => ({
        type: task.type,
        points: task.points,
        domain: task.domain,
        question: questionDocument(one),
      })),
    });
    return Exit.Done;
  }
  ui.say(
    `${plural(tasks.length, 'question')}${practical.length > 0 ? `, then ${plural(practical.length, 'task')} in your labs,` : ''} in ${minutes} minutes, by the weights of the exam. Nothing is said of your answers before the end. Enter leaves a question unanswered, which counts as wrong.`,
  );
  const end = ui.streams.now() + minutes * 60_000;
  interrupts.leaves({
    remains: 'An exam that is broken off is not scored, and nothing of it is kept.',
    next: `./lab exam${context.suffix}`,
  });
  const taken = await take(context, all, end);
  if (interrupts.interrupted) return Exit.Interrupted;
  const done = await takePractical(context, practical, end);
  if (interrupts.interrupted) return Exit.Interrupted;
  interrupts.leaves(undefined);

  const now = new Date();
  const scores = [
    ...taken.map(({ task, right }) => ({ domain: task.domain, of: task.points, points: right ? task.points : 0 })),
    ...done.map(({ task, points }) => ({ domain: task.domain, of: task.points, points })),
  ];
  const scoreOf = (some: readonly Score[]): Score => ({
    points: some.reduce((sum, { points }) => sum + points, 0),
    of: some.reduce((sum, { of }) => sum + of, 0),
  });
  const domains = Object.fromEntries(DOMAINS.map(({ id }) => [id, scoreOf(scores.filter((one) => one.domain === id))]));
  const total = scoreOf(scores);
  keepExam(examFolder(deps.root), options.learner, { ...total, at: now.toISOString(), minutes, seed, domains });
  for (const { task, right } of taken)
    if (right !== undefined)
      keepQuizResult(workFolder(deps.root, task.question.lab), options.learner, task.question.id, right, now);

  printMissed(context, taken);
  for (const { task, points, tell } of done) {
    ui.say();
    ui.say(`${ui.colours.bold(task.title)} · ${task.lab} · ${points} of ${plural(task.points, 'point')}`);
    tell();
  }
  ui.say();
  ui.say(ui.colours.bold(`${total.points} of ${total.of} points: ${percent(total)}`));
  for (const { id, title, weight } of DOMAINS) {
    const { points, of } = domains[id]!;
    ui.say(`${points} of ${of}`, `  ${id} ${title} (${weight} %): `);
  }
  ui.say(
    `The real exam gives a scaled score and is passed with ${REAL_EXAM.pass} of ${REAL_EXAM.best}. A scaled score is no percentage: this is practice, and no prediction.`,
  );
  ui.say(`The same exam again: ./lab exam --minutes ${minutes} --seed ${seed}${context.suffix}`);
  ui.say(`Next: ./lab progress${context.suffix}`);
  return Exit.Done;
};

const percent = ({ points, of }: Score): string => `${Math.round((100 * points) / of)} %`;

/** Asks one after the other, until all are asked or the time is over. */
async function take(
  { ui, interrupts }: Context,
  all: readonly { readonly task: ExamTask; readonly one: PresentedQuestion }[],
  end: number,
): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const [at, { task, one }] of all.entries()) {
    const left = end - ui.streams.now();
    if (left <= 0) break;
    printQuestion(ui, one, `Question ${at + 1} of ${all.length} · ${clock(left)} left`);
    const given = await askFor(ui, one, 'Your answer (Enter skips):', AbortSignal.timeout(Math.floor(left)));
    if (interrupts.interrupted) return taken;
    // What comes after the end is no answer.
    const counts = typeof given === 'object' && ui.streams.now() <= end;
    taken.push({ task, one, ...(counts && { given, right: one.isRight(given) }) });
  }
  if (ui.streams.now() > end) ui.say('The time is over.');
  return [...taken, ...all.slice(taken.length)];
}

const clock = (left: number): string =>
  left < 60_000 ? 'less than a minute' : plural(Math.ceil(left / 60_000), 'minute');

/** Tasks in labs: where a target is said, and something stands on it. */
async function practicalTasks(context: Context, minutes: number, seed: number): Promise<readonly PracticalTask[]> {
  const { ui, options } = context;
  if (options.target === undefined) return [];
  // What is broken in an account is broken for all who use it.
  const faults =
    options.target === 'local' || options.yes || (await ui.confirm('May the exam break your labs as well?'));
  const drawn = await drawPractical(context, { minutes, seed, faults });
  if (drawn.length === 0)
    ui.say(
      `No task in a lab fits: none of yours stands on ${options.target} with the steps done that a task needs, or ${plural(minutes, 'minute')} are too few. There are questions only.`,
    );
  return drawn;
}

/** A task in a lab, and what came of it. */
interface Done {
  readonly task: PracticalTask;
  readonly points: number;
  tell(): void;
}

/** Has one done after the other, until all are or the time is over. What was not begun gives no points. */
async function takePractical({ ui, interrupts }: Context, all: readonly PracticalTask[], end: number): Promise<Done[]> {
  const done: Done[] = [];
  for (const [at, task] of all.entries()) {
    const left = end - ui.streams.now();
    if (left <= 0) {
      done.push({ task, points: 0, tell: () => ui.say('Not begun: the time was over.') });
      continue;
    }
    ui.say();
    ui.say(`${ui.colours.bold(`Task ${at + 1} of ${all.length}: ${task.title}`)} · ${clock(left)} left`);
    await task.begin();
    await ui.ask(
      'In another terminal. Press Enter here when it is to be graded:',
      AbortSignal.timeout(Math.floor(left)),
    );
    if (interrupts.interrupted) return done;
    done.push({ task, ...(await task.end()) });
  }
  return done;
}

/** Why, and where to learn it. */
function printMissed({ ui }: Context, taken: readonly Taken[]): void {
  for (const { one, given, right } of taken) {
    if (right) continue;
    const { question } = one;
    printQuestion(ui, { ...one, ask: '' }, `Task ${question.task} · ${question.lab} · ${question.step}`);
    ui.say(`${given ? `You said ${given.join(' ')}` : 'Not answered'}: the answer is ${one.answer}.`, '✗ ');
    printSolved(ui, one);
    ui.say(`Learn it: ./lab guide ${question.lab} ${question.step}`, '  ');
  }
}
