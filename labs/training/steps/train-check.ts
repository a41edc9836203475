/** Whether the first model is one: completed, readable, as good as its job says, and worth its trees. */
import { parseS3 } from '../../../lib/aws/sagemaker';
import { readTarGz } from '../../../lib/aws/archive';
import { reasonWithWords } from '../../../lib/aws/job-log';
import { readObject } from '../../../lib/aws/s3';
import { isInconclusive } from '../../../lib/aws/inconclusive-errors';
import type { Verdict } from '../../../lib/course/model';
import { dataPlan } from '../../../lib/course/data-plan';
import type { LabRun } from '../../../lib/course/run';
import { done, labCommand, notDone } from '../../../lib/course/say';
import { changedAt, objectsByFolder, rowsOf } from '../data/copy';
import { dataFault } from '../data/faults';
import { jobFailureAdvice } from '../jobs/guards';
import { fitLogistic } from '../models/logistic';
import { DATA, resourcesOf, s3Uri, type LabResources } from '../resources';
import { auc, BadRows } from '../../../lib/flights/rows';
import { trainedModels, type TrainingAttempt } from '../models/trained';
import { parseBooster, scoreTrees, type Booster } from '../../../lib/flights/booster';

/** What trees must gain over a logistic regression on the same rows. */
export const MIN_AUC_MARGIN = 0.02;
/** How far the job's own AUC may be from the one that the check computes: both round, and scores of a forest have ties. */
export const METRIC_TOLERANCE = 0.001;

export async function checkTrain(run: LabRun): Promise<Verdict> {
  const resources = resourcesOf(run);
  const again = labCommand(run, 'step', 'train');
  const [newest] = (await trainedModels(run, resources)).filter(({ searched }) => !searched);
  if (newest === undefined) return notDone('No job with this lab’s role has trained a model.', `Train one: ${again}`);
  const job = `The ${newest.by} job ${newest.name}`;
  if (['InProgress', 'Stopping'].includes(newest.status)) {
    return notDone(`${job} is ${newest.status}.`, `Wait, then: ${labCommand(run, 'check', 'train')}`);
  }
  if (newest.status !== 'Completed') {
    const reason = await reasonWithWords(run, newest, newest.failure);
    return notDone(
      `${job} ended as ${newest.status}: ${reason ?? 'no reason given'}`,
      await jobFailureAdvice(run, resources, 'train', newest),
    );
  }
  return (await inputsVerdict(run, resources, newest, again)) ?? modelVerdict(run, resources, newest, again);
}

/** Whether it trained on this lab's data, as it is now; undefined when it did. */
async function inputsVerdict(
  run: LabRun,
  resources: LabResources,
  job: TrainingAttempt,
  again: string,
): Promise<Verdict | undefined> {
  for (const channel of ['train', 'validation']) {
    const expected = s3Uri(resources, `${DATA}${channel}/`);
    const seen = job.inputs[channel]?.replace(/\/?$/, '/');
    if (seen !== expected) {
      return notDone(
        `The job ${job.name} read ${channel} from ${seen ?? 'nowhere'}, expected ${expected}.`,
        `Train on it: ${again}`,
      );
    }
  }
  const changed = changedAt(await objectsByFolder(run, resources));
  if (changed === undefined)
    return notDone('The data is gone from the bucket.', `Bring it: ${labCommand(run, 'step', 'data')}`);
  // S3 tells whole seconds.
  if (job.created.getTime() + 999 < changed.getTime()) {
    return notDone(
      `The job ${job.name} began before the data changed (${changed.toISOString()}).`,
      `Train again: ${again}`,
    );
  }
  return undefined;
}

async function modelVerdict(
  run: LabRun,
  resources: LabResources,
  job: TrainingAttempt,
  again: string,
): Promise<Verdict> {
  const model = await readModel(run, job);
  if (typeof model === 'string')
    return notDone(`The model of ${job.name} cannot be used: ${model}.`, `Train again: ${again}`);
  const byFolder = await objectsByFolder(run, resources);
  let judged: { trees: number; line: number; rows: number };
  try {
    const train = await rowsOf(run, resources, byFolder.get('train') ?? []);
    const validation = await rowsOf(run, resources, byFolder.get('validation') ?? []);
    judged = {
      rows: validation.rows,
      trees: auc(validation.labels, scoreTrees(model, validation)),
      line: auc(validation.labels, fitLogistic(train)(validation)),
    };
  } catch (error) {
    if (!(error instanceof BadRows)) throw error;
    return notDone(`The data cannot be read: ${error.message}.`, `Bring it again: ${labCommand(run, 'step', 'data')}`);
  }
  const { trees, line, rows } = judged;
  const told = `scored here on the ${rows.toLocaleString('en-US')} validation flights, the model of ${job.name} has AUC ${trees.toFixed(4)}`;
  if (job.auc === undefined) {
    return notDone(
      `SageMaker shows no validation:auc of ${job.name}; ${told}. It reads metrics from the log, which may take a minute.`,
      `Look again: ${labCommand(run, 'check', 'train')}. If it stays so, compare print_metrics() in lib/flights/runtime/train.py, then: ${again}`,
    );
  }
  if (job.auc - trees > METRIC_TOLERANCE) {
    return notDone(
      `The job says validation:auc ${job.auc.toFixed(4)}, but ${told}. The saved trees are not those of the best round, or other data was scored.`,
      `Compare save() in lib/flights/runtime/train.py, then: ${again}`,
    );
  }
  if (!(trees >= line + MIN_AUC_MARGIN)) {
    const fault = await dataFault(run, resources);
    return notDone(
      `A logistic regression on the same rows has AUC ${line.toFixed(4)}; ${told}, and at least ${(line + MIN_AUC_MARGIN).toFixed(4)} is asked.${trees < 0.55 ? ' That is hardly better than chance: are the labels those of their flights?' : ''}`,
      fault === undefined
        ? `The data is right; look at the hyperparameters and at fit() in lib/flights/runtime/train.py, then: ${again}`
        : `Bring the data again (${fault}): ${labCommand(run, 'step', 'data')}; then: ${again}`,
    );
  }
  // CloudWatch averages what comes within a minute, and a training may take seconds: a lower figure claims nothing.
  const claim =
    trees - job.auc > METRIC_TOLERANCE
      ? `more than SageMaker shows of it (${job.auc.toFixed(4)}, of an earlier round or an average)`
      : `as the job says (${job.auc.toFixed(4)})`;
  return done(
    `${job.name} completed; ${told}, ${claim}, with ${model.trees.length} trees. A logistic regression on the same rows: ${line.toFixed(4)}.`,
    labCommand(run, 'step', 'tune'),
  );
}

/** The booster in a job's archive, or why it cannot be used. */
export async function readModel(run: LabRun, job: TrainingAttempt): Promise<Booster | string> {
  if (job.artifact === undefined) return 'the job left no model.tar.gz';
  const { bucket, key } = parseS3(job.artifact);
  try {
    const files = readTarGz(await readObject(run, bucket, key));
    const json = files.get('model.json');
    if (json === undefined)
      return `model.tar.gz has no model.json, but ${[...files.keys()].slice(0, 4).join(', ') || 'nothing'}`;
    if (!files.has('code/inference.py')) return 'model.tar.gz has no code/inference.py: nobody could ask it';
    const booster = parseBooster(json.toString('utf8'));
    const expected = dataPlan().features.map(({ name }) => name);
    if (booster.features.join() !== expected.join()) return 'its features are not those of the plan, in their order';
    return booster;
  } catch (error) {
    if (isInconclusive(error)) throw error;
    return `${job.artifact}: ${(error as Error).message}`;
  }
}
