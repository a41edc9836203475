/** Another lab of the same learner, as far as one lab may look at it: its outputs, to copy from. */
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type LabId, stackName, tagsOf } from '../course/names';
import type { LabRun } from '../course/run';

/** Outputs of the other lab's stack; undefined when it is not deployed, or is somebody else's. */
export async function outputsOf(run: LabRun, lab: LabId): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { Stacks: [stack] = [] } = await run.clients.cloudformation.send(
      new DescribeStacksCommand({ StackName: stackName(lab, run.learner) }),
    );
    const tags = Object.fromEntries((stack?.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    const ours = Object.entries(tagsOf(lab, run.learner)).every(([key, value]) => tags[key] === value);
    if (!stack || !ours || !/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(stack.StackStatus ?? ''))
      return undefined;
    return Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
      return undefined;
    throw error;
  }
}
