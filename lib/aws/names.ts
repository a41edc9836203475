/** Names of things that were deleted a moment ago. */
import type { LabRun } from '../course/run';
import { InProgress, waitWithProgress } from './wait';

/**
 * What AWS says of a name while the tags of its last holder are still being deleted, with whatever exception the service has
 * for bad input. Only the text tells.
 *
 * @see https://github.com/trussworks/terraform-aws-ses-domain/issues/138
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/31738
 */
const HELD = /different internalId already exists|tags .*\bin deleting state/i;

export function isNameHeld(error: unknown): boolean {
  return error instanceof Error && HELD.test(error.message);
}

/** Creates something, again until AWS has given its name free. @throws LabError when it does not within ten minutes */
export function onceNameIsFree<T>(run: LabRun, name: string, next: string, create: () => Promise<T>): Promise<T> {
  return waitWithProgress(run, {
    what: `the name ${name}`,
    minutes: 10,
    next,
    ask: async () => {
      try {
        return await create();
      } catch (error) {
        if (!isNameHeld(error)) throw error;
        return new InProgress('held by AWS, which is still deleting the last thing of that name');
      }
    },
  });
}
