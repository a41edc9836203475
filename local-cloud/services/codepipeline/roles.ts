/**
 * Whom an action acts as. CodePipeline assumes the pipeline's role, and with it the action's role, where it has one:
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html
 */
import type { ActionDeclaration, PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import type { Cloud, Principal } from '../service';
import { ActionFailure, badStructure } from './errors';

const SERVICE = 'codepipeline.amazonaws.com';

function refused(role: string | undefined): string {
  return `CodePipeline is not authorized to perform AssumeRole on role ${role}`;
}

/** @throws ServiceError InvalidStructureException when CodePipeline may not assume the pipeline's role */
export async function checkRole(cloud: Cloud, declaration: PipelineDeclaration): Promise<void> {
  try {
    await cloud.assume(declaration.roleArn!, SERVICE, 'codepipeline');
  } catch (error) {
    throw Object.assign(badStructure(refused(declaration.roleArn)), { cause: error });
  }
}

/** @throws ActionFailure PermissionError */
export async function assumeFor(
  cloud: Cloud,
  declaration: PipelineDeclaration,
  action: ActionDeclaration,
  session: string,
): Promise<Principal> {
  let principal: Principal;
  try {
    principal = await cloud.assume(declaration.roleArn!, SERVICE, session);
  } catch {
    throw new ActionFailure('PermissionError', refused(declaration.roleArn));
  }
  if (!action.roleArn) return principal;
  try {
    return await principal.assume(action.roleArn, session);
  } catch (error) {
    throw new ActionFailure(
      'PermissionError',
      `The service role ${declaration.roleArn} is not authorized to perform AssumeRole on role ${action.roleArn}. ${(error as Error).message}`,
    );
  }
}
