import { join, relative } from 'node:path';
import { Exit } from '../course/errors';
import { placeExercise } from '../course/exercises';
import { keepPrediction, readPredictions } from '../course/predictions';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { requireDeployed } from './require-deployed';
import { leaseEndOf, redLineOf, sayRedLine } from './spending';
import { checkStep, exitOf, judgeAfterActing, keepChecked, nextStep, printVerdict, verdictDocument } from './verdict';

/** `step <lab> <step>`: asks for a prediction, acts, checks, compares. */
export const step: Verb = async (context: Context, args) => {
  const { ui, options, deps, interrupts } = context;
  const lab = await context.lab(args.lab ?? '');
  const one = context.step(lab, args.step ?? '');
  const command = `step ${lab.id} ${one.id}`;
  const { run, standing } = await requireDeployed(context, lab, command);
  ui.settle();

  if (options.explain) {
    const commands = one.explain(run);
    if (run.target === 'local') ui.note(`These talk to the local cloud after: eval "$(./lab env${context.suffix})"`);
    ui.raw(commands.join('\n\n'));
    ui.document({ lab: lab.id, step: one.id, commands });
    return Exit.Done;
  }

  const workDir = workFolder(deps.root, lab.id);
  if (one.exercise) {
    const shown = relative(deps.root, join(workDir, one.exercise.file));
    const fresh = placeExercise(lab, one.exercise.template, one.exercise, workDir);
    if (fresh && one.exercise.answeredAfter) {
      ui.say(`${ui.colours.bold('Exercise')}: ${one.exercise.ask}`);
      ui.say(`Your file, just made from the template: ${shown}. Write it when the step has shown what it is about.`);
    } else if (fresh && !options.yes) {
      ui.say(`${ui.colours.bold('Exercise')}: ${one.exercise.ask}`);
      ui.say(`Your file, just made from the template: ${shown}`);
      ui.say(
        `Next: write it, then ./lab ${command}${context.suffix}; if you are stuck: ./lab hint ${lab.id} ${one.id}`,
      );
      ui.document({
        lab: lab.id,
        step: one.id,
        done: false,
        saw: `The exercise ${shown} is not written yet.`,
        next: `write ${shown}`,
      });
      return Exit.CheckFailed;
    } else ui.say(`Exercise: your work is ${shown}.`);
  }

  ui.say(one.predict, `${ui.colours.bold('Predict')}: `);
  const earlier = readPredictions(workDir)[one.id];
  if (earlier !== undefined) ui.say(`You predicted before: ${earlier}`);
  const prediction = options.json || options.yes ? undefined : await ui.ask('Your answer (Enter skips):');
  if (prediction !== undefined) keepPrediction(workDir, one.id, prediction);

  const line = redLineOf(run, lab, await leaseEndOf(context, run, standing));
  interrupts.costs(line);
  interrupts.leaves({
    remains: `The step ${one.id} may be half done; what was started in the cloud goes on there. Nothing is lost.`,
    next: `./lab check ${lab.id} ${one.id}${context.suffix}, or do the step again`,
  });
  const start = ui.streams.now();
  ui.keepProgress = true;
  run.progress(
    run.target === 'aws' && one.awsMinutes > 0
      ? `${one.title} (about ${one.awsMinutes} min on AWS, estimated)`
      : one.title,
  );
  await one.act(run);
  const checked = await checkStep(context, run, one, judgeAfterActing);
  const seconds = (ui.streams.now() - start) / 1000;

  printVerdict(ui, checked);
  keepChecked(context, run, [checked]);
  if (prediction !== undefined) ui.say(`You predicted: ${prediction}`, '  ');
  const { verdict } = checked;
  const next = nextStep(lab, one);
  if (verdict.done) {
    if (!next) sayRedLine(context, line);
    ui.say(
      next
        ? `Next: ./lab guide ${lab.id} ${next.id}${context.suffix}`
        : `That was the last step. Next: ./lab down ${lab.id}${context.suffix}`,
    );
  } else if (checked.state === 'not done' && one.hints.length > 0) ui.say(`Stuck? ./lab hint ${lab.id} ${one.id}`);
  ui.document({
    lab: lab.id,
    step: one.id,
    ...verdictDocument(checked),
    prediction: prediction ?? null,
    seconds,
  });
  return exitOf([checked]);
};
