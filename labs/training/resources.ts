import { jobPrefix } from '../../lib/course/names';
import { output, type LabRun } from '../../lib/course/run';
import { imageUri } from '../../lib/facts/images';
import { MACHINES } from '../../lib/flights/serving';

/** The lab's things, by the outputs of its stack. */
export interface LabResources {
  readonly bucket: string;
  /** ARN of the role of all jobs. */
  readonly role: string;
  readonly group: string;
  /** URI of the XGBoost image in this Region. */
  readonly image: string;
  readonly compute: 'training' | 'processing';
  readonly spot: boolean;
}

/** Prefixes of the bucket. */
export const DATA = 'data/';
export const CODE = 'code/';
export const MODELS = 'models/';
/** Models of challenges, which no step takes for its own. */
export const CHALLENGE_MODELS = `${MODELS}challenges/`;
export const EVALUATION = 'evaluation/';

export const TRAINING_INSTANCE = MACHINES.training;
export const PROCESSING_INSTANCE = MACHINES.processing;

/** @throws LabError when the stack lacks an output, or the Region has no image */
export function resourcesOf(run: LabRun): LabResources {
  return {
    bucket: output(run, 'DataBucket'),
    role: output(run, 'TrainRole'),
    group: output(run, 'ModelPackageGroup'),
    image: imageUri('xgboost', run.region),
    compute: run.modes.compute === 'processing' ? 'processing' : 'training',
    spot: run.modes.spot === 'on',
  };
}

/** Counting from here, tenths of a second fit into six places until 2032. */
const NAMES_SINCE = Date.UTC(2026, 0, 1);

/**
 * A job's name that no other has: SageMaker keeps names of jobs for good. A tuning job's has at most 32 characters and
 * no difference between cases, so all has to be short: `hpo` for the tuning, and the time as tenths of a second, in
 * base 36.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
 */
export function jobName(run: Pick<LabRun, 'learner' | 'clock'>, what: 'train' | 'hpo' | 'eval'): string {
  const tenths = Math.floor((run.clock.now().getTime() - NAMES_SINCE) / 100);
  return `${jobPrefix(what, run.learner)}${tenths.toString(36).padStart(6, '0')}`;
}

export const s3Uri = (resources: LabResources, key: string): string => `s3://${resources.bucket}/${key}`;
