/** The game day that goes on in a lab: its fault, what is said of it, and how it ends. */
import type { Fault } from '../course/fault';
import { endGameDay, type GameDay, gameDayOf, keepGameDay } from '../course/game-days';
import { Exit, LabError } from '../course/errors';
import type { DeployedStack } from '../course/load';
import type { Lab, State } from '../course/model';
import type { LabRun } from '../course/run';
import { readOnly } from '../target/read-only';
import type { Context } from './context';
import { workFolder } from './deps';
import { look, symbolOf } from './verdict';
import { duration, nextLine } from './ui/text';

/** A game day with its fault. */
export interface Going {
  readonly day: GameDay;
  readonly fault: Fault;
}

/** The game day that goes on in the stack. One whose fault this version does not have is forgotten: nobody can judge it. */
export async function goingOn(
  { deps, ui }: Context,
  lab: Lab,
  run: LabRun,
  standing: DeployedStack,
): Promise<Going | undefined> {
  const workDir = workFolder(deps.root, lab.id);
  const day = gameDayOf(workDir, run, standing.id);
  if (day === undefined) return undefined;
  const fault = (await deps.loadFaults(lab.id)).find(({ id }) => id === day.fault);
  if (fault) return { day, fault };
  ui.note(`A game day of ${lab.id} is noted, and there is no fault ${JSON.stringify(day.fault)}: it is forgotten.`);
  keepGameDay(workDir, run, undefined);
  return undefined;
}

/** What `check` says of a game day, as JSON documents have it: without its fault until it is over. */
export interface GameDayDocument {
  readonly state: State;
  readonly done: boolean;
  readonly saw: string;
  readonly next: string;
  /** When it began, as ISO time. */
  readonly since: string;
  readonly over?: OverDocument;
}

/** What is told of a fault when its game day is over. */
export interface OverDocument {
  readonly fault: string;
  readonly title: string;
  readonly task: string;
  readonly seed: number;
  readonly seconds: number;
  readonly seen: readonly string[];
  readonly prevented: string;
}

/** Judges the game day that goes on, says what was seen, and ends it where the fault is out. */
export async function checkGameDay(
  context: Context,
  lab: Lab,
  run: LabRun,
  standing: DeployedStack,
): Promise<GameDayDocument | undefined> {
  const { ui } = context;
  const going = await goingOn(context, lab, run, standing);
  if (going === undefined) return undefined;
  const { day, fault } = going;
  const { state, verdict } = await judgeGameDay(context, run, going);
  ui.settle();
  ui.say(`${ui.colours.bold('game day')}: ${verdict.saw}`, `${symbolOf(ui, state)} `);
  const document = { state, ...verdict, since: day.at };
  if (!verdict.done) {
    if (state === 'not done' && day.symptom !== undefined) ui.say(`It began with: ${day.symptom}`, '  ');
    ui.say(nextLine(verdict.next), '  ');
    const hint = day.hints < fault.hints.length ? `A hint: ./lab break ${lab.id} --hint${context.suffix}. ` : '';
    ui.say(`${hint}To give it up: ./lab mend ${lab.id}${context.suffix}`, '  ');
    return document;
  }
  return { ...document, over: over(context, run, going, true) };
}

/** What the fault's check says now. */
export function judgeGameDay(context: Context, run: LabRun, { day, fault }: Going): ReturnType<typeof look> {
  run.progress('Checking the game day');
  // What the fault's check says on its way would tell more than the symptom.
  const reader: LabRun = { ...run, clients: readOnly(run.clients), progress: () => undefined };
  return look(context, run, `check ${run.lab}`, () =>
    fault.check(reader, { memory: day.memory, since: new Date(day.at) }),
  );
}

/** Ends a game day and tells what it was. @param mended whether the learner did it */
export function over(context: Context, run: LabRun, { day, fault }: Going, mended: boolean): OverDocument {
  const { ui, deps } = context;
  const end = { title: fault.title, mended, now: run.clock.now() };
  const { seconds } = endGameDay(workFolder(deps.root, run.lab), run, day, end);
  const seen = fault.seen(run);
  const how = mended ? `Mended after ${duration(seconds)}` : `Given up after ${duration(seconds)}`;
  ui.say(`${ui.colours.bold(how)}: ${fault.title} (task ${fault.task} of the exam, seed ${day.seed}).`, '  ');
  ui.say('Where it could be seen:', '  ');
  for (const place of seen) ui.say(place, '    - ');
  if (run.target === 'local') ui.note(`Commands talk to the local cloud after: eval "$(./lab env${context.suffix})"`);
  ui.say(`What prevents it: ${fault.prevented}`, '  ');
  return {
    fault: fault.id,
    title: fault.title,
    task: fault.task,
    seed: day.seed,
    seconds,
    seen,
    prevented: fault.prevented,
  };
}

/** @throws LabError where no game day is noted for this lab as it stands */
export async function requireGoing(context: Context, lab: Lab, run: LabRun, standing: DeployedStack): Promise<Going> {
  const going = await goingOn(context, lab, run, standing);
  if (going) return going;
  throw new LabError(`No game day goes on in ${lab.id}, as far as this folder knows.`, {
    why: 'The note of it is in the folder where it was begun. A game day ends with its lab, too: down takes the fault along.',
    next: `./lab break ${lab.id}${context.suffix} begins one`,
    exit: Exit.WrongUse,
  });
}
