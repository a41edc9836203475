/**
 * The custom resource `Sweep`: last of all to be made, first of all to be deleted. `Emptied` does the same once more,
 * when of the stack only the buckets and the lease are left: what was written in between would keep the buckets.
 */
import type { LabRun } from '../../course/run';
import { NAME_LISTS, withNames, type NameList } from '../../teardown/ownership';
import { emptyOwnership, readOwnership, readRecord, writeRecord } from '../../teardown/record';
import { sweep } from '../../teardown/sweep';
import type { CustomResourceEvent } from './answer';
import { continueInNextInvocation } from './continuation';
import { leaseHours } from './environment';
import { STAYS, stackStays } from './update';

/** Adds the stack's physical names to the record. */
export async function completeRecord(run: LabRun, event: CustomResourceEvent): Promise<string> {
  const names = Object.fromEntries(NAME_LISTS.map((list) => [list, strings(event.ResourceProperties[list])])) as Record<
    NameList,
    string[]
  >;
  const record = (await readRecord(run)) ?? emptyOwnership(run);
  await writeRecord(run, withNames({ ...record, stackId: event.StackId, leaseHours: leaseHours(process.env) }, names));
  return 'The record is complete.';
}

/**
 * Removes what the stack's deletion would leave behind or stumble over.
 *
 * @throws Error naming what must not be left, so that CloudFormation stops before it deletes a role that is still needed
 */
export async function sweepBeforeDeletion(run: LabRun, event: CustomResourceEvent, deadline: Date): Promise<string> {
  if (await stackStays(run)) return STAYS;
  const ownership = await readOwnership(run);
  if (ownership === undefined) return 'There is neither a record nor a stack.';
  const { removed, left } = await sweep(run, ownership, { deadline });
  run.progress(JSON.stringify({ removed, left }));
  const blocking = left.filter(({ blocks }) => blocks !== undefined);
  if (blocking.length > 0 && run.clock.now() >= deadline && (await continueInNextInvocation(event)))
    return 'handed over';
  if (blocking.length > 0) {
    const names = blocking
      .map(({ found, error, blocks }) => `${found.kind} ${found.id}: ${error} (${blocks})`)
      .join('; ');
    const help = [...new Set(blocking.flatMap(({ next }) => next ?? []))].map((command) => `${command}; then `);
    // CloudFormation cuts long reasons off, and the way on stands at their end.
    throw new Error(
      `Not everything could be removed: ${names.slice(0, 700)}. Next: ${help.slice(0, 1).join('')}./lab down ${run.lab}, or delete the stack once more`,
    );
  }
  return `Removed ${removed.length}, left ${left.length}.`;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string' && one !== '') : [];
}
