/** Deploy action of CloudFormation: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html */
import {
  type Capability,
  CreateStackCommand,
  DeleteStackCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { ActionContext, ActionResult } from './action';
import { describeStack, stackFailure, waitUntilStable, orActionFailure } from './stackState';
import { parameterOverrides, readInputFile } from './stackParameters';

const NOTHING_TO_DO = /No updates are to be performed/;
/** A stack that can only be deleted, or whose last operation failed. */
const FAILED = /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED|UPDATE_ROLLBACK_FAILED)$/;

async function request(context: ActionContext) {
  const { configuration } = context;
  const capabilities = (configuration.Capabilities ?? '').split(',').map((one) => one.trim());
  return {
    StackName: configuration.StackName!,
    TemplateBody: await readInputFile(context, configuration.TemplatePath!, 'TemplatePath'),
    Parameters: parameterOverrides(configuration.ParameterOverrides),
    Capabilities: capabilities.filter((one) => one !== '') as Capability[],
    ...(configuration.RoleArn && { RoleARN: configuration.RoleArn }),
  };
}

/** Waits until the stack stands; a failed operation fails the action. */
async function finish(context: ActionContext, since: Date, good: RegExp): Promise<Stack | undefined> {
  const stack = await waitUntilStable(context);
  const status = stack?.StackStatus ?? 'DELETE_COMPLETE';
  if (!good.test(status)) throw await stackFailure(context, stack, since);
  return stack;
}

async function remove(context: ActionContext): Promise<void> {
  const { principal, configuration } = context;
  const since = context.timers.now();
  const StackName = configuration.StackName!;
  if (!(await describeStack(context))) return;
  await orActionFailure(() =>
    principal.cloudformation.send(
      new DeleteStackCommand({ StackName, ...(configuration.RoleArn && { RoleARN: configuration.RoleArn }) }),
    ),
  );
  await finish(context, since, /^DELETE_COMPLETE$/);
}

async function createOrUpdate(context: ActionContext): Promise<Stack | undefined> {
  const { cloudformation } = context.principal;
  const input = await request(context);
  let stack = await describeStack(context);
  if (stack && context.configuration.ActionMode === 'REPLACE_ON_FAILURE' && FAILED.test(stack.StackStatus!)) {
    await remove(context);
    stack = undefined;
  }
  const since = context.timers.now();
  if (!stack || stack.StackStatus === 'REVIEW_IN_PROGRESS') {
    await orActionFailure(() => cloudformation.send(new CreateStackCommand(input)));
    return finish(context, since, /^CREATE_COMPLETE$/);
  }
  try {
    await cloudformation.send(new UpdateStackCommand(input));
  } catch (error) {
    if (NOTHING_TO_DO.test((error as Error).message)) return stack;
    await orActionFailure(() => Promise.reject(error as Error));
  }
  return finish(context, since, /^UPDATE_COMPLETE$/);
}

/** Brings a stack to what the template in the artifact says. */
export async function cloudFormation(context: ActionContext): Promise<ActionResult> {
  const { configuration, cloud } = context;
  const stack = await createOrUpdate(context);
  const variables = Object.fromEntries(
    (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue ?? '']),
  );
  const id = stack?.StackId;
  return {
    summary: `Stack ${configuration.StackName}: ${stack?.StackStatus ?? 'DELETE_COMPLETE'}`,
    ...(id && {
      externalExecutionId: id,
      externalExecutionUrl: `https://console.aws.amazon.com/cloudformation/home?region=${cloud.region}#/stacks/stackinfo?stackId=${encodeURIComponent(id)}`,
    }),
    variables,
  };
}
