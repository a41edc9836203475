/** Versions in the lab's group: registering a model, and what a version says of itself. */
import {
  CreateModelPackageCommand,
  DescribeModelPackageCommand,
  type CreateModelPackageInput,
  type DescribeModelPackageOutput,
} from '@aws-sdk/client-sagemaker';
import { putObject } from '../../../lib/aws/s3';
import { numberOf, versionsOf } from '../../../lib/aws/versions';
import type { LabRun } from '../../../lib/course/run';
import { servedBy } from '../../../lib/flights/serving';
import type { Flaw } from './archive';
import { sha256 } from './archive';
import { MODELS } from '../names';
import { s3Uri, type LabResources } from '../resources';

export type Version = DescribeModelPackageOutput;

/** How a model did on the test slice. */
export interface Figures {
  readonly auc: number;
  readonly calibrationError: number;
}

/** Where a version came from: its properties in the registry. */
export interface Lineage {
  /** ARN of the version that it was copied from, or `prepared` for the model of the project. */
  readonly copiedFrom: string;
  readonly [property: string]: string;
}

/** Properties of a version that was made for practice. */
export const FLAW_PROPERTY = 'practice';

export interface NewVersion {
  readonly about: string;
  /** URI of model.tar.gz. */
  readonly artifact: string;
  /** URI of the quality report. */
  readonly statistics: string;
  readonly lineage: Lineage;
  /** As numbers, or as text that is put in as it is. */
  readonly auc: number | string;
  readonly calibrationError: number | string;
}

const told = (figure: number | string): string => (typeof figure === 'number' ? figure.toFixed(6) : figure);

export function versionRequest(run: LabRun, resources: LabResources, version: NewVersion): CreateModelPackageInput {
  return {
    ModelPackageGroupName: resources.group,
    ModelPackageDescription: version.about,
    ModelApprovalStatus: 'PendingManualApproval',
    InferenceSpecification: servedBy(resources.image, version.artifact, run.region),
    ModelMetrics: { ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: version.statistics } } },
    CustomerMetadataProperties: {
      ...version.lineage,
      testAuc: told(version.auc),
      testCalibrationError: told(version.calibrationError),
    },
  };
}

/** Keys of a model, by the hash of its archive: what a version names never changes under it. */
export function modelKeys(hash: string): { readonly archive: string; readonly quality: string } {
  const folder = `${MODELS}${hash.slice(0, 16)}/`;
  return { archive: `${folder}model.tar.gz`, quality: `${folder}quality.json` };
}

/**
 * Whether a version says all that another would be registered with: one that was registered by hand may have the model,
 * and lack its figures or what its container needs.
 */
function says(
  version: Version,
  { InferenceSpecification, CustomerMetadataProperties }: CreateModelPackageInput,
): boolean {
  const [container] = version.InferenceSpecification?.Containers ?? [];
  const [asked] = InferenceSpecification!.Containers!;
  return (
    container?.ModelDataUrl === asked!.ModelDataUrl &&
    container?.Image === asked!.Image &&
    Object.entries(asked!.Environment!).every(([name, value]) => container?.Environment?.[name] === value) &&
    Object.keys(CustomerMetadataProperties!).every((key) => version.CustomerMetadataProperties?.[key])
  );
}

/**
 * Uploads a model and registers it, waiting for a decision. A version of the same archive that says the same of itself and
 * was not rejected is taken as it is.
 */
export async function registerModel(
  run: LabRun,
  resources: LabResources,
  archive: Buffer,
  model: Figures & { readonly about: string; readonly lineage: Lineage; readonly quality: string },
): Promise<Version> {
  const keys = modelKeys(sha256(archive));
  const artifact = s3Uri(resources, keys.archive);
  const { about, lineage, auc, calibrationError } = model;
  const statistics = s3Uri(resources, keys.quality);
  const request = versionRequest(run, resources, { about, artifact, statistics, lineage, auc, calibrationError });
  const known = (await versionsOf(run, resources.group)).find(
    (one) => one.ModelApprovalStatus !== 'Rejected' && says(one, request),
  );
  if (known) {
    run.progress(`version ${numberOf(known)} is this model already`);
    return known;
  }
  await putObject(run, resources.bucket, keys.archive, archive, 'application/gzip');
  await putObject(run, resources.bucket, keys.quality, Buffer.from(model.quality), 'application/json');
  const { sagemaker } = run.clients;
  const { ModelPackageArn } = await sagemaker.send(new CreateModelPackageCommand(request));
  // By its own name: the list of versions may be a moment behind.
  const made = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn }));
  run.progress(`registered version ${numberOf(made)}: ${about}`);
  return made;
}

/** A quality report in the form that SageMaker's registry shows, with what the labs add. */
export function qualityReport({ auc, calibrationError }: Figures): string {
  return `${JSON.stringify(
    { binary_classification_metrics: { auc: { value: auc } }, mla_labs: { calibrationError } },
    null,
    2,
  )}\n`;
}

/** The figures in a quality report; undefined when it has none. */
export function figuresIn(report: string): Figures | undefined {
  try {
    const { binary_classification_metrics: metrics, mla_labs: more } = JSON.parse(report) as {
      binary_classification_metrics?: { auc?: { value?: number } };
      mla_labs?: { calibrationError?: number };
    };
    const auc = metrics?.auc?.value;
    const calibrationError = more?.calibrationError;
    return typeof auc === 'number' && typeof calibrationError === 'number' ? { auc, calibrationError } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export const artifactOf = (version: Version): string | undefined =>
  version.InferenceSpecification?.Containers?.[0]?.ModelDataUrl;

/** What was done to a model for practice; undefined for one that was not made so. */
export const flawOf = (version: Version): Flaw | undefined =>
  version.CustomerMetadataProperties?.[FLAW_PROPERTY] as Flaw | undefined;
