import { join } from 'node:path';

import { type Asked, asked } from '../course/asked';
import { Exit, LabError } from '../course/errors';
import { drawTasks, type ExamTask, keepExam, type Score } from '../course/exam';
import { readQuestions } from '../course/questions';
import { keepQuizResult } from '../course/quiz-results';
import { anySeed } from '../course/shuffle';
import { DOMAINS, REAL_EXAM } from '../facts/exam';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { askFor, printQuestion, printSolved, questionDocument, readSeed, readWhole, refuseNobody } from './questions';
import { plural } from './ui/text';

/** Where exams are kept. */
export const examFolder = (root: string): string => join(root, 'work', 'exam');

const MINUTES = 45;

/** A task, and what was answered: undefined where nothing was. */
interface Taken {
  readonly task: ExamTask;
  readonly one: Asked;
  /** Marks of the answer. */
  readonly given?: readonly string[];
  readonly right?: boolean;
}

/** `exam`: questions of all labs by the weights of the exam, against the clock, and no verdict before the end. Asks no cloud. */
export const exam: Verb = async (context: Context, args) => {
  const { ui, deps, options, interrupts } = context;
  const minutes = args.minutes === undefined ? MINUTES : readWhole(args.minutes, '--minutes', MINUTES, 8, 170);
  const seed = readSeed(args.seed) ?? anySeed();
  const labs = await Promise.all(deps.labs.map((id) => deps.loadLab(id)));
  const pool = labs.flatMap(readQuestions);
  const tasks = drawTasks(pool, DOMAINS, Math.floor(minutes / REAL_EXAM.minutesPerQuestion), seed);
  if (tasks.length === 0) {
    throw new LabError('There are not enough questions for an exam.', {
      why: `Each domain of the exam needs some, and all labs together have ${pool.length}.`,
      next: './lab list',
    });
  }
  const all = tasks.map((task) => ({ task, one: asked(task.question, seed) }));
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
  refuseNobody(ui, `exam${context.suffix}`);

  ui.say(
    `${plural(tasks.length, 'question')} in ${minutes} minutes, by the weights of the exam. Nothing is said of your answers before the end. Enter leaves a question unanswered, which counts as wrong.`,
  );
  interrupts.leaves({
    remains: 'An exam that is broken off is not scored, and nothing of it is kept.',
    next: `./lab exam${context.suffix}`,
  });
  const taken = await take(context, all, minutes);
  if (interrupts.interrupted) return Exit.Interrupted;
  interrupts.leaves(undefined);

  const now = new Date();
  const scoreOf = (some: readonly Taken[]): Score => ({
    points: some.reduce((sum, { task, right }) => sum + (right ? task.points : 0), 0),
    of: some.reduce((sum, { task }) => sum + task.points, 0),
  });
  const domains = Object.fromEntries(
    DOMAINS.map(({ id }) => [id, scoreOf(taken.filter(({ task }) => task.domain === id))]),
  );
  const total = scoreOf(taken);
  keepExam(examFolder(deps.root), options.learner, { ...total, at: now.toISOString(), minutes, seed, domains });
  for (const { task, right } of taken)
    if (right !== undefined)
      keepQuizResult(workFolder(deps.root, task.question.lab), options.learner, task.question.id, right, now);

  printMissed(context, taken);
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
  all: readonly { readonly task: ExamTask; readonly one: Asked }[],
  minutes: number,
): Promise<Taken[]> {
  const taken: Taken[] = [];
  const end = ui.streams.now() + minutes * 60_000;
  for (const [at, { task, one }] of all.entries()) {
    const left = end - ui.streams.now();
    if (left <= 0) break;
    const clock = left < 60_000 ? 'less than a minute' : plural(Math.ceil(left / 60_000), 'minute');
    printQuestion(ui, one, `Question ${at + 1} of ${all.length} · ${clock} left`);
    const given = await askFor(ui, one, 'Your answer (Enter skips):', AbortSignal.timeout(Math.floor(left)));
    if (interrupts.interrupted) return taken;
    // What comes after the end is no answer.
    const counts = typeof given === 'object' && ui.streams.now() <= end;
    taken.push({ task, one, ...(counts && { given, right: one.isRight(given) }) });
  }
  if (ui.streams.now() > end) ui.say('The time is over.');
  return [...taken, ...all.slice(taken.length)];
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
