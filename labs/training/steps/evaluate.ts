import { runProcessing } from '../../../lib/aws/sagemaker';
import { readObject } from '../../../lib/aws/s3';
import type { Exercise, Step, Verdict } from '../../../lib/course/model';
import { preparedManifest } from '../../../lib/course/prepared-data';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, list, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { readWork } from '../../../lib/course/work';
import { chosenTraining, readModelChoice } from '../answers/choice';
import { codeCommands, codeVersion, uploadCode } from '../jobs/code';
import { createAndWait, newestKey, variable } from '../aws-cli';
import { objectsByFolder, rowsOf } from '../data/copy';
import { evaluations, type EvaluatedModel, type Evaluation } from '../models/evaluations';
import { jobFailureAdvice, requireJobSuccess, withStartAdvice } from '../jobs/guards';
import { EVALUATION, jobName, MODELS, resourcesOf, s3Uri, type LabResources } from '../resources';
import { evaluationRequest } from '../jobs/requests';
import { auc } from '../../../lib/flights/rows';
import { baselineOf, candidatesOf, trainedModels, type TrainingAttempt } from '../models/trained';
import { scoreTrees } from '../../../lib/flights/booster';
import { readModel, METRIC_TOLERANCE } from './train-check';

const exercise: Exercise = {
  file: 'choice.json',
  template: 'exercises/choice.json',
  solution: 'solutions/choice.json',
  ask: 'Choose which model of the search goes on: name its job, or give the metric to choose by and whether higher or lower is better.',
  teaches:
    'A model is chosen by what it does on flights it did not learn from. The metric on its own training data rewards learning by heart.',
  alternative:
    'Name the job itself with "job": the same choice, made by hand; a metric and a direction go on choosing right when the search is run again.',
};

/** Score both models on flights that neither has seen. */
export const evaluate: Step = {
  id: 'evaluate',
  title: 'Evaluate on flights never seen',
  predict:
    'The models learnt from January to May. In which month will they do worst: July with its storms, or quiet September?',
  awsMinutes: 6,
  hints: [
    'Every job tells two metrics: train:auc, on the flights it learnt from, and validation:auc, on flights it did not. Only one of them says something about tomorrow.',
    'aws sagemaker describe-training-job shows FinalMetricDataList. Compare the jobs of the search: the one with the highest train:auc need not be the best.',
    'In work/training/choice.json: "metric": "validation:auc", "better": "higher" – or the name of that job as "job".',
  ],
  exercise,
  act,
  check,
  explain,
};

interface Pair {
  readonly baseline: TrainingAttempt;
  readonly candidates: readonly TrainingAttempt[];
}

/** @throws LabError when one of the two models is missing */
async function pairOf(run: LabRun, resources: LabResources): Promise<Pair> {
  const all = await trainedModels(run, resources);
  const baseline = baselineOf(all);
  const candidates = candidatesOf(all);
  const missing = baseline === undefined ? 'train' : 'tune';
  if (baseline !== undefined && candidates.length > 0) return { baseline, candidates };
  throw new LabError(`There is no model of the step ${missing} to evaluate.`, {
    why: 'The evaluation compares the first model with one of the search.',
    next: labCommand(run, 'step', missing),
  });
}

