import { Exit } from '../course/errors';
import type { DeployedStack, LoadedRun } from '../course/load';
import type { Lab, Step } from '../course/model';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { checkGameDay } from './game-day';
import { wrongUse } from './options';
import { requireDeployed } from './require-deployed';
import { type Checked, checkStep, exitOf, keepChecked, nextStep, printVerdict, verdictDocument } from './verdict';
import { eachSave } from './watch';

/** `check <lab> [step]`: whether the steps are done, what was seen, what to do next; and whether a game day is over. */
export const check: Verb = async (context: Context, args) => {
  const lab = await context.lab(args.lab ?? '');
  const steps = args.step === undefined ? lab.steps : [context.step(lab, args.step)];
  return args.watch === undefined ? once(context, lab, steps) : watch(context, lab, steps);
};

async function once(context: Context, lab: Lab, steps: readonly Step[]): Promise<number> {
  const { ui } = context;
  const { checked, run, standing } = await look(context, lab, steps, (one) => printVerdict(ui, one));
  const count = (state: Checked['state']): number => checked.filter((one) => one.state === state).length;
  const last = steps[steps.length - 1];
  const next = last ? nextStep(lab, last) : undefined;
  const unseen = count('could not look');
  if (steps.length > 1)
    ui.say(
      `${count('done')} of ${steps.length} steps done${unseen > 0 ? `, ${count('not done')} not done, ${unseen} could not be looked at` : ''}.`,
    );
  const gameDay = steps.length > 1 ? await checkGameDay(context, lab, run, standing) : undefined;
  const exit = exitOf([...checked, ...(gameDay ? [gameDay] : [])]);
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
    ...(gameDay && { gameDay }),
  });
  return exit;
}

/** Looks at the lab as it stands now. */
async function look(
  context: Context,
  lab: Lab,
  steps: readonly Step[],
  tell: (one: Checked) => void,
): Promise<LoadedRun & { readonly standing: DeployedStack; readonly checked: Checked[] }> {
  const command = ['check', lab.id, steps.length === 1 && steps[0]!.id].filter(Boolean).join(' ');
  const { run, standing } = await requireDeployed(context, lab, command);
  const checked: Checked[] = [];
  for (const step of steps) {
    const one = await checkStep(context, run, step);
    checked.push(one);
    tell(one);
  }
  keepChecked(context, run, checked);
  return { run, standing, checked };
}

/** Looks again whenever the learner saves a file or presses Enter, says what became different, and ends when all is done. */
async function watch(context: Context, lab: Lab, steps: readonly Step[]): Promise<number> {
  const { ui, options, deps, interrupts } = context;
  if (options.json)
    throw wrongUse(
      '--watch has no document.',
      'With --json a command prints one, and --watch goes on.',
      `./lab check ${lab.id}${context.suffix} --json`,
      { wrong: '--watch', right: '--json' },
    );
  const said = new Map<string, string>();
  const tell = (one: Checked): void => {
    const text = `${one.state} ${one.verdict.saw}`;
    if (said.get(one.step.id) !== text) printVerdict(ui, one);
    said.set(one.step.id, text);
  };
  const folder = workFolder(deps.root, lab.id);
  interrupts.leaves({ remains: 'Nothing was changed.', next: `./lab next${context.suffix}` });
  ui.note(
    `Save a file in work/${lab.id}${ui.interactive ? ' or press Enter' : ''} to have it looked at again; Ctrl-C ends.`,
  );
  const saves = eachSave(folder, ui.interactive ? ui.streams.stdin : undefined);
  try {
    for (;;) {
      const { checked } = await look(context, lab, steps, tell);
      ui.settle();
      if (exitOf(checked) === Exit.Done) {
        ui.say(`All that is watched is done. Next: ./lab next${context.suffix}`);
        return Exit.Done;
      }
      await saves.next();
    }
  } finally {
    saves.close();
  }
}
