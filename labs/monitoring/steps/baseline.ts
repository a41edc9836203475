import type { Step, Verdict } from '../../../lib/course/model';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, list, notDone } from '../../../lib/course/say';
import { quoted, requestWord } from '../../../lib/course/shell';
import { analysisRequest } from '../analysis/request';
import { BASELINE, DATA } from '../names';
import { runAnalysis, newAnalysisName } from '../analysis/analyses';
import { TRAINING_SLICES, filesFault, trainingFiles, uploadCommand, uploadFiles } from '../bucket/training-data';
import { trainingColumns } from '../analysis/distance';
import { readJson } from '../bucket/json';
import { makeManagedBaseline, managedBaselineRequest } from '../model-monitor/baseline';
import { resourcesOf, s3Uri, SCRATCH_FOLDER, type LabResources } from '../resources';

/** Say what is normal: statistics and constraints of the training data. */
export const baseline: Step = {
  id: 'baseline',
  title: 'Say what is normal: the baseline',
  predict:
    'The baseline is made from the flights that the model learnt from, January to May. Which of its features would you expect to look different in July?',
  awsMinutes: 6,
  hints: [
    'Drift is a distance from something. That something is the data that the model learnt from, not last week’s traffic.',
    'The job reads the training slice and writes statistics.json and constraints.json below baseline/. Its mode is --mode baseline.',
    './lab step monitoring baseline --explain prints the upload and the request of the job.',
  ],
  act,
  check,
  explain,
};

/** How far a mean may be off, in standard deviations: the sample of 20,000 rows moves it by 0.007. */
const TOLERANCE = 0.05;

interface Statistics {
  readonly features?: readonly {
    readonly name: string;
    readonly numerical_statistics?: { readonly mean?: number; readonly std_dev?: number };
  }[];
}

interface Constraints {
  readonly features?: readonly { readonly name: string }[];
  readonly monitoring_config?: { readonly distribution_constraints?: { readonly comparison_threshold?: number } };
}

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  await uploadFiles(run, resources, trainingFiles());
  if (resources.monitor === 'managed') {
    await makeManagedBaseline(run, resources);
    return;
  }
  const data = s3Uri(resources, `${DATA}train/`);
  await runAnalysis(
    run,
    resources,
    { mode: 'baseline', name: newAnalysisName(run, 'baseline'), data, metrics: 'off' },
    'baseline',
  );
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'baseline');
  const missing = await filesFault(run, resources, trainingFiles());
  if (missing) return notDone(`${missing}: the retraining will need it, and the baseline is made of it.`, again);
  const statistics = await readJson<Statistics>(run, resources, `${BASELINE}statistics.json`);
  const constraints = await readJson<Constraints>(run, resources, `${BASELINE}constraints.json`);
  if (statistics === undefined || constraints === undefined) {
    const lacking = [statistics ? '' : 'statistics.json', constraints ? '' : 'constraints.json'].filter(Boolean);
    return notDone(`There is no ${list(lacking)} below ${s3Uri(resources, BASELINE)}.`, `Make the baseline: ${again}`);
  }
  const fault = baselineFault(statistics, constraints);
  if (fault) return notDone(`The baseline at ${s3Uri(resources, BASELINE)} ${fault}.`, `Make it again: ${again}`);
  const threshold = constraints.monitoring_config?.distribution_constraints?.comparison_threshold;
  return done(
    `${s3Uri(resources, BASELINE)} describes ${count(trainingColumns().size, 'feature')}; their means are those of the training data, computed here. A feature drifts at a distance above ${threshold}.`,
    labCommand(run, 'step', 'traffic'),
  );
}

/** What is wrong with a baseline; undefined when it is that of the training data. */
export function baselineFault(statistics: Statistics, constraints: Constraints): string | undefined {
  const told = new Map((statistics.features ?? []).map((feature) => [feature.name, feature]));
  const held = new Set((constraints.features ?? []).map(({ name }) => name));
  const columns = trainingColumns();
  const absent = [...columns.keys()].filter((name) => !told.has(name) || !held.has(name));
  if (absent.length > 0) return `lacks the features ${list(absent)}: it was made of other columns`;
  const off = [...columns].filter(([name, values]) => {
    const mean = told.get(name)!.numerical_statistics?.mean;
    const { centre, spread } = momentsOf(values);
    return mean === undefined || Math.abs(mean - centre) > TOLERANCE * spread + 1e-9;
  });
  if (off.length > 0) {
    const [name, values] = off[0]!;
    const mean = told.get(name)!.numerical_statistics?.mean;
    return `has other means than the training data (${off.length} features; ${name}: ${mean?.toFixed(2) ?? 'none'} instead of ${momentsOf(values).centre.toFixed(2)}): it was made of other flights`;
  }
  const threshold = constraints.monitoring_config?.distribution_constraints?.comparison_threshold;
  return typeof threshold === 'number' ? undefined : 'has constraints without a comparison_threshold';
}

function momentsOf(values: Float64Array): { readonly centre: number; readonly spread: number } {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length;
  return { centre, spread: Math.sqrt(square) };
}

/** Commands that run a job and wait for its end. */
export function jobCommands(request: { readonly ProcessingJobName?: string }): string {
  const name = request.ProcessingJobName!;
  const describe = `aws sagemaker describe-processing-job --processing-job-name ${name} --query`;
  return [
    `aws sagemaker create-processing-job --cli-input-json ${requestWord(request)}`,
    `until s=$(${describe} ProcessingJobStatus --output text); [ "$s" != InProgress ]; do sleep 2; done`,
    `${describe} '[ProcessingJobStatus,ExitMessage]'; [ "$s" = Completed ]`,
  ].join('\n');
}

function explain(run: LabRun): readonly string[] {
  const resources: LabResources = resourcesOf(run);
  const upload = TRAINING_SLICES.map((_slice, at) => uploadCommand(resources, trainingFiles()[at]!)).join(' &&\n');
  const look = `aws s3 ls ${quoted(s3Uri(resources, BASELINE))}`;
  if (resources.monitor === 'managed') {
    const request = managedBaselineRequest(run, resources);
    const uri = request.ProcessingInputs![0]!.S3Input!.S3Uri!;
    const version = `$(aws cloudformation describe-stacks --stack-name ${quoted(resources.stack)} --query "Stacks[0].Parameters[?ParameterKey=='ModelPackageArn'].ParameterValue" --output text)`;
    const model = `$(aws sagemaker describe-model-package --model-package-name "${version}" --query 'InferenceSpecification.Containers[0].ModelDataUrl' --output text)`;
    return [
      upload,
      [
        `mkdir -p ${SCRATCH_FOLDER} && aws s3 cp "${model}" ${SCRATCH_FOLDER}/model.tar.gz &&`,
        `npx tsx labs/monitoring/tools/baseline.ts ${SCRATCH_FOLDER}/model.tar.gz | aws s3 cp - ${quoted(uri)} &&`,
        `${jobCommands(request)} && ${look}`,
      ].join('\n'),
    ];
  }
  const data = s3Uri(resources, `${DATA}train/`);
  const request = analysisRequest(resources.analyzer, {
    mode: 'baseline',
    name: newAnalysisName(run, 'baseline'),
    data,
    metrics: 'off',
  });
  return [upload, `${jobCommands(request)} && ${look}`];
}
