import { pointsOf, type Challenge, type Criterion } from '../course/challenge';
import { Exit } from '../course/errors';
import type { State, Verdict } from '../course/model';
import { keepPoints, readPoints } from '../course/points';
import type { LabRun } from '../course/run';
import { readOnly } from '../target/read-only';
import { requireChallenge } from './challenge';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { requireDeployed } from './require-deployed';
import { nextLine, plural } from './ui/text';
import { exitOf, look, symbolOf } from './verdict';

/** A criterion with what was found. */
export interface Graded {
  readonly criterion: Criterion;
  readonly state: State;
  readonly verdict: Verdict;
}

/** `grade <lab> <challenge>`: points by criteria; reads only. */
export const grade: Verb = async (context: Context, args) => {
  const { ui, deps } = context;
  const lab = await context.lab(args.lab ?? '');
  const challenge = requireChallenge(lab, await deps.loadChallenges(lab.id), args.challenge ?? '');
  const command = `grade ${lab.id} ${challenge.id}`;
  const { run } = await requireDeployed(context, lab, command);
  const graded = await gradeChallenge(context, run, challenge);
  ui.settle();
  for (const { criterion, state, verdict } of graded) {
    const { points } = criterion;
    ui.say(
      `${ui.colours.bold(criterion.id)}: ${state === 'done' ? points : 0} of ${plural(points, 'point')}. ${verdict.saw}`,
      `${symbolOf(ui, state)} `,
    );
    if (state !== 'done') ui.say(state === 'not done' ? `Think about: ${verdict.next}` : nextLine(verdict.next), '  ');
  }
  const of = pointsOf(challenge);
  const points = pointsIn(graded);
  const folder = workFolder(deps.root, lab.id);
  keepPoints(folder, run, { challenge: challenge.id, points, of }, run.clock.now());
  const best = readPoints(folder, run, challenge.id)!.best;
  ui.say(`${points} of ${plural(of, 'point')}.${best > points ? ` Your best so far: ${best}.` : ''}`);
  const exit = exitOf(graded);
  ui.say(
    exit === Exit.Done
      ? `Next: ./lab challenge ${lab.id}${context.suffix}; how else it can be done: ./lab challenge ${lab.id} ${challenge.id} --solution`
      : `Next: ./lab challenge ${lab.id} ${challenge.id}${context.suffix} has what is asked; then ./lab ${command}${context.suffix} again`,
  );
  ui.document({
    lab: lab.id,
    challenge: challenge.id,
    points,
    of,
    best,
    criteria: graded.map(({ criterion, state, verdict }) => ({
      id: criterion.id,
      points: state === 'done' ? criterion.points : 0,
      of: criterion.points,
      state,
      ...verdict,
    })),
  });
  return exit;
};

/** The points of criteria that are met. */
export const pointsIn = (graded: readonly Graded[]): number =>
  graded.reduce((sum, { criterion, state }) => sum + (state === 'done' ? criterion.points : 0), 0);

/** Looks at each criterion of a challenge with clients that only read. Where one could not look, the others are looked at. */
export async function gradeChallenge(context: Context, run: LabRun, challenge: Challenge): Promise<Graded[]> {
  // One object for all criteria: what several look at is looked at once.
  const reading: LabRun = { ...run, clients: readOnly(run.clients) };
  const graded: Graded[] = [];
  for (const criterion of challenge.criteria) {
    run.progress(`Grading ${challenge.id}: ${criterion.id}`);
    const command = `grade ${run.lab} ${challenge.id}`;
    graded.push({ criterion, ...(await look(context, run, command, () => criterion.check(reading))) });
  }
  return graded;
}
