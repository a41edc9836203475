/** How questions are put on a terminal, read and solved: the same for `quiz` and `exam`. */
import type { PresentedQuestion } from '../course/presented-question';
import { Exit, LabError } from '../course/errors';
import { readWhole } from './options';
import type { Ui } from './ui/terminal';

/** @throws LabError where nobody is at a terminal who could answer */
export function refuseNobody({ interactive }: Ui, command: string): void {
  if (interactive) return;
  throw new LabError('Nobody is at a terminal to answer.', {
    why: 'Questions are asked one after the other, and each waits for its answer.',
    next: `./lab ${command} --json, which prints the questions without their answers`,
    exit: Exit.WrongUse,
  });
}

/** The seed that was given, if one was. */
export const readSeed = (given: string | undefined): number | undefined =>
  given === undefined ? undefined : readWhole(given, '--seed', 7, 0, 2 ** 31 - 1);

export function printQuestion(ui: Ui, { question, ask, lines, matches }: PresentedQuestion, heading: string): void {
  ui.say();
  ui.say(ui.colours.bold(heading));
  ui.say(question.question);
  for (const { mark, text } of [...lines, ...matches]) ui.say(text, `  ${mark}  `);
  if (ask !== '') ui.say(ask);
}

/**
 * Asks until the answer can be one.
 *
 * @returns marks of an answer; `why` for somebody who wants to read the answer; undefined where it is skipped
 */
export async function askFor(
  ui: Ui,
  one: PresentedQuestion,
  prompt: string,
  signal?: AbortSignal,
): Promise<readonly string[] | 'why' | undefined> {
  for (;;) {
    const typed = await ui.ask(prompt, signal);
    if (typed === undefined) return undefined;
    if (typed === '?') return 'why';
    const read = one.read(typed);
    if ('marks' in read) return read.marks;
    ui.note(read.fault);
  }
}

/** The answer, with why each option is right or not, and where it is written. */
export function printSolved(ui: Ui, { question, solved }: PresentedQuestion): void {
  for (const { mark, right, why } of solved) {
    const sign = right === undefined ? ' ' : right ? ui.colours.green('✓') : ui.colours.red('✗');
    ui.say(why, `  ${sign} ${mark}  `);
  }
  ui.say(`Source (as of ${question.asOf}): ${question.source}`, '  ');
}

/** A question as `--json` has it: without what is right. */
export function questionDocument({ question, ask, lines, matches }: PresentedQuestion): object {
  const { id, lab, step, task, kind, question: text } = question;
  return { id, lab, step, task, kind, question: text, ask, lines, matches };
}
