/** The practical part of an exam: challenges and faults in the labs that stand, against the clock and without hints. */
import { Exit } from '../course/errors';
import { placeExercise } from '../course/exercises';
import type { Fault } from '../course/fault';
import { faultOfSeed } from '../course/fault';
import { type Challenge, pointsOf } from '../course/challenge';
import { type DeployedStack, isComplete } from '../course/load';
import type { Lab } from '../course/model';
import type { LabId } from '../course/names';
import type { LabRun } from '../course/run';
import { numbersOf, shuffled } from '../course/shuffle';
import { makeScratchFolder } from '../target/scratch-folder';
import { beginGameDay, possibleFaults } from './break';
import { Context } from './context';
import { type DeployedLab, findDeployedLabs, visibleTo } from './deployed-labs';
import { workFolder } from './deps';
import { goingOn, judgeGameDay, over } from './game-day';
import { type Graded, gradeChallenge, pointsIn } from './grade';
import { plural } from './ui/text';
import { checkStep, symbolOf } from './verdict';
import { keepPoints } from '../course/points';

/** What a fault is worth, and how long it should take: estimates, as those of challenges are. */
const FAULT_POINTS = 5;
const FAULT_MINUTES = 15;

/** A lab that stands. */
interface Standing {
  readonly lab: Lab;
  readonly run: LabRun;
  readonly stack: DeployedStack;
}

/** Something to be done in a lab. */
export interface PracticalTask {
  readonly title: string;
  readonly lab: Lab['id'];
  /** The exam's domain that it counts for. */
  readonly domain: string;
  readonly points: number;
  readonly minutes: number;
  /** Whether it can be done in the lab as it stands. */
  isPossible(): Promise<boolean>;
  /** Sets it going, and tells what is asked. */
  begin(): Promise<void>;
  /** Judges it, and leaves the lab without the fault. @returns the points, and tells what was missed */
  end(): Promise<{ readonly points: number; tell(): void }>;
}

/**
 * Tasks in the labs of the learner that stand on the target, in the order of the seed, as many as there is time for.
 *
 * @param minutes for all of them together
 * @param faults whether labs may be broken for it
 */
export async function drawPractical(
  context: Context,
  { minutes, seed, faults }: { readonly minutes: number; readonly seed: number; readonly faults: boolean },
): Promise<PracticalTask[]> {
  const { deps } = context;
  const look = async (): Promise<DeployedLab[]> => visibleTo(context, await findDeployedLabs(context, 'exam')).mine;
  let mine = await look();
  if (mine.length === 0 && (await putUp(context, seed))) mine = await look();
  if (mine.length === 0) return [];
  const target = await context.target('exam');
  const all: PracticalTask[] = [];
  for (const { lab: id, status } of mine) {
    if (!isComplete(status)) continue;
    const lab = await deps.loadLab(id);
    const { run, standing: stack } = await context.run(lab, target);
    if (stack === undefined) continue;
    const standing = { lab, run, stack };
    for (const challenge of await deps.loadChallenges(id)) all.push(challengeTask(context, standing, challenge));
    if (faults) all.push(faultTask(context, standing, seed));
  }
  const drawn: PracticalTask[] = [];
  let left = minutes;
  for (const task of shuffled(all, numbersOf(seed, 'practical'))) {
    if (task.minutes > left || !(await task.isPossible())) continue;
    drawn.push(task);
    left -= task.minutes;
  }
  context.ui.settle();
  return drawn;
}

/** Labs that are soon done. */
const QUICK: readonly LabId[] = ['data-prep', 'training'];

/**
 * Deploys a lab on the local target and does its steps, with the reference answers, where the learner wants that.
 *
 * @returns whether it stands now
 */
