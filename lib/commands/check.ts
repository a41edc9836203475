import { Exit } from '../course/errors';
import type { Context, Verb } from './context';
import { requireDeployed } from './require-deployed';
import { type Checked, checkStep, exitOf, keepChecked, nextStep, printVerdict, verdictDocument } from './verdict';

/** `check <lab> [step]`: whether the steps are done, what was seen, what to do next. */
export const check: Verb = async (context: Context, args) => {
  const { ui } = context;
  const lab = await context.lab(args.lab ?? '');
  const steps = args.step === undefined ? lab.steps : [context.step(lab, args.step)];
  const { run } = await requireDeployed(context, lab, ['check', lab.id, args.step].filter(Boolean).join(' '));
  const checked: Checked[] = [];
  for (const step of steps) {
    const one = await checkStep(context, run, step);
    checked.push(one);
    printVerdict(ui, one);
  }
  keepChecked(context, run, checked);
  const count = (state: Checked['state']): number => checked.filter((one) => one.state === state).length;
  const exit = exitOf(checked);
  const last = steps[steps.length - 1];
  const next = last ? nextStep(lab, last) : undefined;
  const unseen = count('could not look');
  if (steps.length > 1)
    ui.say(
      `${count('done')} of ${steps.length} steps done${unseen > 0 ? `, ${count('not done')} not done, ${unseen} could not be looked at` : ''}.`,
    );
  if (exit === Exit.Done)
    ui.say(
      next
        ? `Next: ./lab guide ${lab.id} ${next.id}${context.suffix}`
        : `Next, when you have seen enough: ./lab down ${lab.id}${context.suffix}`,
    );
  ui.document({
    lab: lab.id,
    done: exit === Exit.Done,
    steps: checked.map((one) => ({ id: one.step.id, ...verdictDocument(one) })),
  });
  return exit;
};
