/** Stacks of the lab's endpoints with their parameters, and an update of some of these. */
import { type LabRun, output } from '../../../lib/course/run';
import { findStack, updateParameters } from '../../../lib/target/stacks';
import type { StacksView } from '../../api';
import { outputsOf, type View, wrongName } from './view';

const STACKS = ['StagingStack', 'ProductionStack', 'EndpointStack'] as const;
/** Of a parameter’s value. */
const LONGEST = 4096;

export const stacks: View = {
  title: 'Stacks',
  outputs: STACKS,
  async read({ run }): Promise<StacksView> {
    const found = await Promise.all(outputsOf(run, STACKS).map((name) => stackOf(run, name)));
    return { stacks: found.flatMap((one) => one ?? []) };
  },
  /** With the template that it has, and the values that it has but for those that are given. */
  async act({ run }, { stack, values }): Promise<{ updating: string } | undefined> {
    if (typeof values !== 'object' || values === null) return undefined;
    const name = outputsOf(run, STACKS).find((one) => one === stack);
    const found = name === undefined ? undefined : await stackOf(run, name);
    if (!found) throw wrongName('stack', String(stack));
    const known = found.parameters.map((one) => one.name);
    const changed = Object.entries(values as Record<string, unknown>);
    const right = (entry: [string, unknown]): entry is [string, string] =>
      known.includes(entry[0]) && typeof entry[1] === 'string' && entry[1].length <= LONGEST;
    if (!changed.every(right)) return undefined;
    await updateParameters(run, found.id, known, new Map(changed));
    return { updating: found.name };
  },
};

/** The stack, if it is the lab's: CloudFormation changes those with the lab's own role. */
async function stackOf(run: LabRun, name: string): Promise<StacksView['stacks'][number] | undefined> {
  const found = await findStack(run, name);
  if (found?.RoleARN !== output(run, 'DeployRole')) return undefined;
  return {
    id: found.StackId ?? '',
    name,
    state: found.StackStatus ?? '',
    reason: found.StackStatusReason,
    parameters: (found.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => ({
      name: ParameterKey,
      value: ParameterValue,
    })),
  };
}