const noChoice = (run: LabRun, fault: string): LabError =>
  new LabError(`work/${run.lab}/${exercise.file} chooses no model: ${fault}.`, {
    why: 'Nothing was started: an evaluation costs as much for a wrong model.',
    next: labCommand(run, 'hint', 'evaluate'),
  });

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const { baseline, candidates } = await pairOf(run, resources);
  const choice = chosenTraining(readWork(run, 'evaluate', exercise), candidates);
  if (typeof choice === 'string') throw noChoice(run, choice);
  run.progress(`comparing ${baseline.name} with ${choice.name}`);
  const code = await uploadCode(run, resources);
  const name = jobName(run, 'eval');
  const models = { baseline: baseline.artifact!, candidate: choice.artifact! };
  const waiting = { minutes: 60, next: labCommand(run, 'check', 'evaluate') };
  const job = await withStartAdvice(
    run,
    () => runProcessing(run, evaluationRequest(run, resources, code, name, models), waiting),
    'processing',
  );
  await requireJobSuccess(run, resources, 'evaluate', {
    by: 'processing',
    name,
    status: job.ProcessingJobStatus,
    reason: job.ExitMessage ?? job.FailureReason,
  });
  run.progress(`the report: aws s3 cp ${s3Uri(resources, `${EVALUATION}${name}/report.html`)} .`);
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'evaluate');
  const [newest] = await evaluations(run, resources);
  if (newest === undefined) {
    return notDone(
      'No Processing job with this lab’s role has scored models.',
      `Write work/${run.lab}/${exercise.file}, then: ${again}`,
    );
  }
  if (['InProgress', 'Stopping'].includes(newest.status)) {
    return notDone(
      `The processing job ${newest.job} is ${newest.status}.`,
      `Wait, then: ${labCommand(run, 'check', 'evaluate')}`,
    );
  }
  const { result } = newest;
  if (result === undefined) {
    return notDone(
      `The processing job ${newest.job} ended as ${newest.status} and left no evaluation.json: ${newest.reason ?? 'no reason given'}`,
      await jobFailureAdvice(run, resources, 'evaluate', { by: 'processing', name: newest.job }),
    );
  }
  return (
    (await choiceVerdict(run, resources, newest, again)) ?? figuresVerdict(run, resources, newest, result.models, again)
  );
}

/** Whether the right models were compared; undefined when they were. */
async function choiceVerdict(
  run: LabRun,
  resources: LabResources,
  { job, models }: Evaluation,
  again: string,
): Promise<Verdict | undefined> {
  const { baseline, candidates } = await pairOf(run, resources);
  const hint = labCommand(run, 'hint', 'evaluate');
  const scored = Object.values(models);
  if (!scored.includes(baseline.artifact!)) {
    return notDone(`${job} did not score the newest first model, ${baseline.name}.`, `Evaluate again: ${again}`);
  }
  const choice = candidates.find(({ artifact }) => scored.includes(artifact!));
  if (choice === undefined) return notDone(`${job} scored no model of the newest search.`, `Evaluate again: ${again}`);
  const best = candidates[0]!;
  if (choice.auc === best.auc) return undefined;
  return notDone(
    `You chose ${choice.name}: train:auc ${choice.trainAuc?.toFixed(4) ?? 'not told'}, validation:auc ${choice.auc!.toFixed(4)}. Another job of the search did better on flights it had not learnt from.`,
    `Compare the jobs by the right metric, change work/${run.lab}/${exercise.file}, then: ${again}. A hint: ${hint}`,
  );
}

