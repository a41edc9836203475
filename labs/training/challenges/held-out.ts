/** The flights that challenges are graded on: the slice test, as the bucket has it. */
import { oncePerRun } from '../../../lib/course/challenge';
import { Exit, LabError } from '../../../lib/course/errors';
import { labCommand } from '../../../lib/course/say';
import type { Rows } from '../../../lib/flights/rows';
import { objectsByFolder, rowsOf } from '../data/copy';
import { resourcesOf } from '../resources';

/** @throws LabError (check failed) where the bucket has none */
export const heldOut = oncePerRun(async (run): Promise<Rows> => {
  const resources = resourcesOf(run);
  const objects = (await objectsByFolder(run, resources)).get('test') ?? [];
  if (objects.length > 0) return rowsOf(run, resources, objects);
  throw new LabError('The bucket has no held-out flights to grade with.', {
    why: 'The step data brings them.',
    next: labCommand(run, 'step', 'data'),
    exit: Exit.CheckFailed,
  });
});
