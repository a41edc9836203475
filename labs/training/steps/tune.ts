import { definitionsOf, runProcessing, runTuning, trainingsOfTuning, tuningJobsOf } from '../../../lib/aws/sagemaker';
import { reasonWithWords } from '../../../lib/aws/job-log';
import { putObject, readObject } from '../../../lib/aws/s3';
import type { Exercise, Step, Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, done, labCommand, notDone } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { readWork } from '../../../lib/course/work';
import { codeCommands, codeVersion, uploadCode } from '../jobs/code';
import { createAndWait } from '../aws-cli';
import { jobFailureAdvice, requireData, requireJobSuccess, withStartAdvice } from '../jobs/guards';
import { jobName, MODELS, resourcesOf, s3Uri, type LabResources } from '../resources';
import { scriptProcessingRequest, TUNING_LIMITS, tuningRequest } from '../jobs/requests';
import { readSearchSpace, type SearchSpace } from '../answers/search-space';
import { baselineOf, candidatesOf, trainedModels, type TrainingAttempt } from '../models/trained';

const exercise: Exercise = {
  file: 'space.json',
  template: 'exercises/space.json',
  solution: 'solutions/space.json',
  ask: 'Write the search space: which hyperparameters to search, and between which bounds.',
  teaches:
    'What multiplies belongs on a logarithmic scale (eta, min_child_weight), what adds on a linear one (depth, a share of rows); bounds come from what a training with so few rounds can reach.',
  alternative:
    'Fewer dimensions with the same six trainings search each of them better: eta and max_depth alone, eta from 0.05 to 0.5, is as good an answer.',
};

/** Search hyperparameters, six trainings, two at a time. */
export const tune: Step = {
  id: 'tune',
  title: 'Tune the hyperparameters',
  predict:
    'Six trainings, chosen one after the other by what came before. How much AUC will they gain over the first model?',
  awsMinutes: 12,
  hints: [
    'Each entry has type (integer or continuous), min, max and scale (linear or logarithmic). eta and max_depth have to be there.',
    'eta is the size of a step: 0.1 and 0.2 differ as much as 0.2 and 0.4, so its scale is logarithmic. With 60 rounds, a very small eta cannot arrive.',
    'The first model had depth 4. Deeper trees see more, and learn by heart more: 4 to 8 is worth a search, min_child_weight and subsample hold against it.',
    'labs/training/solutions/space.json is one answer.',
  ],
  exercise,
  act,
  check,
  explain,
};

/** The learner's space. @throws LabError naming everything that is wrong with it, before anything is started */
function spaceOf(run: LabRun): { space: SearchSpace; text: string } {
  const text = readWork(run, 'tune', exercise);
  const read = readSearchSpace(text);
  if ('space' in read) return { space: read.space, text: `${JSON.stringify(read.space, null, 2)}\n` };
  throw new LabError(`work/${run.lab}/${exercise.file} is no search space: ${read.faults.join('; ')}.`, {
    why: 'Nothing was started: six trainings in a wrong space would cost the same as in a right one.',
    next: labCommand(run, 'hint', 'tune'),
  });
}

async function act(run: LabRun): Promise<void> {
  const resources = resourcesOf(run);
  const { space, text } = spaceOf(run);
  await requireData(run, resources);
  const code = await uploadCode(run, resources);
  const name = jobName(run, 'hpo');
  const waiting = { minutes: 120, next: labCommand(run, 'check', 'tune') };
  if (resources.compute === 'processing') {
    run.progress('a random search, one training after the other: Processing jobs know no Bayesian tuning');
    const key = `${MODELS}${name}/space.json`;
    await putObject(run, resources.bucket, key, Buffer.from(text), 'application/json');
    const job = await withStartAdvice(
      run,
      () => runProcessing(run, scriptProcessingRequest(run, resources, code, name, 'tune', key), waiting),
      'processing',
    );
    await requireJobSuccess(run, resources, 'tune', {
      by: 'processing',
      name,
      status: job.ProcessingJobStatus,
      reason: job.ExitMessage ?? job.FailureReason,
    });
    return;
  }
  const job = await withStartAdvice(run, () =>
    runTuning(run, tuningRequest(run, resources, code, name, space), waiting),
  );
  if (job.HyperParameterTuningJobStatus !== 'Completed' || !job.BestTrainingJob) {
    const failed = (await trainingsOfTuning(run, name)).find(({ FailureReason }) => FailureReason);
    await requireJobSuccess(run, resources, 'tune', {
      by: 'training',
      name: failed?.TrainingJobName ?? name,
      status: job.HyperParameterTuningJobStatus === 'Completed' ? 'Failed' : job.HyperParameterTuningJobStatus,
      reason: failed?.FailureReason ?? job.FailureReason,
    });
  }
}

async function check(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'tune');
  const [job] = await tuningJobsOf(run, resources.role);
  const all = await trainedModels(run, resources);
  const search = all.find(({ by, searched }) => by === 'processing' && searched);
  if (job === undefined && search === undefined) {
    return notDone('No tuning job has used this lab’s role.', `Write work/${run.lab}/${exercise.file}, then: ${again}`);
  }
  const newest =
    job && !(search && search.created > job.CreationTime!)
      ? await tuningVerdict(run, resources, job, again)
      : await searchVerdict(run, resources, search!, again);
  return newest ?? gainVerdict(run, all, again);
}

type TuningJob = Awaited<ReturnType<typeof tuningJobsOf>>[number];

