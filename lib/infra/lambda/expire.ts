/** The lease: asked every 15 minutes whether the lab has lived long enough. */
import type { LabRun } from '../../course/run';
import { requestDeletion } from '../../target/stacks';
import { leaseEnd } from '../../teardown/lease';
import { nameOf } from '../../teardown/errors';
import type { Ownership } from '../../teardown/ownership';
import { emptyOwnership, readOwnership, writeRecord } from '../../teardown/record';
import { describeStack } from '../../teardown/stack';
import { sweep } from '../../teardown/sweep';
import { leaseHours } from './environment';
import { report, tellStuck, warn } from './notify';

/** How long before the end the learner is warned. */
const WARNED_MS = 60 * 60_000;

/** What happened; returned and logged. */
export interface LeaseOutcome {
  readonly did: 'nothing' | 'warned' | 'swept' | 'deleted';
  readonly why: string;
}

/**
 * Sweeps and deletes the stack when its lease is over. Asking again at any moment does no harm: a sweep goes on where
 * the last one stopped, and a stack is not deleted twice.
 */
export async function endIfOver(run: LabRun, deadline: Date): Promise<LeaseOutcome> {
  const outcome = await judge(run, deadline);
  run.progress(JSON.stringify({ lease: outcome }));
  return outcome;
}

async function judge(run: LabRun, deadline: Date): Promise<LeaseOutcome> {
  const stack = await describeStack(run);
  if (stack?.CreationTime === undefined) return { did: 'nothing', why: 'there is no stack' };
  const status = stack.StackStatus ?? '';
  if (status.endsWith('_IN_PROGRESS')) return { did: 'nothing', why: `the stack is ${status}` };

  const ownership = (await readOwnership(run)) ?? emptyOwnership(run);
  // The hours are the deployed ones; the record can only extend them.
  const end = leaseEnd(stack.CreationTime, { ...ownership, leaseHours: leaseHours(process.env) });
  const now = run.clock.now();
  if (now < end) {
    const soon = end.getTime() - now.getTime() <= WARNED_MS;
    if (soon && ownership.warnedFor !== end.toISOString() && (await warn(run, end))) {
      await remember(run, { ...ownership, warnedFor: end.toISOString() });
      return { did: 'warned', why: `the lease is over at ${end.toISOString()}` };
    }
    return { did: 'nothing', why: `the lease lasts until ${end.toISOString()}` };
  }

  const { removed, left } = await sweep(run, ownership, { deadline });
  const blocking = left.filter(({ blocks }) => blocks !== undefined);
  if (blocking.length > 0) {
    if (ownership.stuckFor !== end.toISOString() && (await tellStuck(run, left)))
      await remember(run, { ...ownership, stuckFor: end.toISOString() });
    const names = blocking.map(({ found, error }) => `${found.kind} ${found.id}: ${error}`).join('; ');
    const help = [...new Set(blocking.flatMap(({ next }) => next ?? []))].map((command) => `. Next: ${command}`);
    return { did: 'swept', why: `removed ${removed.length}; the next run goes on with ${names}${help.join('')}` };
  }
  // The topic goes with the stack.
  await report(run, removed, left);
  await requestDeletion(run, stack.StackId ?? run.stackName, status);
  return { did: 'deleted', why: `the lease was over at ${end.toISOString()}; removed ${removed.length} before` };
}

/** What cannot be remembered is told once more, which is better than not at all. */
async function remember(run: LabRun, ownership: Ownership): Promise<void> {
  try {
    await writeRecord(run, ownership);
  } catch (error) {
    run.progress(`The record could not be written: ${nameOf(error)}`);
  }
}
