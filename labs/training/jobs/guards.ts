/** What must hold before a job costs money, and what to say when SageMaker refuses or a job fails. */
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { requestCommand } from '../../../lib/aws/quotas';
import { logCommand, reasonWithWords } from '../../../lib/aws/job-log';
import { listObjects } from '../../../lib/aws/s3';
import { labCommand } from '../../../lib/course/say';
import { PROCESSING_QUOTA, trainingQuota } from '../quotas';
import { changedAt, objectsByFolder } from '../data/copy';
import { dataFault } from '../data/faults';
import { MODELS, PROCESSING_INSTANCE, s3Uri, TRAINING_INSTANCE, type LabResources } from '../resources';

/** @throws LabError when there is nothing to train on */
export async function requireData(run: LabRun, resources: LabResources): Promise<void> {
  if (changedAt(await objectsByFolder(run, resources)) !== undefined) return;
  throw new LabError(`s3://${resources.bucket}/data/ has no training data.`, {
    why: 'A job without data would start, bill its minutes and fail.',
    next: labCommand(run, 'step', 'data'),
  });
}

/** Runs `work`; where SageMaker refuses to start a job, throws a LabError that says what to do. Other errors pass. */
export async function withStartAdvice<T>(
  run: LabRun,
  work: () => Promise<T>,
  by: 'training' | 'processing' = 'training',
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'ResourceLimitExceeded') throw limitError(run, error, by);
    if (error.name === 'ResourceInUse') {
      throw new LabError(`SageMaker knows a job of this name already: ${error.message}`, {
        why: 'Names of jobs are used once. Two steps were started at the same moment.',
        next: `Wait until the other has ended, then do the step again; what stands: ${labCommand(run, 'status')}`,
        cause: error,
      });
    }
    if (error.name === 'ValidationException') throw refusal(run, error);
    throw error;
  }
}

/** Shows the jobs that use a quota now. */
const RUNNING = {
  training: 'aws sagemaker list-training-jobs --status-equals InProgress',
  processing: 'aws sagemaker list-processing-jobs --status-equals InProgress',
} as const;

/** One exception for all limits: its text says which, how high it is, and how much of it is in use. */
const LIMIT = /limit '([^']+)' is (\d+) \w+, with current utilization of (\d+)/;

function limitError(run: LabRun, error: Error, by: 'training' | 'processing'): LabError {
  const [, limit, value, used] = LIMIT.exec(error.message) ?? [];
  const instance = by === 'training' ? TRAINING_INSTANCE : PROCESSING_INSTANCE;
  const quota = by === 'training' ? trainingQuota(run.modes) : PROCESSING_QUOTA;
  const what = `Your account may ${by === 'training' ? 'not train' : 'start no Processing job'} on ${instance} now: ${error.message}`;
  if (limit !== undefined && !limit.startsWith(instance)) {
    return new LabError(`SageMaker started nothing: a limit of your account is reached: ${error.message}`, {
      why: `It is not the quota that the lab asks for, but ${limit}.`,
      next: `Wait until other jobs have ended (${RUNNING[by]}), or ask for more of that in the Service Quotas console; then do the step again`,
      cause: error,
    });
  }
  const more = `Nothing was started. Ask for more (takes hours to days): ${requestCommand(quota, run.region)}`;
  if (Number(value ?? 0) > 0 || (value === undefined && by === 'processing')) {
    return new LabError(what, {
      why: `All jobs of the account share this quota${value === undefined ? '' : `, and ${used} of ${value} are in use`}. ${more}`,
      next: `Wait until other ${by === 'training' ? 'training' : 'Processing'} jobs have ended (${RUNNING[by]}), and do the step again; or do this lab with --target local`,
      cause: error,
    });
  }
  return new LabError(what, {
    why: by === 'training' ? `New accounts start with a training quota of 0. ${more}` : `This quota is 0. ${more}`,
    next:
      by === 'training'
        ? `Go on without it: ./lab up ${run.lab} --compute processing --target ${run.target} (the same script in a Processing job), or do this lab with --target local`
        : 'Do this lab with --target local until the quota is raised',
    cause: error,
  });
}

/** One exception for all that can be wrong with a request: what to do depends on what its text names. */
function refusal(run: LabRun, error: Error): LabError {
  const about = (pattern: RegExp): boolean => pattern.test(error.message);
  const next = about(/No S3 objects found/i)
    ? `Bring the data: ${labCommand(run, 'step', 'data')}; then do the step again`
    : about(/assume role|role .*(exist|trust)/i)
      ? 'A new role takes a minute until it is known everywhere: wait, then do the step again'
      : 'Fix what it names, then do the step again';
  return new LabError(`SageMaker refused the job: ${error.message}`, {
    why: 'Nothing was started. It checks the request, the role and the presence of the data before.',
    next,
    cause: error,
  });
}

/** A step that starts jobs. */
export type JobStep = 'train' | 'tune' | 'evaluate';

/** What to do about a job that failed: its data first, as a job on bad data fails again however often it is started. */
export async function jobFailureAdvice(
  run: LabRun,
  resources: LabResources,
  step: JobStep,
  job: { readonly by: 'training' | 'processing'; readonly name: string },
): Promise<string> {
  const again = labCommand(run, 'step', step);
  const fault = await dataFault(run, resources);
  return fault === undefined
    ? `Fix what its log says, then: ${again}. Its log: ${logCommand(job)}`
    : `The data it read is the cause (${fault}). Bring it again: ${labCommand(run, 'step', 'data')}; then: ${again}`;
}

/** @throws LabError with the job's own reason when it did not complete */
export async function requireJobSuccess(
  run: LabRun,
  resources: LabResources,
  step: JobStep,
  { by, name, status, reason }: JobResult,
): Promise<void> {
  if (status === 'Completed') return;
  if (reason?.startsWith('CapacityError')) {
    throw new LabError(`AWS had no machine free for the ${by} job ${name}.`, {
      why: `${reason} It never ran, and costs nothing.`,
      next: `Do the step again in some minutes: ${labCommand(run, 'step', step)}`,
    });
  }
  throw new LabError(`The ${by} job ${name} ended as ${status}.`, {
    why: (await reasonWithWords(run, { by, name }, reason))?.trim() || 'SageMaker gave no reason.',
    next: await jobFailureAdvice(run, resources, step, { by, name }),
  });
}

/** How a job ended. */
export interface JobResult {
  readonly by: 'training' | 'processing';
  readonly name: string;
  readonly status: string | undefined;
  readonly reason: string | undefined;
}

/** A job whose script writes nothing completes all the same. @throws LabError when it left no model.tar.gz */
export async function requireModel(
  run: LabRun,
  resources: LabResources,
  name: string,
  by: 'training' | 'processing',
): Promise<void> {
  const key = `${MODELS}${name}/output/model.tar.gz`;
  if ((await listObjects(run, resources.bucket, key)).length > 0) return;
  throw new LabError(`The ${by} job ${name} completed and left no model: ${s3Uri(resources, key)} does not exist.`, {
    why: 'Its script wrote nothing into the folder of the model (SM_MODEL_DIR). SageMaker packs what is there, and nothing is no error to it.',
    next: `Compare save() in lib/flights/runtime/train.py, then: ${labCommand(run, 'step', 'train')}. Its log: ${logCommand({ by, name })}`,
  });
}
