import { pointsOf, type Challenge } from '../course/challenge';
import type { Points } from '../course/points';
import { type PastGameDay, pastGameDays } from '../course/game-days';
import { readPredictions } from '../course/predictions';
import { type StepProgress, readProgress } from '../course/progress';
import type { Lab } from '../course/model';
import { Exit } from '../course/errors';
import type { TargetName } from '../course/run';
import { bestOf, type ExamResult, readExams } from '../course/exam';
import { readQuestions } from '../course/questions';
import { readQuizResults } from '../course/quiz-results';
import { reachedOf } from './challenge';
import type { Context, Verb } from './context';
import { workFolder } from './deps';
import { examFolder } from './exam';
import { TARGETS } from './options';
import { plural } from './ui/text';

/** A lab's steps with what checks said of them on each target. */
interface LabProgress {
  readonly lab: Lab['id'];
  readonly title: string;
  readonly steps: readonly {
    readonly id: string;
    readonly title: string;
    readonly exercise: boolean;
    /** What was predicted last, before the step was done. */
    readonly prediction: string | null;
    readonly targets: Readonly<Record<string, StepProgress | null>>;
  }[];
  /** Game days that are over, by target. */
  readonly gameDays: Readonly<Record<string, readonly PastGameDay[]>>;
}

/** A lab's challenges with what gradings gave on each target. */
const challengesOf = (context: Pick<Context, 'deps' | 'options'>, lab: Lab, challenges: readonly Challenge[]) =>
  challenges.map((one) => ({
    id: one.id,
    title: one.title,
    points: pointsOf(one),
    targets: reachedOf(context, lab, one),
  }));

/** What a learner has done in a lab, by the checks of this folder. */
function progressOf(lab: Lab, root: string, learner: string): LabProgress {
  const kept = TARGETS.map((target) => [target, readProgress(workFolder(root, lab.id), { target, learner })] as const);
  const predictions = readPredictions(workFolder(root, lab.id));
  const steps = lab.steps.map(({ id, title, exercise }) => ({
    id,
    title,
    exercise: exercise !== undefined,
    prediction: predictions[id] ?? null,
    targets: Object.fromEntries(kept.map(([target, said]) => [target, said[id] ?? null])),
  }));
  const gameDays = Object.fromEntries(
    TARGETS.map((target) => [target, pastGameDays(workFolder(root, lab.id), { target, learner })]),
  );
  return { lab: lab.id, title: lab.title, steps, gameDays };
}

/** Of a lab's questions: how many were right when they were last asked, how many were answered at all. */
function questionsOf(lab: Lab, root: string, learner: string): Readonly<Record<'right' | 'answered' | 'of', number>> {
  const results = readQuizResults(workFolder(root, lab.id), learner);
  const answers = readQuestions(lab).map(({ id }) => results[id]);
  return {
    right: answers.filter((one) => one?.right).length,
    answered: answers.filter((one) => one !== undefined).length,
    of: answers.length,
  };
}

const PLACES: Readonly<Record<string, string>> = { local: 'on this machine', aws: 'in an account' };

/** All that a learner has done, by what is kept in this folder: as `progress` prints it with `--json`, and as pages show it. */
export async function progressDocument(context: Pick<Context, 'deps' | 'options'>) {
  const { deps, options } = context;
  const labs = await Promise.all(deps.labs.map((id) => deps.loadLab(id)));
  const exams = readExams(examFolder(deps.root), options.learner);
  return {
    learner: options.learner,
    labs: await Promise.all(
      labs.map(async (lab) => ({
        ...progressOf(lab, deps.root, options.learner),
        questions: questionsOf(lab, deps.root, options.learner),
        challenges: challengesOf(context, lab, await deps.loadChallenges(lab.id)),
      })),
    ),
    exams: { count: exams.length, last: exams.at(-1) ?? null, best: bestOf(exams) ?? null },
  };
}

/** `progress`: what was done in all labs, by the checks that were run in this folder. Asks no cloud. */
export const progress: Verb = async (context: Context) => {
  const { ui, options } = context;
  const document = await progressDocument(context);
  const { labs: all, exams } = document;
  const shown = TARGETS.filter((target) => options.target === undefined || options.target === target);
  for (const { lab, title, steps, questions, gameDays, challenges } of all) {
    ui.say(`${ui.colours.bold(lab)}: ${title}`);
    for (const target of shown) {
      const done = steps.filter(({ targets }) => targets[target]?.doneAt !== undefined);
      const exercises = steps.filter(({ exercise }) => exercise);
      const solved = exercises.filter((step) => done.includes(step));
      const last = steps
        .flatMap(({ targets }) => targets[target]?.at ?? [])
        .sort()
        .at(-1);
      ui.say(
        last === undefined
          ? `${PLACES[target]}: nothing was checked yet`
          : `${PLACES[target]}: ${done.length} of ${plural(steps.length, 'step')} done, ${solved.length} of ${plural(exercises.length, 'exercise')} solved; last checked ${last}`,
        '  ',
      );
      const days = gameDays[target] ?? [];
      if (days.length > 0)
        ui.say(
          `${PLACES[target]}: ${plural(days.length, 'game day')}, ${days.filter(({ mended }) => mended).length} mended`,
          '  ',
        );
      const graded = challenges.flatMap(({ targets }) => targets[target] ?? []);
      if (graded.length > 0) ui.say(challengesLine(graded, challenges.length), '  ');
    }
    const predicted = steps.filter(({ prediction }) => prediction !== null);
    if (predicted.length > 0) ui.say(`predictions: ${predicted.length} of ${plural(steps.length, 'step')}`, '  ');
    if (questions.answered > 0)
      ui.say(`questions: ${questions.right} of ${questions.of} right, ${questions.answered} answered`, '  ');
  }
  const { last, best } = exams;
  if (last && best) ui.say(`exams: ${exams.count} taken; last ${shareOf(last)}, best ${shareOf(best)}`);
  ui.say();
  // Where somebody was last; else where nothing costs.
  const target = options.target ?? newest(all) ?? 'local';
  const next = all
    .flatMap(({ lab, steps }) => steps.map((step) => ({ lab, step })))
    .find(({ step }) => step.targets[target]?.doneAt === undefined);
  ui.say(
    next
      ? `Next: ./lab guide ${next.lab} ${next.step.id}, then ./lab step ${next.lab} ${next.step.id} --target ${target}`
      : `All steps of all labs are done. Next: ./lab status --target ${target}`,
  );
  ui.document(document);
  return Exit.Done;
};

const shareOf = ({ points, of, at }: ExamResult): string => `${points} of ${of} points (${at.slice(0, 10)})`;

function challengesLine(graded: readonly Points[], all: number): string {
  const sum = (of: 'best' | 'of'): number => graded.reduce((total, one) => total + one[of], 0);
  return `${graded.length} of ${plural(all, 'challenge')} graded: ${sum('best')} of ${plural(sum('of'), 'point')}`;
}

/** The target that was checked last. */
function newest(all: readonly LabProgress[]): TargetName | undefined {
  const times = all.flatMap(({ steps }) => steps.flatMap(({ targets }) => Object.entries(targets)));
  return times
    .filter((entry): entry is [TargetName, StepProgress] => entry[1] !== null)
    .sort(([, a], [, b]) => (a.at < b.at ? 1 : -1))[0]?.[0];
}

/** Where checks were last run in this folder; undefined where none were. */
export const lastTarget = (labs: readonly Lab[], root: string, learner: string): TargetName | undefined =>
  newest(labs.map((lab) => progressOf(lab, root, learner)));
