import { isComplete } from '../course/load';
import type { Lab, Step } from '../course/model';
import { readProgress } from '../course/progress';
import { Exit } from '../course/errors';
import type { TargetName } from '../course/run';
import { Context, type Verb } from './context';
import { type DeployedLab, findDeployedLabs, newestOf, visibleTo } from './deployed-labs';
import { workFolder } from './deps';
import { goingOn } from './game-day';
import { lastTarget } from './progress';
import { nextFor } from './stack-state';
import { plural } from './ui/text';
import { type Checked, checkStep, exitOf, keepChecked, printVerdict, verdictDocument } from './verdict';

/** What to do now. */
interface Advice {
  readonly lab?: Lab['id'];
  readonly step?: Step['id'];
  /** What a check saw of that step just now. */
  readonly checked?: Checked;
  readonly next: string;
}

/**
 * `next`: what to do now, over all labs: from what stands on the target and what checks said. Steps that a check found
 * done since the lab stands are not looked at again. Without a target it looks where a local cloud runs, and in no account.
 */
export const next: Verb = async (given: Context) => {
  const { ui, deps, options } = given;
  const labs = await Promise.all(deps.labs.map((id) => deps.loadLab(id)));
  const target = options.target ?? ((await deps.localCloudRuns()) ? 'local' : undefined);
  if (target === undefined) return say(given, undefined, [], withoutTarget(given, labs));
  const context = options.target ? given : new Context(ui, { ...options, target }, deps, given.interrupts);
  try {
    const { mine } = visibleTo(context, await findDeployedLabs(context, 'next'));
    const newest = newestOf(mine, options.learner);
    const advice = newest
      ? await inLab(
          context,
          labs.find(({ id }) => id === newest.lab)!,
          newest,
          labs,
        )
      : nothingStands(context, labs, target);
    for (const other of mine)
      if (other !== newest)
        ui.say(`${other.lab} stands as well (${other.status}): ./lab down ${other.lab}${context.suffix}`);
    return say(context, target, mine, advice);
  } finally {
    if (context !== given) await context.close();
  }
};

function say(
  { ui, options }: Context,
  target: TargetName | undefined,
  standing: readonly DeployedLab[],
  { lab, step, checked, next: command }: Advice,
): number {
  if (checked) printVerdict(ui, checked);
  else ui.say(`Next: ${command}`);
  ui.document({
    target: target ?? null,
    learner: options.learner,
    standing: standing.map((one) => ({ lab: one.lab, status: one.status })),
    lab: lab ?? null,
    step: step ?? null,
    verdict: checked ? verdictDocument(checked) : null,
    next: command,
  });
  return checked?.state === 'could not look' ? exitOf([checked]) : Exit.Done;
}

/** The lab that was deployed last: its first step that is not done, or what comes after all of them. */
async function inLab(context: Context, lab: Lab, standing: DeployedLab, labs: readonly Lab[]): Promise<Advice> {
  const { ui, deps, options, suffix } = context;
  if (!isComplete(standing.status)) {
    ui.say(`${lab.id}: its stack is ${standing.status}.`);
    return { lab: lab.id, next: nextFor(context, standing) };
  }
  const { run, standing: stack } = await context.run(lab, await context.target('next'));
  if (stack && (await goingOn(context, lab, run, stack))) {
    ui.say(`A game day goes on in ${lab.id}.`);
    return { lab: lab.id, next: `./lab check ${lab.id}${suffix}; a hint: ./lab break ${lab.id} --hint${suffix}` };
  }
  const said = readProgress(workFolder(deps.root, lab.id), { target: run.target, learner: options.learner });
  const since = standing.createdAt.toISOString();
  const isKnown = ({ id }: Step): boolean => said[id]?.state === 'done' && said[id].at >= since;
  let done = 0;
  for (const step of lab.steps) {
    if (!isKnown(step)) {
      const checked = await checkStep(context, run, step);
      keepChecked(context, run, [checked]);
      if (checked.state !== 'done') {
        ui.settle();
        ui.say(
          `${lab.id}: ${done} of ${plural(lab.steps.length, 'step')} done. What ${step.id} is about: ./lab guide ${lab.id} ${step.id}${suffix}`,
        );
        return { lab: lab.id, step: step.id, checked, next: checked.verdict.next };
      }
    }
    done += 1;
  }
  ui.settle();
  const after = labs[labs.indexOf(lab) + 1];
  ui.say(`${lab.id}: all ${plural(lab.steps.length, 'step')} done.`);
  ui.say(
    `Can you do it alone? ./lab challenge ${lab.id}${suffix}, ./lab break ${lab.id}${suffix}, ./lab quiz ${lab.id}, ./lab exam${suffix}`,
  );
  if (after) ui.say(`After it comes ${after.id}: ./lab up ${after.id}${suffix}`);
  return { lab: lab.id, next: `when you have seen enough: ./lab down ${lab.id}${suffix}` };
}

/** No lab of the learner stands on the target: the first that is not done there. */
function nothingStands({ ui, deps, options, suffix }: Context, labs: readonly Lab[], target: TargetName): Advice {
  for (const lab of labs) {
    const said = readProgress(workFolder(deps.root, lab.id), { target, learner: options.learner });
    const open = lab.steps.find(({ id }) => said[id]?.doneAt === undefined);
    if (open === undefined) continue;
    const before = lab.steps.indexOf(open);
    ui.say(`Nothing of yours stands here.${before > 0 ? ` In ${lab.id} you were at ${open.id}.` : ''}`);
    const catchUp = before > 0 ? `, then ./lab step ${lab.id} --until ${open.id}${suffix}` : '';
    return { lab: lab.id, step: open.id, next: `./lab up ${lab.id}${suffix}${catchUp}` };
  }
  ui.say('Nothing of yours stands here, and every step of every lab was done once.');
  return { next: target === 'local' ? './lab doctor --target aws' : `./lab status${suffix}` };
}

/** No target is said and no local cloud runs: by what checks said here, asking nobody. */
function withoutTarget({ ui, deps, options, interrupts }: Context, labs: readonly Lab[]): Advice {
  const last = lastTarget(labs, deps.root, options.learner);
  const there = new Context(ui, { ...options, target: last }, deps, interrupts);
  if (last === 'aws') {
    ui.say('You were last in an account, which is not asked before you say so.');
    return { next: `./lab next${there.suffix}` };
  }
  if (last === 'local') {
    ui.say('No local cloud is running.');
    return nothingStands(there, labs, last);
  }
  ui.say('You have not begun yet. A rehearsal shows a lab from its beginning to its end on this machine, at no cost.');
  return { next: `./lab rehearse ${labs[0]!.id}, or ./lab up ${labs[0]!.id} --target local` };
}
