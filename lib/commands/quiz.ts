import { presentQuestion } from '../course/presented-question';
import { Exit, LabError } from '../course/errors';
import { type Question, questionsFile, readQuestions } from '../course/questions';
import { keepQuizResult, readQuizResults } from '../course/quiz-results';
import { anySeed } from '../course/shuffle';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { askFor, printQuestion, printSolved, questionDocument, readSeed, refuseNobody } from './questions';
import { plural } from './ui/text';

/** `quiz <lab> [step]`: questions as the exam asks them, about what the steps have shown. Asks no cloud. */
export const quiz: Verb = async (context: Context, args) => {
  const { ui, deps, options, interrupts } = context;
  const lab = await context.lab(args.lab ?? '');
  const step = args.step === undefined ? undefined : context.step(lab, args.step);
  const seed = readSeed(args.seed) ?? anySeed();
  const all = readQuestions(lab).filter((one) => step === undefined || one.step === step.id);
  const words = `${['quiz', lab.id, step?.id].filter(Boolean).join(' ')}${context.suffix}`;
  if (all.length === 0) {
    throw new LabError(`There are no questions about ${step ? `the step ${step.id} of ` : ''}${lab.id}.`, {
      why: `${questionsFile(lab.id)} has none.`,
      next: step ? `./lab quiz ${lab.id}${context.suffix}` : `./lab guide ${lab.id}`,
    });
  }
  const workDir = workFolder(deps.root, lab.id);
  const before = readQuizResults(workDir, options.learner);
  const known = ({ id }: Question): boolean => before[id]?.right === true;
  // What was not right yet comes first; beyond that the order is that of the guide.
  const questions = [...all.filter((one) => !known(one)), ...all.filter(known)].map((one) =>
    presentQuestion(one, seed),
  );
  if (options.json) {
    ui.document({ lab: lab.id, step: step?.id ?? null, seed, questions: questions.map(questionDocument) });
    return Exit.Done;
  }
  refuseNobody(ui, words);

  const answered = new Map<Question, boolean>();
  ui.say(
    `${plural(questions.length, 'question')} about ${step ? `${lab.id}, ${step.id}` : lab.id}. ? shows the answer, Enter skips, Ctrl-C ends; what you answered is kept.`,
  );
  for (const [at, one] of questions.entries()) {
    const { question } = one;
    printQuestion(
      ui,
      one,
      `Question ${at + 1} of ${questions.length} · step ${question.step} · exam task ${question.task}`,
    );
    const given = await askFor(ui, one, 'Your answer (Enter skips):');
    // Ctrl-C while it was asked: nothing more is said.
    if (interrupts.interrupted) return Exit.Interrupted;
    if (given === undefined) continue;
    if (given === 'why') ui.say(`The answer is ${one.answer}.`);
    else {
      const right = one.isRight(given);
      answered.set(question, right);
      keepQuizResult(workDir, options.learner, question.id, right, new Date());
      interrupts.leaves({
        remains: `${plural(answered.size, 'answer')} kept.`,
        next: `./lab ${words}`,
      });
      ui.say(
        right ? 'Right.' : `Not right: the answer is ${one.answer}.`,
        `${right ? ui.colours.green('✓') : ui.colours.red('✗')} `,
      );
    }
    printSolved(ui, one);
  }
  interrupts.leaves(undefined);

  ui.say();
  const right = [...answered.values()].filter(Boolean).length;
  const skipped = questions.length - answered.size;
  ui.say(`${right} of ${answered.size} answered rightly${skipped > 0 ? `, ${skipped} skipped` : ''}.`);
  for (const task of [...new Set(all.map((one) => one.task))].sort()) {
    const ofTask = all.filter((one) => one.task === task);
    const good = ofTask.filter((one) => answered.get(one) === true).length;
    ui.say(`task ${task}: ${good} of ${ofTask.length}`, '  ');
  }
  const missed = lab.steps.filter(({ id }) => all.some((one) => one.step === id && answered.get(one) !== true));
  if (missed.length > 0) ui.say('Read again what was not right:');
  for (const { id } of missed) ui.say(`./lab guide ${lab.id} ${id}`, '  ');
  ui.say(
    missed.length > 0
      ? `Next: ./lab ${words}, which asks what was not right first`
      : `Next: ./lab exam${context.suffix}`,
  );
  return Exit.Done;
};
