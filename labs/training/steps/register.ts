import { CreateModelPackageCommand, type CreateModelPackageInput } from '@aws-sdk/client-sagemaker';
import { versionsOf } from '../../../lib/aws/versions';
import type { Step, Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { SERVING } from '../../../lib/flights/serving';
import { done, labCommand, list, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { codeVersion } from '../jobs/code';
import { newestKey, requestWord, variable } from '../aws-cli';
import { dataVersion, objectsByFolder } from '../data/copy';
import { evaluations, type Evaluation } from '../models/evaluations';
import { DATA, EVALUATION, resourcesOf, s3Uri, type LabResources } from '../resources';
import { trainedModels } from '../models/trained';
import { figuresOf, versionRequest } from '../models/versions';

/** Register both models as versions of one group. */
export const register: Step = {
  id: 'register',
  title: 'Register the versions',
  predict:
    'In a year somebody asks where this model came from. What must be written down now, so that there is an answer?',
  awsMinutes: 1,
  hints: [
    'A version belongs to the group of the stack. It takes no tags: the group has them.',
    'It needs the image, the model.tar.gz and the environment that makes the container use code/inference.py.',
    'Lineage is in CustomerMetadataProperties: the job, the hash of the code, the version of the data, the evaluation.',
  ],
  act,
  check,
  explain,
};

/** The requests for the newest evaluation's models, the first model first. @throws LabError when there is none */
async function requests(run: LabRun, resources: LabResources): Promise<CreateModelPackageInput[]> {
  const evaluation = (await evaluations(run, resources)).find(({ result }) => result !== undefined);
  if (evaluation?.result === undefined) {
    throw new LabError('There is no evaluation to register models with.', {
      why: 'A version without figures cannot be chosen or refused for a reason.',
      next: labCommand(run, 'step', 'evaluate'),
    });
  }
  const [all, byFolder] = await Promise.all([trainedModels(run, resources), objectsByFolder(run, resources)]);
  const { models } = evaluation.result;
  return Object.entries(evaluation.models)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, artifact]) => {
      const job = all.find((one) => one.artifact === artifact);
      const figures = models[name];
      if (!job || !figures) throw new Error(`The evaluation ${evaluation.job} has no figures or job of ${name}.`);
      return versionRequest(
        run,
        resources,
        { artifact, statistics: `${evaluation.folder}quality/${name}.json`, about: `${name}: ${job.name}`, ...figures },
        {
          job: job.name,
          codeSha256: hashOf(job.code) ?? codeVersion().sha256,
          dataVersion: dataVersion(byFolder),
          evaluation: evaluation.job,
        },
      );
    });
}

/** The hash in the place where a job's code lies. */
function hashOf(uri: string | undefined): string | undefined {
  return /\/code\/([0-9a-f]{16})\//.exec(uri ?? '')?.[1];
}

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const known = new Set((await versionsOf(run, resources.group)).map(artifactOf));
  for (const request of await requests(run, resources)) {
    const artifact = request.InferenceSpecification!.Containers![0]!.ModelDataUrl!;
    if (known.has(artifact)) {
      run.progress(`registered already: ${artifact}`);
      continue;
    }
    const { ModelPackageArn: arn } = await run.clients.sagemaker.send(new CreateModelPackageCommand(request));
    run.progress(`registered ${arn}`);
  }
}

type Version = Awaited<ReturnType<typeof versionsOf>>[number];
const artifactOf = (version: Version): string | undefined =>
  version.InferenceSpecification?.Containers?.[0]?.ModelDataUrl;

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'register');
  const evaluation = (await evaluations(run, resources)).find(({ result }) => result !== undefined);
  if (evaluation === undefined) return notDone('There is no evaluation yet.', labCommand(run, 'step', 'evaluate'));
  const versions = await versionsOf(run, resources.group);
  const mine = Object.entries(evaluation.models).map(([name, artifact]) => ({
    name,
    version: versions.find((one) => artifactOf(one) === artifact),
  }));
  const missing = mine.filter(({ version }) => version === undefined).map(({ name }) => name);
  if (missing.length > 0) {
    return notDone(
      `The group ${resources.group} has ${versions.length} versions; not among them: ${list(missing)}.`,
      `Register them: ${again}`,
    );
  }
  const told: string[] = [];
  for (const { name, version } of mine) {
    const fault = await faultOf(run, resources, version!, evaluation, name);
    if (fault)
      return notDone(
        `Version ${version!.ModelPackageVersion} (${name}) ${fault}.`,
        `Delete it (aws sagemaker delete-model-package --model-package-name ${version!.ModelPackageArn}), then: ${again}`,
      );
    told.push(`version ${version!.ModelPackageVersion} is ${name} (${version!.CustomerMetadataProperties?.job})`);
  }
  return done(
    `${told.join(', ')}; each with its figures, its image and environment, and where it came from: job, code, data, evaluation.`,
    labCommand(run, 'step', 'approve'),
  );
}

