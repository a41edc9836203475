import { join, relative } from 'node:path';
import { Exit } from '../course/errors';
import { isWritten, placeExercise } from '../course/exercises';
import type { Lab, Step } from '../course/model';
import { keepPrediction, readPredictions } from '../course/predictions';
import type { LabRun } from '../course/run';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { wrongUse } from './options';
import { requireDeployed } from './require-deployed';
import { leaseEndOf, redLineOf, sayRedLine } from './spending';
import {
  type Checked,
  checkStep,
  exitOf,
  judgeAfterActing,
  keepChecked,
  nextStep,
  printVerdict,
  verdictDocument,
} from './verdict';

/** `step <lab> <step>`: asks for a prediction, acts, checks, compares. `--until <step>` does all steps before that one. */
export const step: Verb = async (context: Context, args) => {
  const lab = await context.lab(args.lab ?? '');
  if ((args.step === undefined) === (args.until === undefined)) {
    const ids = lab.steps.map(({ id }) => id);
    throw wrongUse(
      args.step === undefined ? 'step needs the name of a step.' : 'step takes a step or --until, not both.',
      `The steps of ${lab.id} are ${ids.join(', ')}. --until does all steps before the one it names.`,
      `./lab step ${lab.id} ${ids[0]}`,
    );
  }
  return args.until === undefined
    ? one(context, lab, context.step(lab, args.step ?? ''))
    : until(context, lab, context.step(lab, args.until));
};

async function one(context: Context, lab: Lab, step: Step): Promise<number> {
  const { ui, options, deps, interrupts } = context;
  const command = `step ${lab.id} ${step.id}`;
  const { run, standing } = await requireDeployed(context, lab, command);
  ui.settle();

  if (options.explain) {
    const commands = step.explain(run);
    if (run.target === 'local') ui.note(`These talk to the local cloud after: eval "$(./lab env${context.suffix})"`);
    ui.raw(commands.join('\n\n'));
    ui.document({ lab: lab.id, step: step.id, commands });
    return Exit.Done;
  }

  const workDir = workFolder(deps.root, lab.id);
  if (step.exercise) {
    const shown = relative(deps.root, join(workDir, step.exercise.file));
    const fresh = placeExercise(lab, step.exercise.template, step.exercise, workDir);
    if (fresh && step.exercise.answeredAfter) {
      ui.say(`${ui.colours.bold('Exercise')}: ${step.exercise.ask}`);
      ui.say(`Your file, just made from the template: ${shown}. Write it when the step has shown what it is about.`);
    } else if (fresh && !options.yes) {
      ui.say(`${ui.colours.bold('Exercise')}: ${step.exercise.ask}`);
      ui.say(`Your file, just made from the template: ${shown}`);
      ui.say(
        `Next: write it, then ./lab ${command}${context.suffix}; if you are stuck: ./lab hint ${lab.id} ${step.id}${context.suffix}`,
      );
      ui.document({
        lab: lab.id,
        step: step.id,
        done: false,
        saw: `The exercise ${shown} is not written yet.`,
        next: `write ${shown}`,
      });
      return Exit.CheckFailed;
    } else ui.say(`Exercise: your work is ${shown}.`);
  }

  ui.say(step.predict, `${ui.colours.bold('Predict')}: `);
  const earlier = readPredictions(workDir)[step.id];
  if (earlier !== undefined) ui.say(`You predicted before: ${earlier}`);
  const prediction = options.json || options.yes ? undefined : await ui.ask('Your answer (Enter skips):');
  if (prediction !== undefined) keepPrediction(workDir, step.id, prediction);

  const line = redLineOf(run, lab, await leaseEndOf(context, run, standing));
  interrupts.costs(line);
  const start = ui.streams.now();
  const checked = await actAndCheck(context, run, step);
  const seconds = (ui.streams.now() - start) / 1000;

  printVerdict(ui, checked);
  keepChecked(context, run, [checked]);
  if (prediction !== undefined) ui.say(`You predicted: ${prediction}`, '  ');
  const { verdict } = checked;
  const next = nextStep(lab, step);
  if (verdict.done) {
    if (!next) sayRedLine(context, line);
    ui.say(
      next
        ? `Next: ./lab guide ${lab.id} ${next.id}${context.suffix}`
        : `That was the last step. Next: ./lab down ${lab.id}${context.suffix}`,
    );
  } else if (checked.state === 'not done' && step.hints.length > 0)
    ui.say(`Stuck? ./lab hint ${lab.id} ${step.id}${context.suffix}`);
  ui.document({
    lab: lab.id,
    step: step.id,
    ...verdictDocument(checked),
    prediction: prediction ?? null,
    seconds,
  });
  return exitOf([checked]);
}

async function actAndCheck(context: Context, run: LabRun, step: Step): Promise<Checked> {
  const { ui, interrupts } = context;
  interrupts.leaves({
    remains: `The step ${step.id} may be half done; what was started in the cloud goes on there. Nothing is lost.`,
    next: `./lab check ${run.lab} ${step.id}${context.suffix}, or do the step again`,
  });
  ui.keepProgress = true;
  run.progress(
    run.target === 'aws' && step.awsMinutes > 0
      ? `${step.title} (about ${step.awsMinutes} min on AWS, estimated)`
      : step.title,
  );
  await step.act(run);
  return checkStep(context, run, step, judgeAfterActing);
}

/**
 * Does every step before one that is not done yet, as after a `down`: no predictions, and with the answers that the learner
 * wrote then. It ends at the first step that is not done afterwards.
 */
async function until(context: Context, lab: Lab, last: Step): Promise<number> {
  const { ui, options, deps, interrupts } = context;
  const { run, standing } = await requireDeployed(context, lab, `step ${lab.id} --until ${last.id}`);
  ui.settle();
  const before = lab.steps.slice(0, lab.steps.indexOf(last));
  if (options.explain) {
    ui.raw(before.flatMap((step) => step.explain(run)).join('\n\n'));
    ui.document({ lab: lab.id, step: last.id, commands: before.flatMap((step) => step.explain(run)) });
    return Exit.Done;
  }
  interrupts.costs(redLineOf(run, lab, await leaseEndOf(context, run, standing)));
  const workDir = workFolder(deps.root, lab.id);
  const seen: Checked[] = [];
  for (const step of before) {
    let checked = await checkStep(context, run, step);
    if (checked.state === 'not done') {
      const { exercise } = step;
      if (exercise && !exercise.answeredAfter && !isWritten(lab, exercise, workDir)) {
        placeExercise(lab, exercise.template, exercise, workDir);
        const file = relative(deps.root, join(workDir, exercise.file));
        const answer = `write ${file} (./lab solution ${lab.id} ${step.id} shows an answer), then ./lab step ${lab.id} --until ${last.id}${context.suffix}`;
        const verdict = { done: false, saw: `The exercise ${file} is not written. ${exercise.ask}`, next: answer };
        checked = { step, state: 'not done', verdict };
      } else checked = await actAndCheck(context, run, step);
    }
    seen.push(checked);
    printVerdict(ui, checked);
    keepChecked(context, run, [checked]);
    if (checked.state !== 'done') break;
  }
  const all = seen.every(({ state }) => state === 'done');
  if (all) ui.say(`Next: ./lab step ${lab.id} ${last.id}${context.suffix}`);
  ui.document({
    lab: lab.id,
    until: last.id,
    done: all,
    steps: seen.map((checked) => ({ id: checked.step.id, ...verdictDocument(checked) })),
  });
  return exitOf(seen);
}