/** About a tuning job; undefined when it is as asked. */
async function tuningVerdict(
  run: LabRun,
  resources: LabResources,
  job: TuningJob,
  again: string,
): Promise<Verdict | undefined> {
  const name = job.HyperParameterTuningJobName!;
  const status = job.HyperParameterTuningJobStatus!;
  if (['InProgress', 'Stopping'].includes(status)) {
    return notDone(`The tuning job ${name} is ${status}.`, `Wait, then: ${labCommand(run, 'check', 'tune')}`);
  }
  const { Completed = 0, Stopped = 0 } = job.TrainingJobStatusCounters ?? {};
  if (status !== 'Completed' || Completed === 0) {
    const failed = (await trainingsOfTuning(run, name)).find(({ FailureReason }) => FailureReason);
    const training = { by: 'training', name: failed?.TrainingJobName ?? name } as const;
    const reason = await reasonWithWords(run, training, failed?.FailureReason ?? job.FailureReason);
    return notDone(
      `The tuning job ${name} ended as ${status} with ${Completed} completed trainings: ${reason ?? 'no reason given'}`,
      await jobFailureAdvice(run, resources, 'tune', training),
    );
  }
  const config = job.HyperParameterTuningJobConfig!;
  const objectives = [
    config.HyperParameterTuningJobObjective,
    ...definitionsOf(job).map(({ TuningObjective }) => TuningObjective),
  ].filter((one) => one !== undefined);
  const wrong = objectives.find(({ MetricName, Type }) => MetricName !== 'validation:auc' || Type !== 'Maximize');
  const faults = [
    ...(config.Strategy === 'Bayesian' ? [] : [`its strategy is ${config.Strategy}, not Bayesian`]),
    ...(wrong === undefined ? [] : [`it does not maximize validation:auc (${wrong.Type} ${wrong.MetricName})`]),
    ...((config.ResourceLimits?.MaxNumberOfTrainingJobs ?? Infinity) <= TUNING_LIMITS.trainings
      ? []
      : [
          `it may train ${config.ResourceLimits?.MaxNumberOfTrainingJobs} times; at most ${TUNING_LIMITS.trainings} is asked`,
        ]),
    ...((config.ResourceLimits?.MaxParallelTrainingJobs ?? Infinity) <= TUNING_LIMITS.parallel
      ? []
      : [`it trains ${config.ResourceLimits?.MaxParallelTrainingJobs} at a time; ${TUNING_LIMITS.parallel} is asked`]),
    ...(config.TrainingJobEarlyStoppingType === 'Auto' ? [] : ['early stopping is off']),
    ...(Completed + Stopped >= 3 ? [] : [`it trained ${Completed + Stopped} times: too few for a search`]),
  ];
  return faults.length === 0
    ? undefined
    : notDone(`The tuning job ${name} completed, but ${faults.join('; ')}.`, `Tune as asked: ${again}`);
}

/** About a random search in a Processing job; undefined when it is as asked. */
async function searchVerdict(
  run: LabRun,
  resources: LabResources,
  search: TrainingAttempt,
  again: string,
): Promise<Verdict | undefined> {
  if (['InProgress', 'Stopping'].includes(search.status)) {
    return notDone(
      `The processing job ${search.name} is ${search.status}.`,
      `Wait, then: ${labCommand(run, 'check', 'tune')}`,
    );
  }
  if (search.artifact === undefined) {
    return notDone(
      `The processing job ${search.name} ended as ${search.status} and left no model: ${search.failure ?? 'no reason given'}`,
      await jobFailureAdvice(run, resources, 'tune', search),
    );
  }
  const key = search.artifact.slice(s3Uri(resources, '').length).replace(/model\.tar\.gz$/, 'trials.json');
  const { trials = [] } = JSON.parse((await readObject(run, resources.bucket, key)).toString()) as {
    trials?: unknown[];
  };
  return trials.length >= 3 && trials.length <= TUNING_LIMITS.trainings
    ? undefined
    : notDone(
        `The search ${search.name} made ${count(trials.length, 'training')}; 3 to ${TUNING_LIMITS.trainings} are asked.`,
        `Search again: ${again}`,
      );
}

/** What the search gained. */
function gainVerdict(run: LabRun, all: readonly TrainingAttempt[], again: string): Verdict {
  const baseline = baselineOf(all);
  const candidates = candidatesOf(all);
  const [best] = candidates;
  if (baseline?.auc === undefined)
    return notDone('There is no first model to compare with.', labCommand(run, 'step', 'train'));
  if (best?.auc === undefined)
    return notDone('The search left no model with a validation:auc.', `Search again: ${again}`);
  const told = `${count(candidates.length, 'searched model')}, validation:auc ${candidates.at(-1)!.auc!.toFixed(4)} to ${best.auc.toFixed(4)}; the first model has ${baseline.auc.toFixed(4)}`;
  if (best.auc <= baseline.auc) {
    return notDone(
      `${told}: the search found nothing better. Its space leaves out where the good models are.`,
      `Change the space, then: ${again}. A hint: ${labCommand(run, 'hint', 'tune')}`,
    );
  }
  return done(`${told}: ${(best.auc - baseline.auc).toFixed(4)} gained.`, labCommand(run, 'step', 'evaluate'));
}

function explain(run: LabRun): readonly string[] {
  const resources = resourcesOf(run);
  const code = codeVersion();
  const name = jobName(run, 'hpo');
  const { space } = spaceOf(run);
  if (resources.compute === 'processing') {
    const key = `${MODELS}${name}/space.json`;
    return [
      ...codeCommands(resources),
      `aws s3 cp work/${run.lab}/${exercise.file} ${quoted(s3Uri(resources, key))}`,
      createAndWait('processing', scriptProcessingRequest(run, resources, code, name, 'tune', key)),
    ];
  }
  return [...codeCommands(resources), createAndWait('tuning', tuningRequest(run, resources, code, name, space))];
}
