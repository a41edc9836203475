/** Inline policies of roles, as stacks write them: read, and changed without being replaced. */
import { GetRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { Exit, LabError } from '../course/errors';
import type { LabRun } from '../course/run';
import { labCommand } from '../course/say';

/** Name of the one policy that a lab's role has: see `LabStack.role`. */
const OWN = 'Own';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

interface Policy {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

const roleName = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** The document of a lab's role, as text. @param role ARN */
export async function ownPolicy(run: LabRun, role: string): Promise<string> {
  const { PolicyDocument = '' } = await run.clients.iam.send(
    new GetRolePolicyCommand({ RoleName: roleName(role), PolicyName: OWN }),
  );
  return decodeURIComponent(PolicyDocument);
}

/**
 * Writes the document of a lab's role. Under the same name: with another policy on it, CloudFormation could not delete the
 * role.
 */
export async function putOwnPolicy(run: LabRun, role: string, document: string): Promise<void> {
  await run.clients.iam.send(
    new PutRolePolicyCommand({ RoleName: roleName(role), PolicyName: OWN, PolicyDocument: document }),
  );
}

/**
 * A document in which no statement allows the action on resources that end so.
 *
 * @throws LabError (refused) where none did: somebody changed the role, and nobody knows how it was
 */
export function withoutResource(run: LabRun, document: string, action: string, end: string): string {
  const policy = JSON.parse(document) as Policy;
  let found = false;
  const statements = policy.Statement.flatMap((one) => {
    const resources = [one.Resource].flat();
    const kept = resources.filter((resource) => typeof resource !== 'string' || !resource.endsWith(end));
    if (![one.Action].flat().includes(action) || kept.length === resources.length) return [one];
    found = true;
    return kept.length === 0 ? [] : [{ ...one, Resource: kept }];
  });
  if (!found)
    throw new LabError(
      `A role of ${run.stackName} is not as the stack made it: its policy ${OWN} lacks ${action} on ${end}.`,
      {
        why: 'What it may do was changed by hand. Nothing was changed now.',
        next: labCommand(run, 'break'),
        exit: Exit.Refused,
      },
    );
  return JSON.stringify({ ...policy, Statement: statements });
}
