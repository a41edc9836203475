import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Context, Verb } from './context';
import { workFolder } from './deps';

/** How many hints of each step were shown. A file that cannot be read counts as none: nothing depends on it. */
function readShown(file: string): Record<string, number> {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as unknown;
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter(([, count]) => Number.isInteger(count) && (count as number) >= 0),
    ) as Record<string, number>;
  } catch {
    return {};
  }
}

/** `hint <lab> <step>`: one more hint each time, from a nudge to nearly the answer. */
export const hint: Verb = async (context: Context, args) => {
  const { ui, deps } = context;
  const lab = await context.lab(args.lab ?? '');
  const step = context.step(lab, args.step ?? '');
  const file = join(workFolder(deps.root, lab.id), '.hints.json');
  const seen = readShown(file);
  const count = Math.min((seen[step.id] ?? 0) + 1, step.hints.length);
  const hints = step.hints.slice(0, count);
  hints.forEach((text, i) => ui.say(text, `${i + 1}. `));
  if (hints.length === 0) ui.say(`The step ${step.id} has no hints; its guide says all.`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...seen, [step.id]: count }, null, 2)}\n`);
  const left = step.hints.length - count;
  ui.say(
    left > 0
      ? `Next: ./lab step ${lab.id} ${step.id}${context.suffix}; or ask again: ${left} more.`
      : `That was the last one. Next: ./lab guide ${lab.id} ${step.id}`,
  );
  ui.document({ lab: lab.id, step: step.id, hints, left });
  return 0;
};
