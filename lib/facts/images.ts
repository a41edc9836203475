/**
 * AWS's machine-learning images that the labs use, by Region.
 *
 * Collected November 2026 from sagemaker-python-sdk, `sagemaker-core/src/sagemaker/core/image_uri_config/` (xgboost.json,
 * sklearn.json). aws-cdk-lib knows the deep-learning account only, which does not hold these.
 * @see https://github.com/aws/sagemaker-python-sdk
 */
import { Exit, LabError } from '../course/errors';
import { isKnownRegion, REGIONS, type KnownRegion } from './regions';

export interface ImageFacts {
  readonly repository: string;
  /** Always named: `latest` of sagemaker-xgboost is version 1. */
  readonly tag: string;
  /** Python inside. */
  readonly python: string;
  /** Until when AWS patches this version, ISO date. */
  readonly patchedUntil: string;
  readonly source: string;
}

export const IMAGES = {
  xgboost: {
    repository: 'sagemaker-xgboost',
    tag: '3.2-0',
    python: '3.12',
    patchedUntil: '2027-05-13',
    source: 'https://github.com/aws/sagemaker-python-sdk (image_uri_config/xgboost.json)',
  },
  scikitLearn: {
    repository: 'sagemaker-scikit-learn',
    tag: '1.9-0-cpu-py3',
    python: '3.12',
    patchedUntil: '2027-07-16',
    source: 'https://github.com/aws/sagemaker-python-sdk (image_uri_config/sklearn.json)',
  },
} as const satisfies Readonly<Record<string, ImageFacts>>;

/** Gigabytes beside each job, for its image too: as the SageMaker SDK asks for; they cost a hundredth of a cent. */
export const JOB_VOLUME_GB = 30;

export type ImageName = keyof typeof IMAGES;

/** Regions that have the images, in the order of the table. */
export const IMAGE_REGIONS = Object.keys(REGIONS) as readonly KnownRegion[];

/** What to say where a Region has no image in the table. */
export function noImageIn(region: string): string {
  return `lib/facts knows no SageMaker images in the Region ${region}; it knows them in ${IMAGE_REGIONS.join(', ')}.`;
}

/**
 * `683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0`.
 *
 * @throws LabError (refused) for a Region that the table does not have, naming those that it has
 */
export function imageUri(image: ImageName, region: string): string {
  if (!isKnownRegion(region)) {
    throw new LabError(noImageIn(region), {
      why: 'Each Region has its own AWS account for these images, and a guessed one would fail after minutes.',
      next: `Use one of these Regions, for example: --region ${IMAGE_REGIONS[0]}`,
      exit: Exit.Refused,
    });
  }
  const { repository, tag } = IMAGES[image];
  return `${REGIONS[region].imageAccount}.dkr.ecr.${region}.amazonaws.com/${repository}:${tag}`;
}
