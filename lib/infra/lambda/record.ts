/** The custom resource `Record`: first of all to be made, last of all to be deleted. */
import type { LabRun } from '../../course/run';
import { emptyOwnership, readRecord, removeRecord, writeRecord } from '../../teardown/record';
import { nameOf } from '../../teardown/errors';
import { sweep } from '../../teardown/sweep';
import type { CustomResourceEvent } from './answer';
import { leaseHours } from './environment';
import { retryWhileDenied } from './retry-while-denied';
import { STAYS, stackStays } from './update';

/** Writes who we are. Names that an earlier life of this stack left in the record stay in it. */
export async function startRecord(run: LabRun, event: CustomResourceEvent): Promise<string> {
  const before = await retryWhileRoleIsNew(run, () => readRecord(run));
  const sameStack = before?.stackId === event.StackId;
  const ownership = {
    ...(before ?? emptyOwnership(run)),
    stackId: event.StackId,
    leaseHours: leaseHours(process.env),
    // An extension was granted to the life it was asked for.
    extendedUntil: sameStack ? before?.extendedUntil : undefined,
    warnedFor: sameStack ? before?.warnedFor : undefined,
    stuckFor: sameStack ? before?.stuckFor : undefined,
  };
  // One server of IAM's may know the role, and the next not yet.
  await retryWhileRoleIsNew(run, () => writeRecord(run, ownership));
  return 'The record is written.';
}

/** This is the first thing that a new role does: the function runs seconds after its role is made. */
function retryWhileRoleIsNew<T>(run: LabRun, ask: () => Promise<T>): Promise<T> {
  return retryWhileDenied(ask, {
    ms: 60_000,
    passes: ({ name }) => name === 'AccessDeniedException',
    now: () => run.clock.now().getTime(),
    pause: () => run.clock.sleep(run.clients.pollMs),
  });
}

/**
 * Removes the record when nothing is left that it would have to prove.
 * It never fails the deletion: what is left is free or blocks nothing, and the record stays so that `./lab down` finds it.
 */
export async function removeRecordIfEmpty(run: LabRun, deadline: Date): Promise<string> {
  try {
    if (await stackStays(run)) return STAYS;
    const ownership = await readRecord(run);
    if (ownership === undefined) return 'There is no record of ours.';
    const { left } = await sweep(run, ownership, { deadline });
    if (left.length > 0) {
      const names = left.map(({ found, error }) => `${found.kind} ${found.id} (${error})`).join('; ');
      return `The record stays, because of what is left: ${names}. Next: ./lab down ${run.lab}`;
    }
    await removeRecord(run);
    return 'Nothing is left; the record is removed.';
  } catch (error) {
    return `The record stays: ${nameOf(error)}. Next: ./lab down ${run.lab}`;
  }
}
