/** Taking a lab down: the part that `down` and `rehearse` share. */
import type { DeployedStack } from '../course/load';
import { recordName } from '../course/names';
import type { LabRun } from '../course/run';
import type { Deployer } from '../target/deployer';
import { type BrokenFunction, brokenFunctions } from '../target/stack-functions';
import { waitUntilStable } from '../target/stack-removal';
import { stackResources } from '../target/stacks';
import type { Target } from '../target/target';
import type { Found } from '../teardown/kind';
import { holdsUnknown, type Ownership, RECORD_VERSION } from '../teardown/ownership';
import { countOf, Ledger, type Counts } from '../teardown/ledger';
import type { Leftover, SweepResult } from '../teardown/sweep';
import type { Context } from './context';
import type { Teardown } from './deps';
import { plural } from './ui/text';

/** What would be removed. */
export interface Removal {
  readonly run: LabRun;
  readonly standing?: DeployedStack;
  readonly ownership: Ownership;
  /** Resources of the stack, by their logical ids. */
  readonly resources: readonly string[];
  /** What deleting the stack would leave. */
  readonly beyond: readonly Found[];
  /** Why that could not be listed wholly; the sweep tries again, and names what it could not read as left over. */
  readonly unread?: string;
  /** Functions that can answer for the stack's custom resources no more: the stack goes without them. */
  readonly broken: readonly BrokenFunction[];
}

/** Looks at what there is. @returns undefined when there is neither stack nor record */
export async function planRemoval(
  run: LabRun,
  standing: DeployedStack | undefined,
  teardown: Teardown,
): Promise<Removal | undefined> {
  run.progress('Looking at what is there');
  const ownership = await teardown.readOwnership(run);
  if (!ownership) return undefined;
  let unread: string | undefined;
  const look = teardown.inventory(run, ownership).catch((error: Error) => {
    unread = `${error.name}: ${error.message}`;
    return [];
  });
  const [resources, beyond, broken] = await Promise.all([
    standing ? resourcesOf(run, standing.id) : [],
    look,
    standing ? brokenFunctions(run, standing.id) : [],
  ]);
  return { run, standing, ownership, resources, beyond, unread, broken };
}

/** Logical ids of what a stack holds. */
async function resourcesOf(run: LabRun, stackId: string): Promise<string[]> {
  return (await stackResources(run, stackId)).flatMap(({ LogicalResourceId = '', ResourceType, ResourceStatus }) =>
    ResourceType !== 'AWS::CDK::Metadata' && ResourceStatus !== 'DELETE_COMPLETE' ? [LogicalResourceId] : [],
  );
}

export interface Removed {
  /** Things swept besides the stack. */
  readonly swept: readonly Found[];
  readonly left: readonly Leftover[];
  /** Everything seen, the stack's resources included: what was made is what is removed and what is left. */
  readonly counts: Counts;
  /** Why the stack could not be deleted. @default - it is, or something blocks that */
  readonly failure?: unknown;
}

/** The stack among what is counted. */
const STACK = 'stack';
/** Deletions of one stack: a bucket that was emptied can have been written to again before its turn came. */
const ATTEMPTS = 3;

/**
 * Sweeps what must go first, deletes the stack, sweeps what came meanwhile, looks again, and removes the record last:
 * as long as something is left, the record that proves its belonging stays.
 */
export async function removeLab(
  context: Context,
  target: Target,
  deployer: Deployer,
  removal: Removal,
  teardown: Teardown,
): Promise<Removed> {
  const { run, standing, ownership } = removal;
  const ledger = new Ledger();
  const stack = (members: readonly string[]): Found => ({
    kind: STACK,
    id: run.stackName,
    because: `the lab’s stack, with ${plural(members.length, 'resource')}`,
    members,
  });
  if (removal.resources.length > 0) ledger.saw(stack(removal.resources));
  removal.beyond.forEach((one) => ledger.saw(one));
  const sweep = (stage: string): Promise<SweepResult> => {
    context.ui.progress(stage);
    return teardown.sweep(run, ownership, {
      ledger,
      report: ({ what, found }) => context.ui.progress('Sweeping', `${what} ${found.kind} ${found.id}`),
    });
  };
  const result = (left: readonly Leftover[], failure?: unknown): Removed => {
    const standsStill = ledger.left.filter(({ found }) => found.kind === STACK);
    const why = failure === undefined ? 'it is deleted once nothing blocks that' : 'CloudFormation could not delete it';
    return {
      swept: ledger.gone.filter(({ kind }) => kind !== STACK),
      left: [...left, ...standsStill.map(({ found }) => ({ found, error: why }))],
      counts: ledger.counts,
      failure,
    };
  };

  // What is being made or changed is left to CloudFormation until that has ended. A deletion goes on beside the sweep, as
  // the lease's or another `down`'s: it may wait for what the sweep removes.
  if (standing && standing.status !== 'DELETE_IN_PROGRESS')
    await waitUntilStable(run, standing.id, (stage, detail) => context.ui.progress(stage, detail));
  let swept = await sweep('Sweeping');
  for (let attempt = 1; standing; attempt += 1) {
    if (swept.left.some(({ blocks }) => blocks !== undefined)) return result(swept.left);
    const failure = await deployer
      .remove(target, standing.id, (stage, detail) => context.ui.progress(stage, detail))
      .catch((error: unknown) => error ?? 'no reason');
    if (failure === undefined) {
      ledger.listed(STACK, []);
      swept = await sweep('Looking again');
      break;
    }
    let gone: number;
    try {
      ledger.listed(STACK, [stack(await resourcesOf(run, standing.id))]);
      gone = ledger.counts.removed;
      swept = await sweep('Looking again');
    } catch {
      // What keeps us from looking has most likely kept us from deleting.
      throw failure;
    }
    // Where nothing was in the way that is gone now, another attempt would fail like this one.
    if (attempt === ATTEMPTS || ledger.counts.removed === gone) return result(swept.left, failure);
  }
  if (swept.left.length > 0) return result(swept.left);
  // A newer version may have recorded what this one does not know of. Where the stack's own function, which is of that
  // version, removed the record, nothing of it is left; otherwise the record stays as that version's proof.
  if (ownership.newer && holdsUnknown(ownership) && (await teardown.readRecord(run)))
    return result([newerRecord(run, ownership.newer.version, ledger)]);
  await teardown.removeRecord(run);
  return result([]);
}

function newerRecord({ lab, learner }: LabRun, version: number, ledger: Ledger): Leftover {
  const found = { kind: 'ssm:record', id: recordName(lab, learner), because: 'it has the lab’s name and tags' };
  ledger.saw(found);
  return {
    found,
    error: `a newer version of this project wrote it (its format is ${version}, this version knows ${RECORD_VERSION}), and may know of more`,
    next: 'git pull',
  };
}

/** `Glue tables 5`-like counts of what was found, one line a kind. */
export function byKind(found: readonly Found[]): [kind: string, count: number][] {
  const counts = new Map<string, number>();
  for (const one of found) counts.set(one.kind, (counts.get(one.kind) ?? 0) + countOf([one]));
  return [...counts].sort((a, b) => a[0].localeCompare(b[0]));
}
