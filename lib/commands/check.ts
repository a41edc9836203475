import { Exit } from '../course/run';
import type { Context, Verb } from './context';
import { deployed } from './standing';
import { type Checked, checkStep, following, showVerdict } from './verdict';

/** `check <lab> [step]`: whether the steps are done, what was seen, what to do next. */
export const check: Verb = async (context: Context, args) => {
  const { ui } = context;
  const lab = await context.lab(args.lab ?? '');
  const steps = args.step === undefined ? lab.steps : [context.step(lab, args.step)];
  const { run } = await deployed(context, lab, `check ${lab.id}`);
  const checked: Checked[] = [];
  for (const step of steps) {
    const one = await checkStep(run, step);
    checked.push(one);
    showVerdict(ui, one);
  }
  const done = checked.filter(({ verdict }) => verdict.done).length;
  const all = done === checked.length;
  const last = steps[steps.length - 1];
  const next = all && last ? following(lab, last) : undefined;
  if (steps.length > 1) ui.say(`${done} of ${steps.length} steps done.`);
  if (all)
    ui.say(
      next
        ? `Next: ./lab guide ${lab.id} ${next.id}${context.suffix}`
        : `Next, when you have seen enough: ./lab down ${lab.id}${context.suffix}`,
    );
  ui.document({ lab: lab.id, done: all, steps: checked.map(({ step, verdict }) => ({ id: step.id, ...verdict })) });
  return all ? Exit.Done : Exit.CheckFailed;
};
