import { output, type LabRun } from '../../../lib/course/run';
import { imageUri } from '../../../lib/facts/images';

/** The lab's things, by the outputs of its stack. */
export interface LabPlace {
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
export const EVALUATION = 'evaluation/';

export const TRAINING_INSTANCE = 'ml.m5.large';
export const PROCESSING_INSTANCE = 'ml.t3.medium';

/** @throws LabError when the stack lacks an output, or the Region has no image */
export function placeOf(run: LabRun): LabPlace {
  return {
    bucket: output(run, 'DataBucket'),
    role: output(run, 'TrainRole'),
    group: output(run, 'ModelPackageGroup'),
    image: imageUri('xgboost', run.region),
    compute: run.modes.compute === 'processing' ? 'processing' : 'training',
    spot: run.modes.spot === 'on',
  };
}

/** A job's name that no other has: SageMaker keeps names of jobs for good. Tuning jobs have at most 32 characters. */
export function jobName(run: LabRun, what: 'train' | 'tune' | 'eval'): string {
  return `mla-${what}-${run.learner}-${Math.floor(run.clock.now().getTime() / 1000).toString(36)}`;
}

export const s3Uri = (place: LabPlace, key: string): string => `s3://${place.bucket}/${key}`;
