import { LAB_IDS, type LabId, LEARNER_PATTERN, stackName, TAG_LAB, TAG_LEARNER } from '../course/names';
import type { Target } from '../target/target';
import type { Context } from './context';

/** A lab that stands on the target, whoever's it is. */
export interface DeployedLab {
  readonly lab: LabId;
  readonly learner: string;
  readonly stackName: string;
  readonly status: string;
  readonly createdAt: Date;
}

/** Every learner's labs in the account's Region, found by their tags. None where no local cloud runs. */
export async function findDeployedLabs(context: Context, command = 'status'): Promise<DeployedLab[]> {
  if (context.options.target === 'local' && !(await context.deps.localCloudRuns())) return [];
  return deployedLabsOn(await context.target(command));
}

/** Every learner's labs where the target's clients look. */
export async function deployedLabsOn(target: Target): Promise<DeployedLab[]> {
  const { allStacks } = await import('../target/stacks');
  const found: DeployedLab[] = [];
  for (const stack of await allStacks(target)) {
    const tags = new Map((stack.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    const lab = LAB_IDS.find((id) => id === tags.get(TAG_LAB));
    const learner = tags.get(TAG_LEARNER);
    // Nested stacks and those of a pipeline carry the tags as well: only the lab's own stack has its name.
    if (!lab || !learner || !LEARNER_PATTERN.test(learner) || stack.StackName !== stackName(lab, learner)) continue;
    found.push({
      lab,
      learner,
      stackName: stack.StackName,
      status: stack.StackStatus ?? 'UNKNOWN',
      createdAt: stack.CreationTime ?? target.clock.now(),
    });
  }
  return found.sort((a, b) => LAB_IDS.indexOf(a.lab) - LAB_IDS.indexOf(b.lab) || a.learner.localeCompare(b.learner));
}

/** Of all labs those that the command is about, and how many others there are. */
export function visibleTo(
  { options }: Context,
  standings: readonly DeployedLab[],
): { readonly mine: DeployedLab[]; readonly others: number } {
  const mine = standings.filter(({ learner }) => options.everyone || learner === options.learner);
  return { mine, others: standings.length - mine.length };
}

/** The learner's lab that was deployed last: what somebody is at. */
export function newestOf<T extends Pick<DeployedLab, 'learner' | 'createdAt'>>(
  standings: readonly T[],
  learner: string,
): T | undefined {
  return standings
    .filter((one) => one.learner === learner)
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0];
}
