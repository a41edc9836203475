/** Tags of roles, and roles that are gone: also for a caller who may not ask IAM, as AWS's PowerUserAccess may not. */
import { ListRoleTagsCommand } from '@aws-sdk/client-iam';
import { arnOfRole, roleName } from './arns';
import { isRefused } from './errors';
import type { Scope } from './kind';
import { resourcesOf } from './stack';
import type { Tags } from './tags';

/** The tags of a role. @throws IAM's NoSuchEntityException, or a {@link RoleGone}, where there is no such role */
export async function tagsOfRole(scope: Scope, arn: string): Promise<Tags> {
  try {
    return (await scope.run.clients.iam.send(new ListRoleTagsCommand({ RoleName: roleName(arn) }))).Tags;
  } catch (error) {
    if (isRefused(error) && (await deletedWithStack(scope)).has(arn)) throw new RoleGone(arn, { cause: error });
    throw error;
  }
}

/** Known from the stack that had it. */
class RoleGone extends Error {
  override readonly name = 'NoSuchEntityException';

  constructor(arn: string, options: ErrorOptions) {
    super(`CloudFormation deleted the role ${arn} with its stack.`, options);
  }
}

/**
 * ARNs of the roles that CloudFormation deleted with our stack: it tells of a deleted stack by its id, for 90 days.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
 */
function deletedWithStack(scope: Scope): Promise<ReadonlySet<string>> {
  return scope.once('roles deleted with the stack', async () => {
    const { stackId } = scope.ownership;
    if (stackId === undefined) return new Set<string>();
    const deleted = (await resourcesOf(scope.run, stackId)).filter(
      ({ type, status }) => type === 'AWS::IAM::Role' && status === 'DELETE_COMPLETE',
    );
    return new Set(deleted.map(({ name }) => arnOfRole(scope.run, name)));
  });
}