async function faultOf(
  run: LabRun,
  resources: LabResources,
  version: Version,
  evaluation: Evaluation,
  name: string,
): Promise<string | undefined> {
  const container = version.InferenceSpecification?.Containers?.[0];
  if (container?.Image !== resources.image)
    return `has the image ${container?.Image ?? 'none'}, expected ${resources.image}`;
  for (const key of ['SAGEMAKER_PROGRAM', 'SAGEMAKER_SUBMIT_DIRECTORY'] as const) {
    if (container.Environment?.[key] !== SERVING[key]) {
      return `lacks ${key}=${SERVING[key]} in its environment: the container would ignore code/inference.py`;
    }
  }
  const lineage = version.CustomerMetadataProperties ?? {};
  const unknown = ['job', 'codeSha256', 'dataVersion', 'evaluation'].filter((key) => !lineage[key]);
  if (unknown.length > 0) return `does not say its ${list(unknown)}`;
  const figures = await figuresOf(run, version);
  if (figures === undefined) return 'has no quality report with an AUC and a calibration error';
  const expected = evaluation.result?.models[name];
  if (expected && Math.abs(expected.auc - figures.auc) > 1e-6)
    return `says AUC ${figures.auc}, the evaluation ${expected.auc}`;
  return undefined;
}

/** One command a model: it finds the newest evaluation, what it scored, and from what that was made. */
function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const evaluation = newestKey(resources.bucket, EVALUATION, '/evaluation.json');
  const inTraining = resources.compute === 'training';
  const codeOf = inTraining
    ? `aws sagemaker describe-training-job --training-job-name "$job" --query HyperParameters.sagemaker_submit_directory`
    : `aws sagemaker describe-processing-job --processing-job-name "$job" --query "ProcessingInputs[?InputName=='code'].S3Input.S3Uri|[0]"`;
  const slices = ['train', 'validation'].map(
    (slice) =>
      `aws s3api list-objects-v2 --bucket ${quoted(resources.bucket)} --prefix ${quoted(`${DATA}${slice}/`)} --query 'Contents[].[Key,ETag]' --output text`,
  );
  const hash = `python3 -c 'import hashlib,sys; print(hashlib.sha256(sys.stdin.read().replace("\\t"," ").replace("\\"","").encode()).hexdigest()[:16])'`;
  const figure = (path: string): string =>
    `python3 -c 'import json,sys; print("%.6f" % json.loads(sys.argv[1])${path})' "$report"`;
  return ['baseline', 'candidate'].map((name) => {
    const request = versionRequest(
      run,
      resources,
      {
        artifact: variable('artifact'),
        statistics: s3Uri(resources, `${EVALUATION}${variable('evaluation')}/quality/${name}.json`),
        about: `${name}: ${variable('job')}`,
        auc: variable('auc'),
        calibrationError: variable('error'),
      },
      {
        job: variable('job'),
        codeSha256: variable('code'),
        dataVersion: variable('data'),
        evaluation: variable('evaluation'),
      },
    );
    return [
      `evaluation=$(${evaluation} | cut -d / -f 2)`,
      `artifact=$(aws sagemaker describe-processing-job --processing-job-name "$evaluation" --query "ProcessingInputs[?InputName=='${name}'].S3Input.S3Uri|[0]" --output text)`,
      `job=$(echo "$artifact" | cut -d / -f 5)`,
      `code=$(${codeOf} --output text | grep -oE '/code/[0-9a-f]{16}/' | cut -d / -f 3)`,
      `data=$({ ${slices.join('; ')}; } | ${hash})`,
      `report=$(aws s3 cp ${quoted(s3Uri(resources, EVALUATION))}"$evaluation"/quality/${name}.json -)`,
      `auc=$(${figure('["binary_classification_metrics"]["auc"]["value"]')})`,
      `error=$(${figure('["mla_labs"]["calibrationError"]')})`,
      `aws sagemaker create-model-package --cli-input-json ${requestWord(request)}`,
    ].join('\n');
  });
}
