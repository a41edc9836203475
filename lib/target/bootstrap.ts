/** The CDK's own set-up in a Region: whether it is there, and a quick way to make it in a local cloud. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { GetParameterCommand } from '@aws-sdk/client-ssm';

import { LabError } from '../course/errors';
import { waitFor } from './clock';
import { findStack } from './stacks';
import type { Target } from './target';

/**
 * Version parameter of the CDK's bootstrap stack.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
export const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

const STACK = 'CDKToolkit';
/** Where the toolkit keeps the template that `cdk bootstrap` deploys. */
const TEMPLATE = 'node_modules/@aws-cdk/toolkit-lib/lib/api/bootstrap/bootstrap-template.yaml';
/** What `cdk bootstrap` passes when nothing else is asked for. */
const PARAMETERS = {
  FileAssetsBucketKmsKeyId: 'AWS_MANAGED_KEY',
  CloudFormationExecutionPolicies: 'arn:aws:iam::aws:policy/AdministratorAccess',
  PublicAccessBlockConfiguration: 'true',
};

/** Version of the Region's bootstrap stack; undefined where there is none. */
export async function bootstrapVersion({ clients }: Pick<Target, 'clients'>): Promise<number | undefined> {
  try {
    const { Parameter } = await clients.ssm.send(new GetParameterCommand({ Name: BOOTSTRAP_PARAMETER }));
    return Number(Parameter?.Value);
  } catch (error) {
    if ((error as Error).name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

export async function isBootstrapped(target: Pick<Target, 'clients'>): Promise<boolean> {
  return (await bootstrapVersion(target)) !== undefined;
}

/**
 * Deploys the toolkit's own template without its change set and its five-second waits: every rehearsal begins with it.
 *
 * @throws LabError when the stack does not come up
 */
export async function bootstrapLocal(
  target: Pick<Target, 'clients' | 'administrator' | 'clock'>,
  root: string,
): Promise<void> {
  const { clock, administrator: clients = target.clients } = target;
  await clients.cloudformation.send(
    new CreateStackCommand({
      StackName: STACK,
      TemplateBody: readFileSync(join(root, TEMPLATE), 'utf8'),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: Object.entries(PARAMETERS).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  const status = await waitFor(
    clock,
    `the stack ${STACK}`,
    async () => {
      const stack = await findStack({ clients }, STACK);
      return stack?.StackStatus?.endsWith('_IN_PROGRESS')
        ? undefined
        : { status: stack?.StackStatus, reason: stack?.StackStatusReason };
    },
    { pollMs: clients.pollMs, timeoutMs: 120_000 },
  );
  if (status.status === 'CREATE_COMPLETE') return;
  throw new LabError(`The CDK's set-up in the local cloud ended as ${status.status ?? 'nothing'}.`, {
    why: status.reason ?? 'No reason was given.',
    next: './lab down --all --target local, then the same command again',
  });
}
