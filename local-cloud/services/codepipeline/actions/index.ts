/** Which runner an action has. */
import type { ActionDeclaration } from '@aws-sdk/client-codepipeline';
import type { Runner } from './action';
import { cloudFormation } from './cloudFormation';
import { codeBuild } from './codeBuild';
import type { Jobs } from './jobs';
import { lambdaInvoke } from './lambdaInvoke';
import type { Approvals } from './manualApproval';
import { s3Source } from './s3Source';

/** By provider; categories were checked when the pipeline was declared. */
export function makeRunners(jobs: Jobs, approvals: Approvals): (action: ActionDeclaration) => Runner {
  const runners: Readonly<Record<string, Runner>> = {
    S3: s3Source,
    CodeBuild: codeBuild,
    Lambda: lambdaInvoke(jobs),
    CloudFormation: cloudFormation,
    Manual: approvals.run,
  };
  return ({ actionTypeId }) => runners[actionTypeId!.provider!]!;
}
