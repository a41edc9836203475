import type { Lab, State, Step, Verdict } from '../course/model';
import { Exit, LabError } from '../course/errors';
import { keepProgress } from '../course/progress';
import type { LabRun } from '../course/run';
import { readOnly } from '../target/read-only';
import type { Context } from './context';
import { workFolder } from './deps';
import { messageOf } from './messages';
import type { Ui } from './ui/terminal';
import { nextLine } from './ui/text';

export interface Checked {
  readonly step: Step;
  readonly state: State;
  readonly verdict: Verdict;
}

/** Each state has a mark of its own, which tells them apart without colours, too. */
export function symbolOf({ colours }: Ui, state: State): string {
  return { done: colours.green('✓'), 'not done': colours.red('✗'), 'could not look': colours.yellow('?') }[state];
}

/** Keeps what checks said, for the learner's progress. */
export function keepChecked({ deps }: Context, run: LabRun, checked: readonly Checked[]): void {
  const said = checked.map(({ step, state }) => ({ step: step.id, state }));
  keepProgress(workFolder(deps.root, run.lab), run, said, run.clock.now());
}

/** Shows what a check said. */
export function printVerdict(ui: Ui, { step, state, verdict }: Checked): void {
  ui.settle();
  ui.say(`${ui.colours.bold(step.id)}: ${verdict.saw}`, `${symbolOf(ui, state)} `);
  if (state !== 'done') ui.say(nextLine(verdict.next), '  ');
}

/** What the step's own check says. It cannot change anything: it is given clients that only read. */
export const judge = (run: LabRun, step: Step): Promise<Verdict> =>
  step.check({ ...run, clients: readOnly(run.clients) });

/**
 * How often a check right after its step looks again before it says no. AWS's lists lag behind writes by seconds, and a
 * learner who has done all right should not read the contrary.
 */
const LOOKS_AGAIN = 3;

/** What the check says of a step that was done a moment ago. */
export async function judgeAfterActing(run: LabRun, step: Step): Promise<Verdict> {
  let verdict = await judge(run, step);
  for (let again = 0; !verdict.done && again < LOOKS_AGAIN; again += 1) {
    run.progress(`Checking ${step.id} again, in case AWS's lists lag behind`);
    await run.clock.sleep(run.clients.pollMs);
    verdict = await judge(run, step);
  }
  return verdict;
}

/**
 * Runs one check of a step.
 *
 * @param judgment how it comes about. @default one look
 */
export async function checkStep(
  context: Context,
  run: LabRun,
  step: Step,
  judgment: (run: LabRun, step: Step) => Promise<Verdict> = judge,
): Promise<Checked> {
  run.progress(`Checking ${step.id}`);
  return { step, ...(await look(context, run, `check ${run.lab} ${step.id}`, () => judgment(run, step))) };
}

/**
 * Looks. What meets an error could not look: what was refused is said, which is neither done nor not done. So is an error
 * of our own: it is told with its message, and `--verbose` shows where it happened.
 *
 * @param command what the learner asked for
 */
export async function look(
  context: Context,
  run: LabRun,
  command: string,
  judgment: () => Promise<Verdict>,
): Promise<Omit<Checked, 'step'>> {
  const { ui, options, interrupts } = context;
  try {
    const verdict = await judgment();
    return { verdict, state: verdict.done ? 'done' : 'not done' };
  } catch (error) {
    if (interrupts.interrupted) throw error;
    const { what, why, next } = messageOf(error, { command, suffix: context.suffix, options });
    if (options.verbose) ui.note((error as Error).stack ?? String(error));
    // What the learner's own work lacks is seen, though the check says it by throwing.
    const seen = error instanceof LabError && error.exit === Exit.CheckFailed;
    return {
      state: seen ? 'not done' : 'could not look',
      verdict: { done: false, saw: `${seen ? '' : 'Could not look: '}${what} ${why}`, next },
    };
  }
}

/** A check as JSON documents have it. */
export const verdictDocument = ({ state, verdict }: Checked): Verdict & { state: State } => ({ state, ...verdict });

/** Exit code of checks: what could not be looked at weighs most, as nothing is known of it. */
export function exitOf(checked: readonly Pick<Checked, 'state'>[]): Exit {
  if (checked.some(({ state }) => state === 'could not look')) return Exit.Failed;
  return checked.every(({ state }) => state === 'done') ? Exit.Done : Exit.CheckFailed;
}

/** The step to do after this one, if there is one. */
export function nextStep(lab: Lab, step: Step): Step | undefined {
  return lab.steps[lab.steps.indexOf(step) + 1];
}
