/** The learner's own files. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Exercise } from './model';
import { Exit, LabError } from './errors';
import type { LabRun } from './run';
import { labCommand } from './say';

/** What the learner wrote for an exercise. @throws LabError when there is no file, or nothing in it but comments */
export function readWork(run: LabRun, step: string, exercise: Exercise): string {
  const shown = `work/${run.lab}/${exercise.file}`;
  const hint = labCommand(run, 'hint', step);
  if (run.workDir === undefined) {
    throw new LabError(`This step needs ${shown}, and there is no learner's disk here.`, {
      why: 'It runs the work of a person.',
      next: hint,
    });
  }
  let text: string;
  try {
    text = readFileSync(path.join(run.workDir, exercise.file), 'utf8');
  } catch (error) {
    throw new LabError(`There is no ${shown}.`, {
      why: `${exercise.ask} Your answer belongs there.`,
      next: `mkdir -p work/${run.lab} && cp labs/${run.lab}/${exercise.template} ${shown}`,
      exit: Exit.CheckFailed,
      cause: error,
    });
  }
  const said = text.replace(/^\s*(--|#).*$/gm, '').trim();
  if (said === '') {
    throw new LabError(text.trim() === '' ? `${shown} is empty.` : `${shown} has nothing but comments.`, {
      why: exercise.ask,
      next: hint,
      exit: Exit.CheckFailed,
    });
  }
  return text;
}

/** What is wrong with a text that is no JSON, in one line: the parser quotes the text with its line breaks. */
export const jsonFault = (error: unknown): string => `it is no JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`;
