/** The step `rollback` with the AWS CLI. */
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { readWork } from '../../../lib/course/work';
import { approvalCommands, newestVersionCommand, SCRATCH_FOLDER, untilActionEnded } from '../aws-cli';
import { readDecision } from '../answers/rollback';
import { goodVersionCommand, releaseFlawedCommands } from '../flawed-models/commands';
import { EVERY_NTH_FLIGHT, JUNE_FILE } from '../model/flights';
import { resourcesOf, ROLLBACK_RESULTS, s3Uri, type LabResources } from '../resources';
import { rollbackExercise } from './rollback-exercise';

/** What the template of the exercise says: the commands show what belongs there. */
const OPEN = { version: 'THE-VERSION', reason: 'WHY, WITH A FIGURE' };

export function explainRollback(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const { version, reason } = decisionOf(run);
  return [
    [
      goodVersionCommand(resources),
      releaseFlawedCommands(run, resources, 'thin'),
      untilActionEnded(resources, 'SmokeTest'),
    ].join('\n'),
    approvalCommands(resources, newestVersionCommand(resources, 'Approved')),
    changeOver(run, resources, version, reason),
  ];
}

function decisionOf(run: LabRun): { version: string; reason: string } {
  const decision = run.workDir === undefined ? '' : readDecision(readWork(run, 'rollback', rollbackExercise));
  return typeof decision === 'string' ? OPEN : { version: String(decision.version), reason: decision.reason };
}

/** Requests in the background, the update, and one more request; then the registry. */
function changeOver(run: LabRun, resources: LabResources, version: string, reason: string): string {
  const log = `${SCRATCH_FOLDER}/requests.csv`;
  const stack = quoted(resources.production.stack);
  const arn = `arn:${resources.deployRole.split(':')[1]}:sagemaker:${run.region}:${run.account}:model-package/${resources.group}/${version}`;
  const call = `aws sagemaker-runtime invoke-endpoint --endpoint-name ${quoted(resources.production.endpoint)} --content-type text/csv --accept text/csv --body "fileb://$part" ${SCRATCH_FOLDER}/answer >/dev/null 2>${SCRATCH_FOLDER}/refusal`;
  const same = `$(aws cloudformation describe-stacks --stack-name ${stack} --query "Stacks[0].Parameters[?ParameterKey!='ModelPackageArn' && ParameterKey!='Unguarded'].ParameterKey" --output text | tr '\\t' '\\n' | sed 's/.*/ParameterKey=&,UsePreviousValue=true/')`;
  const status = `aws cloudformation describe-stacks --stack-name ${stack} --query 'Stacks[0].StackStatus' --output text`;
  return [
    `mkdir -p ${SCRATCH_FOLDER} && rm -f ${SCRATCH_FOLDER}/flight-* ${SCRATCH_FOLDER}/stop ${log}`,
    `gunzip -c ${quoted(`data/${JUNE_FILE.path}`)} | awk 'NR % ${EVERY_NTH_FLIGHT} == 0' | cut -d , -f 2- | split -l 1 -a 3 - ${SCRATCH_FOLDER}/flight-`,
    `asking() { n=0; for part in ${SCRATCH_FOLDER}/flight-*; do at=$(date -u +%Y-%m-%dT%H:%M:%SZ); if ${call}; then echo "$at,$n,$(cat ${SCRATCH_FOLDER}/answer)"; else echo "$at,$n,$(tr '\\n' ' ' < ${SCRATCH_FOLDER}/refusal)"; fi >> ${log}; n=$((n + 1)); [ -e ${SCRATCH_FOLDER}/stop ] && break; done; }`,
    `(until [ -e ${SCRATCH_FOLDER}/stop ]; do asking; done) & callers=$!`,
    `until [ -s ${log} ]; do sleep 1; done`,
    `bad=$(${newestVersionCommand(resources, 'Approved')})`,
    `aws cloudformation update-stack --stack-name ${stack} --use-previous-template --parameters ParameterKey=ModelPackageArn,ParameterValue=${arn} ParameterKey=Unguarded,ParameterValue=${arn} ${same} &&`,
    `while s=$(${status}); echo "$s" | grep -q IN_PROGRESS; do sleep 2; done; echo "$s"`,
    `sleep 2; touch ${SCRATCH_FOLDER}/stop; wait $callers`,
    `aws s3 cp ${log} "${s3Uri(resources, ROLLBACK_RESULTS)}$(date -u +%Y-%m-%dT%H-%M-%SZ).csv" &&`,
    `aws sagemaker update-model-package --model-package-arn "$bad" --model-approval-status Rejected --approval-description ${quoted(`Rolled back: ${reason}`)}`,
  ].join('\n');
}
