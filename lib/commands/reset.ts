import { join, relative } from 'node:path';
import { Exit, LabError } from '../course/errors';
import { isWritten, resetExercise } from '../course/exercises';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { requireExercise } from './solution';

/** `reset <lab> <step>`: the exercise's template again, after asking. What the learner wrote is kept beside it. */
export const reset: Verb = async (context: Context, args) => {
  const { ui, options, deps } = context;
  const lab = await context.lab(args.lab ?? '');
  const step = context.step(lab, args.step ?? '');
  const exercise = requireExercise(context, lab, step);
  const workDir = workFolder(deps.root, lab.id);
  const file = relative(deps.root, join(workDir, exercise.file));
  const next = `./lab step ${lab.id} ${step.id}${context.suffix}`;
  if (!isWritten(lab, exercise, workDir)) {
    ui.say(`${file} has nothing of yours: it is the template, or not there yet.`);
    ui.say(`Next: ${next}`);
    ui.document({ lab: lab.id, step: step.id, file, kept: null });
    return Exit.Done;
  }
  if (!options.yes && !(await ui.confirm(`Put the template in place of what you wrote in ${file}?`)))
    throw new LabError(`${file} is as you wrote it.`, {
      why: ui.interactive ? 'You did not say yes.' : 'Nobody could be asked.',
      next: `./lab reset ${lab.id} ${step.id} --yes`,
      exit: Exit.Refused,
    });
  const kept = relative(deps.root, resetExercise(lab, exercise, workDir));
  ui.say(`${file} is the template again. What you wrote is in ${kept}.`);
  ui.say(`Next: write it, then ${next}`);
  ui.document({ lab: lab.id, step: step.id, file, kept });
  return Exit.Done;
};
