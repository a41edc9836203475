import { Exit, LabError } from '../course/errors';
import { shippedText } from '../course/exercises';
import type { Exercise, Lab, Step } from '../course/model';
import { readProgress } from '../course/progress';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { TARGETS } from './options';

/** The exercise of a step. @throws LabError (wrong use) where it has none, naming those that have one */
export function requireExercise(context: Context, lab: Lab, step: Step): Exercise {
  if (step.exercise) return step.exercise;
  const others = lab.steps.filter(({ exercise }) => exercise).map(({ id }) => id);
  throw new LabError(`The step ${step.id} has no exercise.`, {
    why: `Exercises of ${lab.id} are in ${others.join(', ')}. What this step does, it does without an answer of yours.`,
    next: `./lab step ${lab.id} ${step.id} --explain${context.suffix}`,
    exit: Exit.WrongUse,
  });
}

/** Whether a check has ever said done of a step in this folder, on whichever target. */
export const hasSolved = (workDir: string, learner: string, step: Pick<Step, 'id'>): boolean =>
  TARGETS.some((target) => readProgress(workDir, { target, learner })[step.id]?.doneAt !== undefined);

/** `solution <lab> <step>`: a right answer, what it teaches and another way; before success only who insists sees it. */
export const solution: Verb = async (context: Context, args) => {
  const { ui, options, deps } = context;
  const lab = await context.lab(args.lab ?? '');
  const step = context.step(lab, args.step ?? '');
  const exercise = requireExercise(context, lab, step);
  const workDir = workFolder(deps.root, lab.id);
  const solved = hasSolved(workDir, options.learner, step);
  if (!solved && !options.yes && !(await ui.confirm(`No check has said done of ${step.id} yet. See the solution now?`)))
    throw new LabError(`The solution of ${step.id} stays hidden.`, {
      why: `No check has said done of it in this folder${ui.interactive ? '' : ', and nobody could be asked'}. A hint is worth more than an answer.`,
      next: `./lab hint ${lab.id} ${step.id}, or ./lab solution ${lab.id} ${step.id} --yes`,
      exit: Exit.Refused,
    });
  const text = shippedText(lab, exercise.solution);
  const { bold } = ui.colours;
  ui.say(`${bold('Solution')} of work/${lab.id}/${exercise.file}, one of several:`);
  ui.say();
  ui.raw(text.trimEnd());
  ui.say();
  for (const [title, said] of [
    ['What it teaches', exercise.teaches],
    ['Another way', exercise.alternative],
  ] as const) {
    ui.say(`${bold(title)}:`);
    ui.say(said, '  ');
  }
  ui.say(`Next: ${solved ? `./lab next${context.suffix}` : `./lab step ${lab.id} ${step.id}${context.suffix}`}`);
  ui.document({
    lab: lab.id,
    step: step.id,
    solution: text,
    teaches: exercise.teaches,
    alternative: exercise.alternative,
  });
  return Exit.Done;
};
