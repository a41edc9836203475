/** Stacks besides the lab's own: those that a pipeline, a step or a learner made with our role or our tags. */
import { DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { isOfStack, usesOurRole } from '../../ownership-proof';
import type { Scope } from '../../kind';
import { listAll } from '../../pages';
import { isResource, resourcesOf, type StackResource } from '../../stack';
import { hasTags } from '../../tags';

/** Id of the kind: a look without it asks for no stacks, and its lease has no permission to. */
export const STACK_KIND = 'cloudformation:stack';

export interface OurStack {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** The role with which CloudFormation changes and deletes it. */
  readonly role?: string;
  readonly because: string;
  readonly resources: readonly StackResource[];
}

/** A recorded name proves nothing here: a stack says itself whose role it uses, and what tags it carries. */
export function ourStacks(scope: Scope): Promise<readonly OurStack[]> {
  return scope.once('stacks', async () => {
    if (!scope.kinds.has(STACK_KIND)) return [];
    const all = await listAll<Stack>(async (NextToken) => {
      const page = await scope.run.clients.cloudformation.send(new DescribeStacksCommand({ NextToken }));
      return { items: page.Stacks, next: page.NextToken };
    });
    const existing = new Set(all.map(({ StackId }) => StackId));
    const ours: OurStack[] = [];
    for (const stack of all) {
      const { StackId: id, StackName: name = '', StackStatus: status = '', ParentId: parent, RoleARN: role } = stack;
      // The lab's own carries our tags too; a nested one goes with the stack that it is nested in.
      if (!id || name === scope.run.stackName || (parent && existing.has(parent))) continue;
      const because = (await usesOurRole(scope, role))
        ? `it is deployed with our role ${role}`
        : hasTags(stack.Tags, scope.run)
          ? 'with our tags'
          : undefined;
      if (because) ours.push({ id, name, status, role, because, resources: await resourcesOf(scope.run, id) });
    }
    return ours;
  });
}

/** Whether CloudFormation will delete it, with the lab's stack or with another of ours. */
export async function goesWithStack(scope: Scope, type: string, name: string): Promise<boolean> {
  if (await isOfStack(scope, type, name)) return true;
  return (await ourStacks(scope)).some(({ resources }) => resources.some((one) => isResource(one, type, name)));
}
