/** Roles as Glue's definitions name them, and refusals as Glue reports them. */
import { isDenied } from '../denied';
import type { Cloud, Principal } from '../service';

/** A definition may hold an ARN, or only a role's name with its path. */
export function roleArn(cloud: Cloud, role: string): string {
  return role.startsWith('arn:') ? role : `arn:aws:iam::${cloud.account}:role/${role.replace(/^\//, '')}`;
}

/** Assumes the role of a crawler or job as Glue does. */
export function assumeForGlue(cloud: Cloud, role: string, session: string): Promise<Principal> {
  return cloud.assume(roleArn(cloud, role), 'glue.amazonaws.com', session);
}

/** Does a request; when it is refused, the error names action, resource and principal, whatever the service answered. */
export async function asRole<T>(
  principal: Principal,
  action: string,
  resource: string,
  request: () => Promise<T>,
): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!isDenied(error)) throw error;
    throw new Error(
      `AccessDeniedException: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource}`,
      { cause: error },
    );
  }
}
