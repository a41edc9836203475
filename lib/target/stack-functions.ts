/** Functions that can answer for a stack's custom resources no more. */
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { DeleteFunctionCommand, GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';

import { isCustom, stackResources } from './stacks';
import type { Target } from './target';

/** A function of a stack that somebody broke by hand. */
export interface BrokenFunction {
  readonly name: string;
  /** `function`: it is gone. `role`: its role is, so that whatever calls it waits in vain. */
  readonly lacks: 'function' | 'role';
}

/**
 * The functions of a stack that are gone, or whose role is. CloudFormation asks them when it deletes a custom resource: of
 * one that is gone it hears that at once; of one that cannot start it hears nothing, and waits for the service timeout.
 *
 * Whoever may not ask Lambda or IAM learns nothing here, and finds out as CloudFormation does.
 */
export async function brokenFunctions(target: Pick<Target, 'clients'>, stackId: string): Promise<BrokenFunction[]> {
  const resources = (await stackResources(target, stackId)).filter(
    ({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE',
  );
  if (!resources.some(({ ResourceType }) => isCustom(ResourceType))) return [];
  const looks = resources.filter(isFunction).map(({ PhysicalResourceId = '' }) => lookAt(target, PhysicalResourceId));
  return (await Promise.all(looks)).flatMap((one) => one ?? []);
}

function isFunction({ ResourceType, PhysicalResourceId }: StackResourceSummary): boolean {
  return ResourceType === 'AWS::Lambda::Function' && Boolean(PhysicalResourceId);
}

async function lookAt({ clients }: Pick<Target, 'clients'>, name: string): Promise<BrokenFunction | undefined> {
  try {
    const { Role = '' } = await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    await clients.iam.send(new GetRoleCommand({ RoleName: Role.slice(Role.lastIndexOf('/') + 1) }));
    return undefined;
  } catch (error) {
    const { name: code } = error as Error;
    if (code === 'ResourceNotFoundException') return { name, lacks: 'function' };
    if (/^NoSuchEntity(Exception)?$/.test(code)) return { name, lacks: 'role' };
    if (/^AccessDenied(Exception)?$/.test(code)) return undefined;
    throw error;
  }
}

/** Deletes the functions whose role is gone, so that CloudFormation hears at once that nobody will answer. */
export async function endSilentFunctions(
  { clients }: Pick<Target, 'clients'>,
  broken: readonly BrokenFunction[],
): Promise<void> {
  for (const { name, lacks } of broken) {
    if (lacks === 'role') await clients.lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
  }
}
