/** AWS CLI commands that make a flawed model of the good one, register and approve it, and find its release. */
import type { LabRun } from '../../../lib/course/run';
import { quoted, requestWord, variable } from '../../../lib/course/shell';
import { releaseOf, SCRATCH, until } from '../aws-cli';
import type { Flaw } from '../model/archive';
import { s3Uri, type LabPlace } from '../resources';
import { ABOUT, approvalReason, flawLineage } from './release';
import { modelKeys, versionRequest } from '../model/versions';

/** Sets `$good`, the version that production serves. */
export function goodVersion(place: LabPlace): string {
  return `good=$(aws cloudformation describe-stacks --stack-name ${quoted(place.production.stack)} --query "Stacks[0].Parameters[?ParameterKey=='ModelPackageArn'].ParameterValue" --output text)`;
}

/** From `$good` to `$version` and `$release`. */
export function releaseFlawedCommands(run: LabRun, place: LabPlace, flaw: Flaw): string {
  const keys = modelKeys(variable('hash'));
  const request = versionRequest(run, place, {
    about: ABOUT[flaw],
    artifact: s3Uri(place, keys.archive),
    statistics: s3Uri(place, keys.quality),
    lineage: flawLineage({ ModelPackageArn: variable('good') }, flaw),
    auc: variable('auc'),
    calibrationError: variable('error'),
  });
  const uri = (key: string): string => `"s3://${place.bucket}/${key.replaceAll('\0hash\0', '$hash')}"`;
  const figure = (path: string): string =>
    `python3 -c 'import json,sys; print("%.6f" % json.load(open(sys.argv[1]))${path})' ${SCRATCH}/quality.json`;
  return [
    `mkdir -p ${SCRATCH}`,
    `saved() { aws sagemaker describe-model-package --model-package-name "$good" --output text --query "$1"; }`,
    `aws s3 cp "$(saved 'InferenceSpecification.Containers[0].ModelDataUrl')" ${SCRATCH}/good.tar.gz &&`,
    `aws s3 cp "$(saved ModelMetrics.ModelQuality.Statistics.S3Uri)" ${SCRATCH}/quality.json &&`,
    `npx tsx labs/deployment/tools/flawed.ts ${flaw} ${SCRATCH}/good.tar.gz ${SCRATCH}/${flaw}.tar.gz ${SCRATCH}/quality.json &&`,
    `hash=$(python3 -c 'import hashlib,sys; print(hashlib.sha256(open(sys.argv[1],"rb").read()).hexdigest()[:16])' ${SCRATCH}/${flaw}.tar.gz)`,
    `auc=$(${figure('["binary_classification_metrics"]["auc"]["value"]')})`,
    `error=$(${figure('["mla_labs"]["calibrationError"]')})`,
    `aws s3 cp ${SCRATCH}/${flaw}.tar.gz ${uri(keys.archive)} &&`,
    `aws s3 cp ${SCRATCH}/quality.json ${uri(keys.quality)} &&`,
    `version=$(aws sagemaker create-model-package --cli-input-json ${requestWord(request)} --query ModelPackageArn --output text) &&`,
    `aws sagemaker update-model-package --model-package-arn "$version" --model-approval-status Approved --approval-description "${approvalReason('$auc')}" &&`,
    until('release', releaseOf(place, 'version')),
  ].join('\n');
}
