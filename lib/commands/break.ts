import { reasonOf } from '../aws/reason';
import { type Fault, faultOfSeed } from '../course/fault';
import { type GameDay, keepGameDay } from '../course/game-days';
import { Exit, LabError } from '../course/errors';
import type { DeployedStack } from '../course/load';
import type { Lab } from '../course/model';
import { inModes } from '../course/modes';
import type { LabRun } from '../course/run';
import { list } from '../course/say';
import { anySeed } from '../course/shuffle';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { goingOn, requireGoing } from './game-day';
import { readWhole } from './options';
import { requireDeployed } from './require-deployed';
import { confirmOrRefuse } from './up';
import { checkStep } from './verdict';

/** `break <lab>`: puts one fault into a lab, and tells the symptom. */
export const breakLab: Verb = async (context: Context, args) => {
  const { ui, options } = context;
  const lab = await context.lab(args.lab ?? '');
  if (args.hint !== undefined) return oneMoreHint(context, lab);
  const seed = args.seed === undefined ? anySeed() : readWhole(args.seed, '--seed', 1, 0, Number.MAX_SAFE_INTEGER);
  const command = `break ${lab.id}${args.seed === undefined ? '' : ` --seed ${seed}`}`;
  const { run, standing } = await requireDeployed(context, lab, command);
  if (await goingOn(context, lab, run, standing)) {
    throw new LabError(`A game day goes on in ${lab.id}.`, {
      why: 'One fault at a time: two would hide each other.',
      next: `./lab check ${lab.id}${context.suffix} says whether it is mended; ./lab mend ${lab.id}${context.suffix} gives it up`,
      exit: Exit.Refused,
    });
  }
  if (options.explain) {
    const commands = [`# What a game day changes is for you to find out: ./lab ${command}${context.suffix}`];
    ui.raw(commands.join('\n'));
    ui.document({ lab: lab.id, commands });
    return Exit.Done;
  }
  const fault = faultOfSeed(await possibleFaults(context, lab, run), seed)!;
  if (run.target === 'aws') {
    ui.settle();
    ui.say(
      `This changes one thing of ${run.stackName} in ${run.account}, ${run.region}, as a colleague or an upstream system could. It may start a job or a release of the lab: some cents. Nothing that is not the lab's is touched; ./lab mend ${lab.id}${context.suffix} takes it back, and down removes the lab all the same.`,
    );
    await confirmOrRefuse(context, `Break ${lab.id}?`, `./lab ${command}${context.suffix} --yes`);
  }

  const day = await beginGameDay(context, lab, run, standing, { fault, seed });
  ui.settle();
  ui.say(day.symptom, `${ui.colours.red('!')} `);
  ui.say('Find out why, and mend it: in whichever way, with the AWS CLI, in the console or through the stack.');
  ui.say(
    `Next, when you think it works again: ./lab check ${lab.id}${context.suffix}. A hint: ./lab break ${lab.id} --hint${context.suffix}`,
  );
  ui.document({ lab: lab.id, symptom: day.symptom, since: day.at });
  return Exit.Done;
};

/**
 * Puts a fault into a lab, and keeps that it is in.
 *
 * @returns the game day with its symptom
 * @throws what the fault met; it is out again, or a LabError says that it is not
 */
export async function beginGameDay(
  context: Context,
  lab: Lab,
  run: LabRun,
  standing: DeployedStack,
  { fault, seed }: { readonly fault: Fault; readonly seed: number },
): Promise<GameDay & { readonly symptom: string }> {
  const { interrupts } = context;
  const workDir = workFolder(context.deps.root, lab.id);
  const next = `./lab mend ${lab.id}${context.suffix}`;
  run.progress('Something is about to happen');
  const memory = await fault.prepare(run);
  const day: GameDay = {
    fault: fault.id,
    seed,
    stack: standing.id,
    at: run.clock.now().toISOString(),
    memory,
    hints: 0,
  };
  // Noted before anything is changed: whatever happens from here on can be mended.
  keepGameDay(workDir, run, day);
  interrupts.leaves({ remains: `The game day of ${lab.id} may have begun by half.`, next });
  // What the fault does on its way would tell it.
  const silent = { ...run, progress: () => undefined };
  let symptom: string;
  try {
    symptom = await fault.inject(silent, memory);
  } catch (error) {
    if (interrupts.interrupted) throw error;
    try {
      await fault.mend(silent, memory);
    } catch {
      throw new LabError(`The game day of ${lab.id} began by half, and what was done could not be taken back.`, {
        why: reasonOf(error),
        next,
        cause: error,
      });
    }
    keepGameDay(workDir, run, undefined);
    throw error;
  }
  const begun = { ...day, symptom };
  keepGameDay(workDir, run, begun);
  interrupts.leaves(undefined);
  return begun;
}

/** Faults that can be put into the lab as it stands. @throws LabError where none can */
export async function possibleFaults(context: Context, lab: Lab, run: LabRun): Promise<readonly Fault[]> {
  const faults = (await context.deps.loadFaults(lab.id)).filter((fault) => inModes(fault, run.modes));
  const needed = lab.steps.filter(({ id }) => faults.some(({ needs }) => needs.includes(id)));
  const done = new Set<string>();
  let missing: { readonly id: string; readonly saw: string } | undefined;
  for (const step of needed) {
    const { state, verdict } = await checkStep(context, run, step);
    if (state === 'done') done.add(step.id);
    else missing ??= { id: step.id, saw: verdict.saw };
  }
  const possible = faults.filter(({ needs }) => needs.every((id) => done.has(id)));
  if (possible.length > 0) return possible;
  throw new LabError(`There is nothing to break in ${lab.id} yet: ${list(needed.map(({ id }) => id))} come first.`, {
    why: missing?.saw ?? 'No fault fits the modes of this lab.',
    next: `./lab ${missing ? `step ${lab.id} ${missing.id}` : `check ${lab.id}`}${context.suffix}`,
    exit: Exit.WrongUse,
  });
}

/** `break <lab> --hint`: one more each time. */
async function oneMoreHint(context: Context, lab: Lab): Promise<Exit> {
  const { ui, deps } = context;
  const { run, standing } = await requireDeployed(context, lab, `break ${lab.id} --hint`);
  const { day, fault } = await requireGoing(context, lab, run, standing);
  const shown = Math.min(day.hints + 1, fault.hints.length);
  keepGameDay(workFolder(deps.root, lab.id), run, { ...day, hints: shown });
  const hints = fault.hints.slice(0, shown);
  const left = fault.hints.length - shown;
  ui.settle();
  if (day.symptom !== undefined) ui.say(day.symptom, `${ui.colours.red('!')} `);
  hints.forEach((hint, at) => ui.say(hint, `${at + 1}. `));
  ui.say(
    left > 0
      ? `Next: ./lab check ${lab.id}${context.suffix}; or ask again: ${left} more.`
      : `That was the last one. Next: ./lab check ${lab.id}${context.suffix}; to give it up: ./lab mend ${lab.id}${context.suffix}`,
  );
  ui.document({ lab: lab.id, symptom: day.symptom ?? '', since: day.at, hints, left });
  return Exit.Done;
}
