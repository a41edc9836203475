/** What must hold before a job costs money, and what to say when SageMaker refuses or a job fails. */
import { LabError, type LabRun } from '../../../lib/course/run';
import { requestCommand } from '../../../lib/aws/quotas';
import { logCommand, reasonWithWords } from '../../../lib/aws/job-log';
import { listObjects } from '../../../lib/aws/s3';
import { labCommand } from '../../../lib/course/say';
import { PROCESSING_QUOTA, trainingQuota } from '../quotas';
import { changedAt, objectsByFolder } from './data';
import { MODELS, PROCESSING_INSTANCE, s3Uri, TRAINING_INSTANCE, type LabPlace } from './place';

/** @throws LabError when there is nothing to train on */
export async function requireData(run: LabRun, place: LabPlace): Promise<void> {
  if (changedAt(await objectsByFolder(run, place)) !== undefined) return;
  throw new LabError(`s3://${place.bucket}/data/ has no training data.`, {
    why: 'A job without data would start, bill its minutes and fail.',
    next: labCommand(run, 'step', 'data'),
  });
}

/** Tells what can be done where an account may not train, or process. Other errors pass. */
export async function withQuotaAdvice<T>(
  run: LabRun,
  work: () => Promise<T>,
  by: 'training' | 'processing' = 'training',
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'ResourceLimitExceeded' && by === 'processing') {
      throw new LabError(`Your account may start no Processing job on ${PROCESSING_INSTANCE} now: ${error.message}`, {
        why: `All jobs of the account share this quota. Nothing was started. Ask for more (takes hours to days): ${requestCommand(PROCESSING_QUOTA, run.region)}`,
        next: `Wait until other Processing jobs have ended (aws sagemaker list-processing-jobs --status-equals InProgress), and do the step again; or do this lab with --target local`,
        cause: error,
      });
    }
    if (error.name === 'ResourceLimitExceeded') {
      throw new LabError(`Your account may not train on ${TRAINING_INSTANCE} now: ${error.message}`, {
        why: `New accounts start with a training quota of 0. Nothing was started. Ask for more (takes hours to days): ${requestCommand(trainingQuota(run.modes), run.region)}`,
        next: `Go on without it: ./lab up ${run.lab} --compute processing --target ${run.target} (the same script in a Processing job), or do this lab with --target local`,
        cause: error,
      });
    }
    if (error.name === 'ResourceInUse') {
      throw new LabError(`SageMaker knows a job of this name already: ${error.message}`, {
        why: 'Names of jobs are used once. Two steps were started at the same moment.',
        next: labCommand(run, 'status'),
        cause: error,
      });
    }
    if (error.name === 'ValidationException') {
      throw new LabError(`SageMaker refused the job: ${error.message}`, {
        why: 'Nothing was started. It checks the request, the role and the presence of the data before.',
        next: labCommand(run, 'check', 'data'),
        cause: error,
      });
    }
    throw error;
  }
}

/** @throws LabError with the job's own reason when it did not complete */
export async function requireSuccess(
  run: LabRun,
  by: 'training' | 'processing',
  name: string,
  status: string | undefined,
  reason: string | undefined,
): Promise<void> {
  if (status === 'Completed') return;
  if (reason?.startsWith('CapacityError')) {
    throw new LabError(`AWS had no machine free for the ${by} job ${name}.`, {
      why: `${reason} It never ran, and costs nothing.`,
      next: `Do the step again in some minutes; until then: ${labCommand(run, 'status')}`,
    });
  }
  throw new LabError(`The ${by} job ${name} ended as ${status}.`, {
    why: (await reasonWithWords(run, { by, name }, reason))?.trim() || 'SageMaker gave no reason.',
    next: logCommand({ by, name }),
  });
}

/** A job whose script writes nothing completes all the same. @throws LabError when it left no model.tar.gz */
export async function requireModel(
  run: LabRun,
  place: LabPlace,
  name: string,
  by: 'training' | 'processing',
): Promise<void> {
  const key = `${MODELS}${name}/output/model.tar.gz`;
  if ((await listObjects(run, place.bucket, key)).length > 0) return;
  throw new LabError(`The ${by} job ${name} completed and left no model: ${s3Uri(place, key)} does not exist.`, {
    why: 'Its script wrote nothing into the folder of the model (SM_MODEL_DIR). SageMaker packs what is there, and nothing is no error to it.',
    next: `Compare save() in lib/flights/runtime/train.py, then: ${labCommand(run, 'step', 'train')}. Its log: ${logCommand({ by, name })}`,
  });
}
