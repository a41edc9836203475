import { isComplete } from '../course/load';
import type { Lab, Step } from '../course/model';
import { readNotes, writeNotes } from '../course/work-notes';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { checkStep } from './verdict';

/** How many hints of each step were shown. */
const FILE = '.hints.json';

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

/** `hint <lab> <step>`: what the check sees now, and one more hint each time, from a nudge to nearly the answer. */
export const hint: Verb = async (context: Context, args) => {
  const { ui, deps } = context;
  const lab = await context.lab(args.lab ?? '');
  const step = context.step(lab, args.step ?? '');
  const folder = workFolder(deps.root, lab.id);
  const seen = readNotes(folder, FILE, isCount);
  const count = Math.min((seen[step.id] ?? 0) + 1, step.hints.length);
  const hints = step.hints.slice(0, count);
  const saw = await seenNow(context, lab, step);
  if (saw !== undefined) ui.say(saw, `${ui.colours.bold('Seen now')}: `);
  hints.forEach((text, i) => ui.say(text, `${i + 1}. `));
  if (hints.length === 0) ui.say(`The step ${step.id} has no hints; its guide says all.`);
  writeNotes(folder, FILE, { ...seen, [step.id]: count });
  const left = step.hints.length - count;
  ui.say(
    left > 0
      ? `Next: ./lab step ${lab.id} ${step.id}${context.suffix}; or ask again: ${left} more.`
      : `That was the last one. Next: ./lab guide ${lab.id} ${step.id}${step.exercise ? `, or ./lab solution ${lab.id} ${step.id}` : ''}`,
  );
  ui.document({ lab: lab.id, step: step.id, saw: saw ?? null, hints, left });
  return 0;
};

/**
 * What is wrong in the learner's own state, by the check: undefined where the step is done, where no target is said, and
 * where it could not be looked. A hint is given all the same.
 */
async function seenNow(context: Context, lab: Lab, step: Step): Promise<string | undefined> {
  const { options, deps, ui } = context;
  if (options.target === undefined || (options.target === 'local' && !(await deps.localCloudRuns()))) return undefined;
  try {
    const { run, standing } = await context.run(lab, await context.target('hint'));
    if (standing === undefined || !isComplete(standing.status)) return undefined;
    const { state, verdict } = await checkStep(context, run, step);
    return state === 'not done' ? verdict.saw : undefined;
  } catch {
    return undefined;
  } finally {
    ui.settle();
  }
}
