/** AWS CLI commands that make a flawed model of the good one, register and approve it, and find its release. */
import type { LabRun } from '../../../lib/course/run';
import { quoted, requestWord, variable } from '../../../lib/course/shell';
import { releaseIdCommand, SCRATCH_FOLDER, untilOutput } from '../aws-cli';
import type { Flaw } from '../model/archive';
import { s3Uri, type LabResources } from '../resources';
import { FLAW_DESCRIPTIONS, approvalReason, flawLineage } from './release';
import { modelKeys, versionRequest } from '../model/versions';

/** Sets `$good`, the version that production serves. */
export function goodVersionCommand(resources: LabResources): string {
  return `good=$(aws cloudformation describe-stacks --stack-name ${quoted(resources.production.stack)} --query "Stacks[0].Parameters[?ParameterKey=='ModelPackageArn'].ParameterValue" --output text)`;
}

/** From `$good` to `$version` and `$release`. */
export function releaseFlawedCommands(run: LabRun, resources: LabResources, flaw: Flaw): string {
  const keys = modelKeys(variable('hash'));
  const request = versionRequest(run, resources, {
    about: FLAW_DESCRIPTIONS[flaw],
    artifact: s3Uri(resources, keys.archive),
    statistics: s3Uri(resources, keys.quality),
    lineage: flawLineage({ ModelPackageArn: variable('good') }, flaw),
    auc: variable('auc'),
    calibrationError: variable('error'),
  });
  const uri = (key: string): string => `"s3://${resources.bucket}/${key.replaceAll('\0hash\0', '$hash')}"`;
  const figure = (path: string): string =>
    `python3 -c 'import json,sys; print("%.6f" % json.load(open(sys.argv[1]))${path})' ${SCRATCH_FOLDER}/quality.json`;
  return [
    `mkdir -p ${SCRATCH_FOLDER}`,
    `saved() { aws sagemaker describe-model-package --model-package-name "$good" --output text --query "$1"; }`,
    `aws s3 cp "$(saved 'InferenceSpecification.Containers[0].ModelDataUrl')" ${SCRATCH_FOLDER}/good.tar.gz &&`,
    `aws s3 cp "$(saved ModelMetrics.ModelQuality.Statistics.S3Uri)" ${SCRATCH_FOLDER}/quality.json &&`,
    `npx tsx labs/deployment/tools/flawed.ts ${flaw} ${SCRATCH_FOLDER}/good.tar.gz ${SCRATCH_FOLDER}/${flaw}.tar.gz ${SCRATCH_FOLDER}/quality.json &&`,
    `hash=$(python3 -c 'import hashlib,sys; print(hashlib.sha256(open(sys.argv[1],"rb").read()).hexdigest()[:16])' ${SCRATCH_FOLDER}/${flaw}.tar.gz)`,
    `auc=$(${figure('["binary_classification_metrics"]["auc"]["value"]')})`,
    `error=$(${figure('["mla_labs"]["calibrationError"]')})`,
    `aws s3 cp ${SCRATCH_FOLDER}/${flaw}.tar.gz ${uri(keys.archive)} &&`,
    `aws s3 cp ${SCRATCH_FOLDER}/quality.json ${uri(keys.quality)} &&`,
    `version=$(aws sagemaker create-model-package --cli-input-json ${requestWord(request)} --query ModelPackageArn --output text) &&`,
    `aws sagemaker update-model-package --model-package-arn "$version" --model-approval-status Approved --approval-description "${approvalReason('$auc')}" &&`,
    untilOutput('release', releaseIdCommand(resources, 'version')),
  ].join('\n');
}