async function putUp(context: Context, seed: number): Promise<boolean> {
  const { ui, deps, options } = context;
  const [id] = shuffled(
    QUICK.filter((one) => deps.labs.includes(one)),
    numbersOf(seed, 'lab'),
  );
  if (options.target !== 'local' || id === undefined) return false;
  if (
    !(await ui.confirm(`Nothing of yours stands on this machine. Put up ${id}, with all steps done, for tasks in it?`))
  )
    return false;
  const { up } = await import('./up');
  const willing = new Context(ui, { ...options, yes: true }, deps, context.interrupts);
  // What it makes is told by the verb itself, and its document is not the exam's.
  if ((await up(willing, { lab: id })) !== Exit.Done) return false;
  const lab = await deps.loadLab(id);
  const scratch = makeScratchFolder('exam');
  try {
    const { run } = await context.run(lab, await context.target('exam'), scratch.path);
    for (const step of lab.steps) {
      if (step.exercise) placeExercise(lab, step.exercise.solution, step.exercise, scratch.path);
      await step.act(run);
    }
  } finally {
    scratch.remove();
    await willing.close();
  }
  ui.settle();
  ui.say(`${id} stands, and stays after the exam: ./lab down ${id}${context.suffix}`);
  return true;
}

function challengeTask(context: Context, { lab, run }: Standing, challenge: Challenge): PracticalTask {
  const { ui, deps } = context;
  const graded = (): Promise<Graded[]> => gradeChallenge(context, run, challenge);
  return {
    title: challenge.title,
    lab: lab.id,
    domain: challenge.task.charAt(0),
    points: pointsOf(challenge),
    minutes: challenge.minutes,
    async isPossible() {
      const needed = lab.steps.filter(({ id }) => challenge.steps.includes(id));
      for (const step of needed) if ((await checkStep(context, run, step)).state !== 'done') return false;
      // What is there already is no task.
      return pointsIn(await graded()) < pointsOf(challenge);
    },
    async begin() {
      for (const paragraph of challenge.brief) ui.say(paragraph);
      for (const one of challenge.constraints) ui.say(one, '- ');
      for (const { what, points } of challenge.criteria) ui.say(`${what} (${plural(points, 'point')})`, '- ');
    },
    async end() {
      const found = await graded();
      const points = pointsIn(found);
      const of = pointsOf(challenge);
      keepPoints(workFolder(deps.root, lab.id), run, { challenge: challenge.id, points, of }, run.clock.now());
      return { points, tell: () => tellMissed(context, challenge, found) };
    },
  };
}

function tellMissed({ ui }: Context, { learn }: Challenge, graded: readonly Graded[]): void {
  const missed = graded.filter(({ state }) => state !== 'done');
  for (const { criterion, state, verdict } of missed) {
    ui.say(`${criterion.what} ${verdict.saw}`, `${symbolOf(ui, state)} `);
    ui.say(`Think about: ${verdict.next}`, '  ');
  }
  if (missed.length > 0) ui.say(`Learn it: ${learn.join(' and ')}`, '  ');
}

function faultTask(context: Context, { lab, run, stack }: Standing, seed: number): PracticalTask {
  const { ui, interrupts } = context;
  let fault: Fault | undefined;
  return {
    title: `Something is wrong in ${lab.id}`,
    lab: lab.id,
    get domain() {
      return fault?.task.charAt(0) ?? '';
    },
    points: FAULT_POINTS,
    minutes: FAULT_MINUTES,
    async isPossible() {
      if (await goingOn(context, lab, run, stack)) return false;
      const possible = await possibleFaults(context, lab, run).catch(() => []);
      return (fault = faultOfSeed(possible, seed)) !== undefined;
    },
    async begin() {
      const { symptom } = await beginGameDay(context, lab, run, stack, { fault: fault!, seed });
      interrupts.leaves({
        remains: `The exam is not scored, and a fault is in ${lab.id}.`,
        next: `./lab mend ${lab.id}${context.suffix}`,
      });
      ui.settle();
      ui.say(symptom, `${ui.colours.red('!')} `);
      ui.say('Find out why, and mend it, in whichever way.');
    },
    async end() {
      const going = await goingOn(context, lab, run, stack);
      // Looked at, or given up, in another terminal meanwhile.
      if (going === undefined)
        return { points: 0, tell: () => ui.say(`The game day of ${lab.id} was ended elsewhere.`) };
      const { verdict } = await judgeGameDay(context, run, going);
      if (!verdict.done) await going.fault.mend({ ...run, progress: () => undefined }, going.day.memory);
      interrupts.leaves(undefined);
      ui.settle();
      return {
        points: verdict.done ? FAULT_POINTS : 0,
        tell: () => {
          if (!verdict.done) ui.say(verdict.saw, `${symbolOf(ui, 'not done')} `);
          over(context, run, going, verdict.done);
        },
      };
    },
  };
}
