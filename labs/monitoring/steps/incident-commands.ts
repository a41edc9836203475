/** The step `incident` with the AWS CLI. */
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { untilAlarm } from '../aws-cli';
import { fileOf, JULY } from '../traffic/flights';
import { INCIDENTS, placeOf, s3Uri, SCRATCH, type LabPlace } from '../resources';

export function explainIncident(run: LabRun): readonly string[] {
  const place = placeOf(run);
  return [releaseCommands(place), callCommands(place)];
}

/** Makes the careless version of what serves, registers it as approved, and updates the stack. */
function releaseCommands(place: LabPlace): string {
  const stack = quoted(place.stack);
  const same = `$(aws cloudformation describe-stacks --stack-name ${stack} --query "Stacks[0].Parameters[?ParameterKey!='ModelPackageArn'].ParameterKey" --output text | tr '\\t' '\\n' | sed 's/.*/ParameterKey=&,UsePreviousValue=true/')`;
  return [
    `mkdir -p ${SCRATCH}`,
    `good=$(aws cloudformation describe-stacks --stack-name ${stack} --query "Stacks[0].Parameters[?ParameterKey=='ModelPackageArn'].ParameterValue" --output text)`,
    `aws s3 cp "$(aws sagemaker describe-model-package --model-package-name "$good" --query 'InferenceSpecification.Containers[0].ModelDataUrl' --output text)" ${SCRATCH}/good.tar.gz &&`,
    `key=$(npx tsx labs/monitoring/tools/careless.ts ${SCRATCH}/good.tar.gz ${SCRATCH}/careless.tar.gz) &&`,
    `aws s3 cp ${SCRATCH}/careless.tar.gz "s3://${place.bucket}/$key" &&`,
    `aws sagemaker describe-model-package --model-package-name "$good" > ${SCRATCH}/good.json &&`,
    `npx tsx labs/monitoring/tools/careless.ts request ${SCRATCH}/good.json ${quoted(place.group)} ${quoted(place.bucket)} "$key" > ${SCRATCH}/request.json &&`,
    `bad=$(aws sagemaker create-model-package --cli-input-json file://${SCRATCH}/request.json --query ModelPackageArn --output text) &&`,
    `aws cloudformation update-stack --stack-name ${stack} --use-previous-template --parameters "ParameterKey=ModelPackageArn,ParameterValue=$bad" ${same} &&`,
    `while s=$(aws cloudformation describe-stacks --stack-name ${stack} --query 'Stacks[0].StackStatus' --output text); echo "$s" | grep -q IN_PROGRESS; do sleep 2; done; echo "$s"; [ "$s" = UPDATE_COMPLETE ]`,
  ].join('\n');
}

/** Callers in the background until the responder has written down that it is done; then some more requests. */
function callCommands(place: LabPlace): string {
  const log = `${SCRATCH}/calls.csv`;
  const copies = `${SCRATCH}/decisions`;
  const flights = `${SCRATCH}/july`;
  const call = `aws sagemaker-runtime invoke-endpoint --endpoint-name ${quoted(place.endpoint)} --content-type text/csv --accept text/csv --body "fileb://$part" ${SCRATCH}/answer >/dev/null 2>${SCRATCH}/refusal`;
  return [
    `rm -f ${SCRATCH}/stop ${log}; rm -rf ${flights}; mkdir -p ${flights} ${copies}`,
    `gunzip -c ${quoted(`data/${fileOf(JULY).path}`)} | head -100 | cut -d , -f 2- | split -l 1 -a 3 - ${flights}/`,
    `asking() { n=0; for part in ${flights}/*; do at=$(date -u +%Y-%m-%dT%H:%M:%SZ); if ${call}; then echo "$at,$n,$(cat ${SCRATCH}/answer)"; else echo "$at,$n,$(tr '\\n,' '  ' < ${SCRATCH}/refusal)"; fi >> ${log}; n=$((n + 1)); [ -e ${SCRATCH}/stop ] && break; done; }`,
    `(until [ -e ${SCRATCH}/stop ]; do asking; done) & callers=$!`,
    untilAlarm(place.alarms.errors),
    `until aws s3 sync ${quoted(s3Uri(place, 'decisions/'))} ${copies} --only-show-errors; cat ${copies}/*-errors.json 2>/dev/null | grep -Eq '"status": "(done|failed)"'; do sleep 2; done`,
    `sleep 20; touch ${SCRATCH}/stop; wait $callers`,
    `cat ${copies}/*-errors.json`,
    `aws s3 cp ${log} "${s3Uri(place, INCIDENTS)}$(date -u +%Y-%m-%dT%H-%M-%SZ).csv"`,
  ].join('\n');
}
