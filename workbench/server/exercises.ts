/** The learner's files of exercises, in the page: read, saved, put back; the solution once the check says that it is one. */
import { relative, join } from 'node:path';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type Deps, workFolder } from '../../lib/commands/deps';
import type { Options } from '../../lib/commands/options';
import { hasSolved } from '../../lib/commands/solution';
import { type ExerciseText, LONGEST, readExercise, saveExercise, shippedText } from '../../lib/course/exercises';
import type { Exercise, Lab } from '../../lib/course/model';
import type { ExerciseView, SolutionView } from '../api';
import { refuse } from './refuse';

/** Routes below `/api/labs/<lab>/steps/<step>/`. Which file it is says the lab, never the page. */
export function exerciseRoutes(deps: Deps, options: Options, labOf: (c: Context) => Promise<Lab>): Hono {
  const routes = new Hono();

  async function find(c: Context): Promise<{ lab: Lab; step: string; exercise: Exercise; folder: string }> {
    const lab = await labOf(c);
    const step = lab.steps.find((one) => one.id === c.req.param('step'));
    if (!step?.exercise) return refuse(404, 'There is no such exercise.');
    return { lab, step: step.id, exercise: step.exercise, folder: workFolder(deps.root, lab.id) };
  }

  function view(
    { lab, exercise, folder }: Awaited<ReturnType<typeof find>>,
    { text, version }: ExerciseText,
  ): ExerciseView {
    const file = relative(deps.root, join(folder, exercise.file));
    return { file, ask: exercise.ask, text, version, template: text === shippedText(lab, exercise.template) };
  }

  routes.get('/exercise', async (c) => {
    const found = await find(c);
    return c.json(view(found, readExercise(found.lab, found.exercise, found.folder)));
  });

  routes.put('/exercise', bodyLimit({ maxSize: 4 * LONGEST + 1000 }), async (c) => {
    const found = await find(c);
    const sent = (await c.req.json().catch(() => undefined)) as { text?: unknown; version?: unknown } | undefined;
    const { text, version } = sent ?? {};
    if (typeof text !== 'string' || text.length > LONGEST || !(version === undefined || typeof version === 'string'))
      return refuse(400, `An answer is a text of at most ${LONGEST} characters.`);
    const saved = saveExercise(found.lab, found.exercise, found.folder, text, version);
    if (!saved)
      return refuse(
        409,
        `${found.exercise.file} was changed elsewhere meanwhile, and nothing was saved: load it anew.`,
      );
    return c.json(view(found, saved));
  });

  routes.get('/solution', async (c) => {
    const { lab, step, exercise, folder } = await find(c);
    if (!hasSolved(folder, options.learner, { id: step }))
      return refuse(403, 'The reference solution is shown once the check of this step says done.');
    const { teaches, alternative, solution } = exercise;
    return c.json({ text: shippedText(lab, solution), teaches, alternative } satisfies SolutionView);
  });

  return routes;
}
