/** What the registry says about the lab's models. */
import type { CreateModelPackageInput, DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import { parseS3 } from '../../../lib/aws/sagemaker';
import { readObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import { servedBy } from '../../../lib/flights/serving';
import type { LabResources } from '../resources';

/** Most that predicted and observed shares may differ, on average over ten bins of the test slice. */
export const MAX_CALIBRATION_ERROR = 0.02;

/** Where a version came from: its properties in the registry. */
export interface Lineage {
  readonly job: string;
  readonly codeSha256: string;
  readonly dataVersion: string;
  readonly evaluation: string;
}

export interface VersionFigures {
  readonly auc: number;
  readonly calibrationError: number;
}

const told = (figure: number | string): string => (typeof figure === 'number' ? figure.toFixed(6) : figure);

export function versionRequest(
  run: LabRun,
  resources: LabResources,
  model: {
    readonly artifact: string;
    readonly statistics: string;
    readonly about: string;
    /** As numbers, or as text that is put in as it is. */
    readonly auc: number | string;
    readonly calibrationError: number | string;
  },
  lineage: Lineage,
): CreateModelPackageInput {
  return {
    ModelPackageGroupName: resources.group,
    ModelPackageDescription: model.about,
    ModelApprovalStatus: 'PendingManualApproval',
    InferenceSpecification: servedBy(resources.image, model.artifact, run.region),
    ModelMetrics: { ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: model.statistics } } },
    CustomerMetadataProperties: {
      ...lineage,
      testAuc: told(model.auc),
      testCalibrationError: told(model.calibrationError),
    },
  };
}

/** The figures of a version's quality report; undefined when it has none that can be read. */
export async function figuresOf(run: LabRun, version: DescribeModelPackageOutput): Promise<VersionFigures | undefined> {
  const uri = version.ModelMetrics?.ModelQuality?.Statistics?.S3Uri;
  if (uri === undefined) return undefined;
  try {
    const { bucket, key } = parseS3(uri);
    const report = JSON.parse((await readObject(run, bucket, key)).toString()) as {
      binary_classification_metrics?: { auc?: { value?: number } };
      mla_labs?: { calibrationError?: number };
    };
    const auc = report.binary_classification_metrics?.auc?.value;
    const calibrationError = report.mla_labs?.calibrationError;
    return typeof auc === 'number' && typeof calibrationError === 'number' ? { auc, calibrationError } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** A version with its figures. */
export interface EvaluatedVersion extends VersionFigures {
  readonly version: DescribeModelPackageOutput;
  readonly number: number;
}

/** The one that the guide's rule approves: the highest AUC among the well calibrated; undefined when none is. */
export function bestCalibratedVersion<T extends VersionFigures>(versions: readonly T[]): T | undefined {
  return versions
    .filter(({ calibrationError }) => calibrationError <= MAX_CALIBRATION_ERROR)
    .sort((a, b) => b.auc - a.auc)[0];
}

/** Begins the description of a version that was approved and taken back: so nobody takes it for one that never passed. */
export const ROLLED_BACK = 'Rolled back:';

export const wasRolledBack = ({ ModelApprovalStatus, ApprovalDescription }: DescribeModelPackageOutput): boolean =>
  ModelApprovalStatus === 'Rejected' && (ApprovalDescription ?? '').startsWith(ROLLED_BACK);
