/** Taking a lab down: the part that `down` and `rehearse` share. */
import type { Standing } from '../course/load';
import type { LabRun } from '../course/run';
import type { Deployer } from '../target/deployer';
import { stackResources } from '../target/stacks';
import type { Target } from '../target/target';
import type { Found } from '../teardown/kind';
import type { Ownership } from '../teardown/ownership';
import type { Leftover } from '../teardown/sweep';
import type { Context } from './context';
import type { Teardown } from './deps';

/** What would be removed. */
export interface Removal {
  readonly run: LabRun;
  readonly standing?: Standing;
  readonly ownership: Ownership;
  /** Resources of the stack, by their type. */
  readonly resources: readonly string[];
  /** What deleting the stack would leave. */
  readonly beyond: readonly Found[];
  /** Why that could not be listed wholly; the sweep tries again, and names what it could not read as left over. */
  readonly unread?: string;
}

/** Looks at what there is. @returns undefined when there is neither stack nor record */
export async function planRemoval(
  run: LabRun,
  standing: Standing | undefined,
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
  const [resources, beyond] = await Promise.all([standing ? resourcesOf(run, standing.id) : [], look]);
  return { run, standing, ownership, resources, beyond, unread };
}

async function resourcesOf(run: LabRun, stackId: string): Promise<string[]> {
  return (await stackResources(run, stackId)).flatMap(({ ResourceType, ResourceStatus }) =>
    ResourceType && ResourceType !== 'AWS::CDK::Metadata' && ResourceStatus !== 'DELETE_COMPLETE' ? [ResourceType] : [],
  );
}

export interface Removed {
  /** Things swept besides the stack. */
  readonly swept: readonly Found[];
  readonly stackRemoved: boolean;
  readonly left: readonly Leftover[];
}

/**
 * Sweeps what must go first, deletes the stack, sweeps what came meanwhile, looks again, and removes the record last:
 * as long as something is left, the record that proves its belonging stays.
 */
export async function takeDown(
  context: Context,
  target: Target,
  deployer: Deployer,
  removal: Removal,
  teardown: Teardown,
): Promise<Removed> {
  const { run, standing, ownership } = removal;
  const report = {
    report: ({ what, found }: { what: string; found: Found }) =>
      context.ui.progress('Sweeping', `${what} ${found.kind} ${found.id}`),
  };
  const swept = new Map<string, Found>();
  const remember = (found: readonly Found[]): void => found.forEach((one) => swept.set(`${one.kind} ${one.id}`, one));

  context.ui.progress('Sweeping');
  const before = await teardown.sweep(run, ownership, report);
  remember(before.removed);
  const blocking = before.left.filter(({ blocks }) => blocks !== undefined);
  if (standing && blocking.length > 0) return { swept: [...swept.values()], stackRemoved: false, left: before.left };

  if (standing) await deployer.remove(target, standing.id, (stage, detail) => context.ui.progress(stage, detail));
  context.ui.progress('Looking again');
  const after = await teardown.sweep(run, ownership, report);
  remember(after.removed);
  if (after.left.length === 0) await teardown.removeRecord(run);
  return { swept: [...swept.values()], stackRemoved: standing !== undefined, left: after.left };
}

/** `Glue tables 5`-like counts of what was found, one line a kind. */
export function byKind(found: readonly Found[]): [kind: string, count: number][] {
  const counts = new Map<string, number>();
  for (const one of found) counts.set(one.kind, (counts.get(one.kind) ?? 0) + (one.count ?? 1));
  return [...counts].sort((a, b) => a[0].localeCompare(b[0]));
}

/** How many things are behind the lines. */
export function countOf(found: readonly Found[]): number {
  return found.reduce((sum, one) => sum + (one.count ?? 1), 0);
}
