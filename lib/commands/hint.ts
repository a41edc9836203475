import { readNotes, writeNotes } from '../course/work-notes';
import type { Context, Verb } from './context';
import { workFolder } from './deps';

/** How many hints of each step were shown. */
const FILE = '.hints.json';

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

/** `hint <lab> <step>`: one more hint each time, from a nudge to nearly the answer. */
export const hint: Verb = async (context: Context, args) => {
  const { ui, deps } = context;
  const lab = await context.lab(args.lab ?? '');
  const step = context.step(lab, args.step ?? '');
  const folder = workFolder(deps.root, lab.id);
  const seen = readNotes(folder, FILE, isCount);
  const count = Math.min((seen[step.id] ?? 0) + 1, step.hints.length);
  const hints = step.hints.slice(0, count);
  hints.forEach((text, i) => ui.say(text, `${i + 1}. `));
  if (hints.length === 0) ui.say(`The step ${step.id} has no hints; its guide says all.`);
  writeNotes(folder, FILE, { ...seen, [step.id]: count });
  const left = step.hints.length - count;
  ui.say(
    left > 0
      ? `Next: ./lab step ${lab.id} ${step.id}${context.suffix}; or ask again: ${left} more.`
      : `That was the last one. Next: ./lab guide ${lab.id} ${step.id}`,
  );
  ui.document({ lab: lab.id, step: step.id, hints, left });
  return 0;
};
