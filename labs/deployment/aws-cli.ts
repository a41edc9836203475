/** Shell words for the AWS CLI commands that `--explain` prints. */
import { quoted } from '../../lib/course/shell';
import { VERSION_VARIABLE } from './names';
import type { EndpointResources, LabResources } from './resources';

/** Where the commands keep files of theirs, below the project's folder. */
export const SCRATCH_FOLDER = 'work/deployment';

/** Shell words that give the newest version of the group, or the newest in a state. */
export function newestVersionCommand(resources: LabResources, status?: string): string {
  const filter = status === undefined ? '' : ` --model-approval-status ${status}`;
  return `aws sagemaker list-model-packages --model-package-group-name ${quoted(resources.group)}${filter} --sort-by CreationTime --sort-order Descending --max-results 100 --query 'ModelPackageSummaryList[0].ModelPackageArn' --output text`;
}

/** Shell words that give the id of the newest release that was told the version in a variable. */
export function releaseIdCommand(resources: LabResources, variable: string): string {
  const ids = `aws codepipeline list-pipeline-executions --pipeline-name ${quoted(resources.pipeline)} --max-items 20 --query 'pipelineExecutionSummaries[].pipelineExecutionId' --output text`;
  const told = `aws codepipeline get-pipeline-execution --pipeline-name ${quoted(resources.pipeline)} --pipeline-execution-id "$id" --query "pipelineExecution.variables[?name=='${VERSION_VARIABLE}'].resolvedValue" --output text`;
  return `for id in $(${ids} | tr '\\t' '\\n' | grep -v None); do [ "$(${told})" = "$${variable}" ] && echo "$id" && break; done`;
}

/** Waits until a command prints something. */
export function untilOutput(variable: string, command: string): string {
  return `${variable}=; while [ -z "$${variable}" ]; do ${variable}=$(${command}); [ -n "$${variable}" ] || sleep 2; done`;
}

/** The status of the release in `$release`: `InProgress`, or how it ended. */
const releaseStatusCommand = (resources: LabResources): string =>
  `aws codepipeline get-pipeline-execution --pipeline-name ${quoted(resources.pipeline)} --pipeline-execution-id "$release" --query pipelineExecution.status --output text`;

/** Waits until an action of the release in `$release` has ended, and fails unless it succeeded. */
export function untilActionEnded(resources: LabResources, action: string): string {
  const status = `aws codepipeline list-action-executions --pipeline-name ${quoted(resources.pipeline)} --filter "pipelineExecutionId=$release" --query "actionExecutionDetails[?actionName=='${action}']|[0].status" --output text`;
  return [
    `until s=$(${status}); [ "$s" = Succeeded ] || [ "$s" = Failed ] || [ "$(${releaseStatusCommand(resources)})" != InProgress ]; do sleep 2; done`,
    // The release may have ended between the two questions.
    `s=$(${status}); echo "${action}: $s"; [ "$s" = Succeeded ]`,
  ].join('\n');
}

/** Waits until the release in `$release` has ended, whichever way. */
export function untilReleaseEnded(resources: LabResources): string {
  return `while [ "$(${releaseStatusCommand(resources)})" = InProgress ]; do sleep 2; done`;
}

/** Shows what failed in the release in `$release`. */
export function showFailureCommand(resources: LabResources): string {
  return `aws codepipeline list-action-executions --pipeline-name ${quoted(resources.pipeline)} --filter "pipelineExecutionId=$release" --query "actionExecutionDetails[?status=='Failed'].[stageName,actionName,output.executionResult.errorDetails.message,output.executionResult.externalExecutionSummary]" --output text`;
}

/** Ends a release at once. */
export function stopCommand(resources: LabResources, id: string, reason: string): string {
  return `aws codepipeline stop-pipeline-execution --pipeline-name ${quoted(resources.pipeline)} --pipeline-execution-id ${id} --abandon --reason ${quoted(reason)}`;
}

/** Deletes an endpoint's stack, so that the next release makes it anew. */
export const deleteStackCommand = ({ stack }: EndpointResources): string =>
  `aws cloudformation delete-stack --stack-name ${stack} && aws cloudformation wait stack-delete-complete --stack-name ${stack}`;

/** Decides on a version. */
export function setApprovalCommand(arn: string, status: 'Approved' | 'Rejected', reason: string): string {
  return `aws sagemaker update-model-package --model-package-arn ${arn} --model-approval-status ${status} --approval-description ${quoted(reason)}`;
}

/** Approves the release of a version with the smoke test's figure, and waits until production was watched. */
export function approvalCommands(resources: LabResources, version: string): string {
  const pipeline = quoted(resources.pipeline);
  const token = `stageStates[?stageName=='Approval']|[0].actionStates[0].latestExecution.token`;
  const auc = `aws codepipeline list-action-executions --pipeline-name ${pipeline} --filter "pipelineExecutionId=$release" --query "actionExecutionDetails[?actionName=='SmokeTest']|[0].output.outputVariables.Auc" --output text`;
  return [
    `version=$(${version})`,
    `release=$(${releaseIdCommand(resources, 'version')})`,
    `until token=$(aws codepipeline get-pipeline-state --name ${pipeline} --query "${token}" --output text); [ "$token" != None ] || [ "$(${releaseStatusCommand(resources)})" != InProgress ]; do sleep 2; done`,
    `auc=$(${auc})`,
    `aws codepipeline put-approval-result --pipeline-name ${pipeline} --stage-name Approval --action-name Approve --token "$token" --result "status=Approved,summary='AUC $auc through staging.'"`,
    untilActionEnded(resources, 'Watch'),
  ].join('\n');
}
