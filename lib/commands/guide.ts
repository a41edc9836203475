import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { guideFor } from '../course/guide';
import type { Lab, Step } from '../course/model';
import { LabError } from '../course/errors';
import type { Context, Verb } from './context';
import { renderMarkdown, section } from './ui/markdown';

/** The part of a guide that a step's heading opens. A heading names its step as `` `ingest` ``, or by the step's title. */
export function guideOf(source: string, step: Step): string | undefined {
  return (
    section(source, (heading) => heading.includes(`\`${step.id}\``)) ??
    section(source, (heading) =>
      heading
        .replace(/^(step )?\d+[.:)]?\s*/i, '')
        .toLowerCase()
        .startsWith(step.id),
    ) ??
    section(source, (heading) => heading.toLowerCase().includes(step.title.toLowerCase()))
  );
}

function readGuide(lab: Lab): string {
  const file = join(lab.folder, 'README.md');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  throw new LabError(`The guide ${file} is missing.`, {
    why: 'This clone is not whole.',
    next: `git checkout -- ${file}`,
  });
}

/** `guide <lab> [step]`: the guide in the terminal, with the learner's own names and options in it. */
export const guide: Verb = async (context: Context, args) => {
  const lab = await context.lab(args.lab ?? '');
  const step = args.step === undefined ? undefined : context.step(lab, args.step);
  const source = readGuide(lab);
  const text = step ? guideOf(source, step) : source;
  if (text === undefined) {
    throw new LabError(`The guide of ${lab.id} has no section for the step ${step?.id}.`, {
      why: 'None of its headings names the step.',
      next: `./lab guide ${lab.id}`,
    });
  }
  const { ui, options } = context;
  // The guide has LAB_TARGET exported at its beginning; the learner and the Region have no variable.
  const filled = guideFor(text, options.learner, context.suffix.replace(/^ --target \w+/, ''));
  ui.raw(renderMarkdown(filled, ui.width, ui.colours));
  if (step) {
    ui.say();
    ui.say(`Next: ./lab step ${lab.id} ${step.id}${context.suffix}`);
  }
  ui.document({ lab: lab.id, step: step?.id ?? null, markdown: filled });
  return 0;
};