async function figuresVerdict(
  run: LabRun,
  resources: LabResources,
  evaluation: Evaluation,
  models: Readonly<Record<string, EvaluatedModel>>,
  again: string,
): Promise<Verdict> {
  const byFolder = await objectsByFolder(run, resources);
  const test = await rowsOf(run, resources, byFolder.get('test') ?? []);
  const all = await trainedModels(run, resources);
  const told: string[] = [];
  for (const [name, uri] of Object.entries(evaluation.models)) {
    const figures = models[name];
    if (!figures)
      return notDone(`evaluation.json of ${evaluation.job} has nothing about ${name}.`, `Evaluate again: ${again}`);
    const job = all.find(({ artifact }) => artifact === uri);
    if (!job)
      return notDone(
        `No job of this lab is known to have made the model ${name}, ${uri}, which ${evaluation.job} scored.`,
        `Evaluate again: ${again}`,
      );
    const model = await readModel(run, job);
    if (typeof model === 'string')
      return notDone(`The model ${name} of ${job.name} cannot be read: ${model}.`, `Evaluate again: ${again}`);
    const own = auc(test.labels, scoreTrees(model, test));
    if (figures.rows !== test.rows || Math.abs(figures.auc - own) > METRIC_TOLERANCE) {
      return notDone(
        `evaluation.json says AUC ${figures.auc} on ${figures.rows} flights for ${name}; scored here, ${own.toFixed(4)} on ${test.rows}.`,
        `Evaluate again, on data/test/: ${again}`,
      );
    }
    told.push(`${name} ${own.toFixed(4)}`);
  }
  const months = preparedManifest()
    .files.filter(({ key }) => key.includes('/months/'))
    .map(({ key }) => key.split('/')[2]!);
  const first = models[Object.keys(evaluation.models)[0]!]!;
  const lacking = months.filter((month) => first.byMonth[month] === undefined);
  if (lacking.length > 0)
    return notDone(`The evaluation lacks the months ${list(lacking)}.`, `Evaluate again: ${again}`);
  const report = await reportFault(run, resources, evaluation);
  if (report) return notDone(report, `Evaluate again: ${again}`);
  const candidate = models.candidate ?? first;
  const worst = months
    .map((month) => ({ month, auc: candidate.byMonth[month]!.auc }))
    .sort((a, b) => a.auc - b.auc)[0]!;
  return done(
    `AUC on the test slice, computed again here: ${told.join(', ')}; the logistic regression ${models.logistic?.auc.toFixed(4) ?? 'is missing'}. Later months fall, lowest ${worst.month} with ${worst.auc.toFixed(4)}. The report: ${evaluation.folder}report.html`,
    labCommand(run, 'step', 'register'),
  );
}

async function reportFault(
  run: LabRun,
  resources: LabResources,
  { keys, folder, job }: Evaluation,
): Promise<string | undefined> {
  if (!keys.includes('report.html')) return `${job} left no report.html.`;
  const page = (
    await readObject(run, resources.bucket, `${folder!.slice(s3Uri(resources, '').length)}report.html`)
  ).toString();
  const wanted = ['ROC', 'Calibration', 'Feature importance', 'AUC by month'];
  const missing = wanted.filter((title) => !page.includes(title));
  return page.includes('<svg') && missing.length === 0 ? undefined : `The report of ${job} lacks ${list(missing)}.`;
}

/** Shell words that give the key of the chosen model. @throws LabError when the choice names neither job nor metric */
function chosenKey(run: LabRun, resources: LabResources): string {
  const choice = readModelChoice(readWork(run, 'evaluate', exercise));
  if (typeof choice === 'string') throw noChoice(run, choice);
  const newest = newestKey(resources.bucket, `${MODELS}mla-hpo-`, '/model.tar.gz');
  if (resources.compute === 'processing') return newest;
  if ('job' in choice) return `echo ${quoted(`${MODELS}${choice.job}/output/model.tar.gz`)}`;
  const query = `FinalMetricDataList[?MetricName=='${choice.metric}'].Value|[0]`;
  const value = `aws sagemaker describe-training-job --training-job-name "$job" --query "${query}" --output text`;
  return [
    `search=$(${newest}); search=\${search%-*-*/output/model.tar.gz}`,
    `aws s3api list-objects-v2 --bucket ${quoted(resources.bucket)} --prefix "$search" --query 'Contents[].[Key]' --output text | grep '/model.tar.gz$' | while read -r key; do job=\${key#${MODELS}}; job=\${job%%/*}; echo "$(${value}) $key"; done | sort -g${choice.better === 'higher' ? 'r' : ''} | head -n 1 | cut -d ' ' -f 2`,
  ].join('; ');
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const name = jobName(run, 'eval');
  const request = evaluationRequest(run, resources, codeVersion(), name, {
    baseline: s3Uri(resources, variable('first')),
    candidate: s3Uri(resources, variable('chosen')),
  });
  const first = newestKey(resources.bucket, `${MODELS}mla-train-`, '/model.tar.gz');
  return [
    ...codeCommands(resources),
    `first=$(${first})\nchosen=$(${chosenKey(run, resources)})\necho "$first and $chosen" && ${createAndWait('processing', request)}`,
    `aws s3 cp ${quoted(s3Uri(resources, `${EVALUATION}${name}/report.html`))} .`,
  ];
}
