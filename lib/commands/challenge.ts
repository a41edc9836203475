import { shippedText } from '../course/exercises';
import { challengeOf, pointsOf, solutionFile, type Challenge } from '../course/challenge';
import { Exit, LabError } from '../course/errors';
import type { Lab } from '../course/model';
import { readPoints, type Points } from '../course/points';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { noSuch, TARGETS } from './options';
import { plural } from './ui/text';

/** The challenge of that name. @throws LabError with the nearest names */
export function requireChallenge(lab: Lab, challenges: readonly Challenge[], id: string): Challenge {
  const found = challengeOf(challenges, id);
  if (found) return found;
  const ids = challenges.map((one) => one.id);
  const what = `The lab ${lab.id} has no challenge ${JSON.stringify(id)}.`;
  throw noSuch(what, id, ids, `Its challenges are ${ids.join(', ')}.`, `./lab challenge ${lab.id}`);
}

/** What was reached on each target, by the gradings of this folder. */
export function reachedOf(
  { deps, options }: Pick<Context, 'deps' | 'options'>,
  lab: Lab,
  challenge: Challenge,
): Readonly<Record<string, Points | null>> {
  const folder = workFolder(deps.root, lab.id);
  return Object.fromEntries(
    TARGETS.map((target) => [target, readPoints(folder, { target, learner: options.learner }, challenge.id) ?? null]),
  );
}

/** `challenge <lab> [challenge]`: which there are, or what one asks for. Asks no cloud. */
export const challenge: Verb = async (context: Context, args) => {
  const lab = await context.lab(args.lab ?? '');
  const challenges = await context.deps.loadChallenges(lab.id);
  if (args.challenge === undefined) return list(context, lab, challenges);
  const one = requireChallenge(lab, challenges, args.challenge);
  return args.solution === undefined ? show(context, lab, one) : solution(context, lab, one);
};

/** What documents and pages need to know of a learner: their folder, and who they are. */
type Who = Pick<Context, 'deps' | 'options'>;

/** A challenge as lists have it. */
const summaryOf = (context: Who, lab: Lab, challenge: Challenge) => ({
  id: challenge.id,
  title: challenge.title,
  minutes: challenge.minutes,
  points: pointsOf(challenge),
  task: challenge.task,
  reached: reachedOf(context, lab, challenge),
});

/** A challenge as `challenge` prints it with `--json`, and as pages show it: all that is asked, and nothing of an answer. */
export const challengeDocument = (context: Who, lab: Lab, challenge: Challenge) => ({
  lab: lab.id,
  ...summaryOf(context, lab, challenge),
  brief: challenge.brief,
  constraints: challenge.constraints,
  criteria: challenge.criteria.map(({ id, points, what }) => ({ id, points, what })),
  steps: challenge.steps,
  cost: challenge.cost,
  learn: challenge.learn,
});

function list(context: Context, lab: Lab, challenges: readonly Challenge[]): number {
  const { ui } = context;
  const summaries = challenges.map((one) => summaryOf(context, lab, one));
  for (const { id, title, minutes, points, reached } of summaries) {
    ui.say(`${ui.colours.bold(id)}: ${title}`);
    ui.say(`about ${plural(minutes, 'minute')}, ${plural(points, 'point')}; ${told(reached)}`, '  ');
  }
  const open = summaries.find(({ points, reached }) => !TARGETS.some((target) => reached[target]?.best === points));
  ui.say(
    `Next: ./lab challenge ${lab.id} ${(open ?? summaries[0])?.id ?? ''}${context.suffix}${open ? '' : '; you have all points of each'}`,
  );
  ui.document({ lab: lab.id, challenges: summaries });
  return Exit.Done;
}

const PLACES: Readonly<Record<string, string>> = { local: 'on this machine', aws: 'in an account' };

function told(reached: Readonly<Record<string, Points | null>>): string {
  const graded = TARGETS.flatMap((target) => {
    const points = reached[target];
    return points ? [`${points.best} of ${points.of} reached ${PLACES[target]}`] : [];
  });
  return graded.length === 0 ? 'not graded yet' : graded.join(', ');
}

function show(context: Context, lab: Lab, challenge: Challenge): number {
  const { ui } = context;
  const { bold } = ui.colours;
  const { id, title, brief, constraints, criteria, steps, minutes, cost, learn, task } = challenge;
  ui.say(
    `${bold(title)} (${plural(pointsOf(challenge), 'point')}, about ${plural(minutes, 'minute')}, exam task ${task})`,
  );
  for (const paragraph of brief) {
    ui.say();
    ui.say(paragraph);
  }
  ui.say();
  ui.say(bold('What must hold besides:'));
  for (const one of constraints) ui.say(one, '- ');
  ui.say();
  ui.say(bold('What is graded:'));
  for (const one of criteria) ui.say(`${one.what} (${plural(one.points, 'point')})`, '- ');
  ui.say();
  const before = steps.map((step) => `./lab step ${lab.id} ${step}`).join(', ');
  ui.say(before === '' ? 'No step of the lab has to be done before.' : `These steps have to be done before: ${before}`);
  ui.say(
    'How you get there is open: the AWS CLI, the console, SQL, code. Names of what you have are in ./lab outputs ' +
      `${lab.id}${context.suffix}`,
  );
  ui.say(cost, 'Cost on AWS: ');
  ui.say(learn.join(' and '), 'Read: ');
  ui.say(`So far: ${told(reachedOf(context, lab, challenge))}.`);
  ui.say(`Next: ./lab grade ${lab.id} ${id}${context.suffix}; it changes nothing, as often as you like`);
  ui.document(challengeDocument(context, lab, challenge));
  return Exit.Done;
}

async function solution(context: Context, lab: Lab, challenge: Challenge): Promise<number> {
  const { ui, options } = context;
  const reached = reachedOf(context, lab, challenge);
  const all = TARGETS.some((target) => reached[target]?.best === pointsOf(challenge));
  if (!all && !options.yes && !(await ui.confirm(`${challenge.id} is not solved yet. See a solution now?`)))
    throw new LabError(`The solution of ${challenge.id} stays hidden.`, {
      why: `You have not all its points yet${ui.interactive ? '' : ', and nobody could be asked'}. What a grading measured leads further than an answer.`,
      next: `./lab grade ${lab.id} ${challenge.id}${context.suffix}, or ./lab challenge ${lab.id} ${challenge.id} --solution --yes`,
      exit: Exit.Refused,
    });
  const file = solutionFile(challenge);
  const text = shippedText(lab, file);
  ui.say(`${ui.colours.bold('One right answer')} of several, labs/${lab.id}/${file}:`);
  ui.say();
  ui.raw(text.trimEnd());
  ui.say();
  ui.say(`Next: do it in your own way, then ./lab grade ${lab.id} ${challenge.id}${context.suffix}`);
  ui.document({ lab: lab.id, id: challenge.id, solution: text });
  return Exit.Done;
}
