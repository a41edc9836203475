/** The step `source` with the AWS CLI. */
import { stackName } from '../../../lib/course/names';
import type { LabRun } from '../../../lib/course/run';
import { quoted, requestWord, variable } from '../../../lib/course/shell';
import { SOURCE_KEY } from '../names';
import { SCRATCH_FOLDER, untilReleaseEnded, showFailureCommand } from '../aws-cli';
import { PREPARED_MODEL } from '../model/first-model';
import { resourcesOf, s3Uri } from '../resources';
import { sourceFiles } from '../source-package/zip';
import { modelKeys, versionRequest } from '../model/versions';

/** Fetches the model and its report, registers them, uploads the source and waits for what the pipeline makes of it. */
export function explainSource(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const training = quoted(stackName('training', run.learner));
  const keys = modelKeys(variable('hash'));
  const request = versionRequest(run, resources, {
    about: variable('about'),
    artifact: s3Uri(resources, keys.archive),
    statistics: s3Uri(resources, keys.quality),
    lineage: { copiedFrom: variable('from') },
    auc: variable('auc'),
    calibrationError: variable('error'),
  });
  const figure = (path: string): string =>
    `python3 -c 'import json,sys; print("%.6f" % json.load(open(sys.argv[1]))${path})' ${SCRATCH_FOLDER}/quality.json`;
  const uri = (key: string): string => `"s3://${resources.bucket}/${key.replaceAll('\0hash\0', '$hash')}"`;
  const roots = [...new Set(Object.keys(sourceFiles()).map((name) => name.split('/')[0]!))];
  const upload = `aws s3api put-object --bucket ${quoted(resources.sourceBucket)} --key ${SOURCE_KEY} --body ${SCRATCH_FOLDER}/${SOURCE_KEY} --content-type application/zip --query VersionId --output text`;
  const execution = `aws codepipeline list-pipeline-executions --pipeline-name ${quoted(resources.pipeline)} --max-items 5 --query "pipelineExecutionSummaries[?sourceRevisions[0].revisionId=='$uploaded'].pipelineExecutionId" --output text | grep -v None | head -n 1`;
  return [
    [
      `mkdir -p ${SCRATCH_FOLDER}`,
      `group=$(aws cloudformation describe-stacks --stack-name ${training} --query "Stacks[0].Outputs[?OutputKey=='ModelPackageGroup'].OutputValue" --output text 2>/dev/null)`,
      `from=$([ -n "$group" ] && aws sagemaker list-model-packages --model-package-group-name "$group" --model-approval-status Approved --sort-by CreationTime --sort-order Descending --max-results 100 --query 'ModelPackageSummaryList[0].ModelPackageArn' --output text | grep arn:)`,
      'if [ -n "$from" ]; then',
      `  about='Copy of an approved version of the lab training.'`,
      `  saved() { aws sagemaker describe-model-package --model-package-name "$from" --output text --query "$1"; }`,
      `  aws s3 cp "$(saved 'InferenceSpecification.Containers[0].ModelDataUrl')" ${SCRATCH_FOLDER}/model.tar.gz`,
      `  aws s3 cp "$(saved ModelMetrics.ModelQuality.Statistics.S3Uri)" ${SCRATCH_FOLDER}/quality.json`,
      'else',
      `  from=prepared; about='The model that comes with the project.'`,
      `  cp data/${PREPARED_MODEL}/model.tar.gz ${SCRATCH_FOLDER}/model.tar.gz`,
      `  python3 -c 'import json; f=json.load(open("data/${PREPARED_MODEL}/manifest.json"))["test"]; print(json.dumps({"binary_classification_metrics":{"auc":{"value":f["auc"]}},"mla_labs":{"calibrationError":f["calibrationError"]}}))' > ${SCRATCH_FOLDER}/quality.json`,
      'fi',
      `hash=$(python3 -c 'import hashlib,sys; print(hashlib.sha256(open(sys.argv[1],"rb").read()).hexdigest()[:16])' ${SCRATCH_FOLDER}/model.tar.gz)`,
      `auc=$(${figure('["binary_classification_metrics"]["auc"]["value"]')})`,
      `error=$(${figure('["mla_labs"]["calibrationError"]')})`,
      `aws s3 cp ${SCRATCH_FOLDER}/model.tar.gz ${uri(keys.archive)} &&`,
      `aws s3 cp ${SCRATCH_FOLDER}/quality.json ${uri(keys.quality)} &&`,
      `aws sagemaker create-model-package --cli-input-json ${requestWord(request)}`,
    ].join('\n'),
    [
      `(cd labs/deployment/source && python3 -m zipfile -c "$OLDPWD/${SCRATCH_FOLDER}/${SOURCE_KEY}" ${roots.map(quoted).join(' ')})`,
      // What is uploaded in the first five minutes of a bucket, S3 never tells EventBridge.
      `asked=0; release=; while [ -z "$release" ]; do [ $((asked % 15)) -ne 0 ] || uploaded=$(${upload}); asked=$((asked + 1)); release=$(${execution}); [ -n "$release" ] || sleep 2; done`,
      untilReleaseEnded(resources),
      showFailureCommand(resources),
    ].join('\n'),
  ];
}
