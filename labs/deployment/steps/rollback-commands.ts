/** The step `rollback` with the AWS CLI. */
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { readWork } from '../../../lib/course/work';
import { approvalCommands, newestVersion, SCRATCH, untilPassed } from '../aws-cli';
import { readDecision } from '../answers/rollback';
import { goodVersion, releaseFlawedCommands } from '../flawed-models/commands';
import { EVERY, JUNE } from '../model/flights';
import { placeOf, ROLLED_BACK, s3Uri, type LabPlace } from '../resources';
import { rollbackExercise } from './rollback-exercise';

/** What the template of the exercise says: the commands show what belongs there. */
const OPEN = { version: 'THE-VERSION', reason: 'WHY, WITH A FIGURE' };

export function explainRollback(run: LabRun): readonly string[] {
  const place = placeOf(run);
  const { version, reason } = decisionOf(run);
  return [
    [goodVersion(place), releaseFlawedCommands(run, place, 'thin'), untilPassed(place, 'SmokeTest')].join('\n'),
    approvalCommands(place, newestVersion(place, 'Approved')),
    changeOver(run, place, version, reason),
  ];
}

function decisionOf(run: LabRun): { version: string; reason: string } {
  const decision = run.workDir === undefined ? '' : readDecision(readWork(run, 'rollback', rollbackExercise));
  return typeof decision === 'string' ? OPEN : { version: String(decision.version), reason: decision.reason };
}

/** Requests in the background, the update, and one more request; then the registry. */
function changeOver(run: LabRun, place: LabPlace, version: string, reason: string): string {
  const log = `${SCRATCH}/requests.csv`;
  const stack = quoted(place.production.stack);
  const arn = `arn:${place.deployRole.split(':')[1]}:sagemaker:${run.region}:${run.account}:model-package/${place.group}/${version}`;
  const call = `aws sagemaker-runtime invoke-endpoint --endpoint-name ${quoted(place.production.endpoint)} --content-type text/csv --accept text/csv --body "fileb://$part" ${SCRATCH}/answer >/dev/null 2>${SCRATCH}/refusal`;
  const same = `$(aws cloudformation describe-stacks --stack-name ${stack} --query "Stacks[0].Parameters[?ParameterKey!='ModelPackageArn' && ParameterKey!='Unguarded'].ParameterKey" --output text | tr '\\t' '\\n' | sed 's/.*/ParameterKey=&,UsePreviousValue=true/')`;
  const status = `aws cloudformation describe-stacks --stack-name ${stack} --query 'Stacks[0].StackStatus' --output text`;
  return [
    `mkdir -p ${SCRATCH} && rm -f ${SCRATCH}/flight-* ${SCRATCH}/stop ${log}`,
    `gunzip -c ${quoted(`data/${JUNE.path}`)} | awk 'NR % ${EVERY} == 0' | cut -d , -f 2- | split -l 1 -a 3 - ${SCRATCH}/flight-`,
    `asking() { n=0; for part in ${SCRATCH}/flight-*; do at=$(date -u +%Y-%m-%dT%H:%M:%SZ); if ${call}; then echo "$at,$n,$(cat ${SCRATCH}/answer)"; else echo "$at,$n,$(tr '\\n' ' ' < ${SCRATCH}/refusal)"; fi >> ${log}; n=$((n + 1)); [ -e ${SCRATCH}/stop ] && break; done; }`,
    `(until [ -e ${SCRATCH}/stop ]; do asking; done) & callers=$!`,
    `until [ -s ${log} ]; do sleep 1; done`,
    `bad=$(${newestVersion(place, 'Approved')})`,
    `aws cloudformation update-stack --stack-name ${stack} --use-previous-template --parameters ParameterKey=ModelPackageArn,ParameterValue=${arn} ParameterKey=Unguarded,ParameterValue=${arn} ${same} &&`,
    `while s=$(${status}); echo "$s" | grep -q IN_PROGRESS; do sleep 2; done; echo "$s"`,
    `sleep 2; touch ${SCRATCH}/stop; wait $callers`,
    `aws s3 cp ${log} "${s3Uri(place, ROLLED_BACK)}$(date -u +%Y-%m-%dT%H-%M-%SZ).csv" &&`,
    `aws sagemaker update-model-package --model-package-arn "$bad" --model-approval-status Rejected --approval-description ${quoted(`Rolled back: ${reason}`)}`,
  ].join('\n');
}
