/** The step `incident` with the AWS CLI. */
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { batchFile, JULY } from '../traffic/flights';
import { INCIDENT_LOGS, resourcesOf, s3Uri, SCRATCH_FOLDER, type LabResources } from '../resources';

export function explainIncident(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  return [releaseCommands(resources), callCommands(resources)];
}

/** Makes the careless version of what serves, registers it as approved, and updates the stack. */
function releaseCommands(resources: LabResources): string {
  const stack = quoted(resources.stack);
  const same = `$(aws cloudformation describe-stacks --stack-name ${stack} --query "Stacks[0].Parameters[?ParameterKey!='ModelPackageArn'].ParameterKey" --output text | tr '\\t' '\\n' | sed 's/.*/ParameterKey=&,UsePreviousValue=true/')`;
  return [
    `mkdir -p ${SCRATCH_FOLDER}`,
    `good=$(aws cloudformation describe-stacks --stack-name ${stack} --query "Stacks[0].Parameters[?ParameterKey=='ModelPackageArn'].ParameterValue" --output text)`,
    `aws s3 cp "$(aws sagemaker describe-model-package --model-package-name "$good" --query 'InferenceSpecification.Containers[0].ModelDataUrl' --output text)" ${SCRATCH_FOLDER}/good.tar.gz &&`,
    `key=$(npx tsx labs/monitoring/tools/careless.ts ${SCRATCH_FOLDER}/good.tar.gz ${SCRATCH_FOLDER}/careless.tar.gz) &&`,
    `aws s3 cp ${SCRATCH_FOLDER}/careless.tar.gz "s3://${resources.bucket}/$key" &&`,
    `aws sagemaker describe-model-package --model-package-name "$good" > ${SCRATCH_FOLDER}/good.json &&`,
    `npx tsx labs/monitoring/tools/careless.ts request ${SCRATCH_FOLDER}/good.json ${quoted(resources.group)} ${quoted(resources.bucket)} "$key" > ${SCRATCH_FOLDER}/request.json &&`,
    `bad=$(aws sagemaker create-model-package --cli-input-json file://${SCRATCH_FOLDER}/request.json --query ModelPackageArn --output text) &&`,
    `aws cloudformation update-stack --stack-name ${stack} --use-previous-template --parameters "ParameterKey=ModelPackageArn,ParameterValue=$bad" ${same} &&`,
    `while s=$(aws cloudformation describe-stacks --stack-name ${stack} --query 'Stacks[0].StackStatus' --output text); echo "$s" | grep -q IN_PROGRESS; do sleep 2; done; echo "$s"; [ "$s" = UPDATE_COMPLETE ]`,
  ].join('\n');
}

/**
 * Callers in the background until the responder has written down that it is done; then some more requests. The alarm is
 * not what is waited for: it may be silent again before one looks.
 */
export function callCommands(resources: LabResources): string {
  const log = `${SCRATCH_FOLDER}/calls.csv`;
  const copies = `${SCRATCH_FOLDER}/decisions`;
  const flights = `${SCRATCH_FOLDER}/july`;
  const call = `aws sagemaker-runtime invoke-endpoint --endpoint-name ${quoted(resources.endpoint)} --content-type text/csv --accept text/csv --body "fileb://$part" ${SCRATCH_FOLDER}/answer >/dev/null 2>${SCRATCH_FOLDER}/refusal`;
  return [
    `rm -f ${SCRATCH_FOLDER}/stop ${log}; rm -rf ${flights} ${copies}; mkdir -p ${flights} ${copies}`,
    `gunzip -c ${quoted(`data/${batchFile(JULY).path}`)} | head -100 | cut -d , -f 2- | split -l 1 -a 3 - ${flights}/`,
    `asking() { n=0; for part in ${flights}/*; do at=$(date -u +%Y-%m-%dT%H:%M:%SZ); if ${call}; then echo "$at,$n,$(cat ${SCRATCH_FOLDER}/answer)"; else echo "$at,$n,$(tr '\\n,' '  ' < ${SCRATCH_FOLDER}/refusal)"; fi >> ${log}; n=$((n + 1)); [ -e ${SCRATCH_FOLDER}/stop ] && break; done; }`,
    `decided() { aws s3 sync ${quoted(s3Uri(resources, 'decisions/'))} ${copies} --only-show-errors && grep -rlE '"status": "(done|failed)"' ${copies} --include='*-errors.json' | wc -l; }`,
    `until before=$(decided); do sleep 2; done`,
    `(until [ -e ${SCRATCH_FOLDER}/stop ]; do asking; done) & callers=$!`,
    `until now=$(decided) && [ "$now" -gt "$before" ]; do sleep 2; done`,
    `aws cloudwatch describe-alarm-history --alarm-name ${quoted(resources.alarms.errors)} --history-item-type StateUpdate --max-records 3 --query 'AlarmHistoryItems[].[Timestamp,HistorySummary]' --output text`,
    // Until it is over for callers, too: at a second for each the log would end too early.
    `for i in $(seq 60); do [ "$(tail -n 10 ${log} | grep -Ec ',[01]\\.[0-9]{6}$')" -eq 10 ] && break; sleep 2; done`,
    `sleep 20; touch ${SCRATCH_FOLDER}/stop; wait $callers`,
    `cat ${copies}/*-errors.json`,
    `aws s3 cp ${log} "${s3Uri(resources, INCIDENT_LOGS)}$(date -u +%Y-%m-%dT%H-%M-%SZ).csv"`,
  ].join('\n');
}
