/** The analysis of the open monitor, as a request: for the schedule, for the steps and for the commands that they print. */
import type { CreateProcessingJobRequest } from '@aws-sdk/client-sagemaker';
import { sagemakerTags } from '../../../lib/aws/sagemaker';
import { tagsOf } from '../../../lib/course/names';
import { JOB_VOLUME_GB } from '../../../lib/facts/images';
import { RETRIES } from '../../../lib/target/retries';
import { BASELINE, CAPTURE, MONITOR, MONITOR_INSTANCE, NAMESPACE, QUALITY, TRUTH, VARIANT } from '../names';

/** Where a job's files are, inside it. */
const INPUT = '/opt/ml/processing/input';
const OUTPUT = '/opt/ml/processing/output';
/** Where the managed analyzer has its baseline data too. */
const BASELINE_INPUT = `${INPUT}/baseline_dataset_input`;
/** An analysis takes minutes; one that hangs shall not bill for a day. */
const MOST_SECONDS = 30 * 60;

export interface MonitorConfig {
  readonly learner: string;
  readonly region: string;
  readonly bucket: string;
  readonly endpoint: string;
  readonly role: string;
  readonly image: string;
  /** S3 URI of the archive with the code; Python runs it as it is. */
  readonly code: string;
  /** The archive's name, where the URI is known to CloudFormation only. @default - the last part of the URI */
  readonly codeFile?: string;
}

export interface Analysis {
  readonly mode: 'baseline' | 'analyze' | 'quality';
  /** The job's name, and the folder of its results. */
  readonly name: string;
  /** When it was due: it looks at the whole hour before. */
  readonly scheduled?: string;
  /** ISO times of the window it looks at. */
  readonly window?: { readonly start: string; readonly end: string };
  /** Quality: below it, AUC is a violation. */
  readonly aucThreshold?: number;
  /** Baseline: S3 URI of the training data. */
  readonly data?: string;
  /** @default on */
  readonly metrics?: 'on' | 'off';
}

/** Prefix of the data bucket that an analysis writes below; a baseline writes to it. */
export function resultsOf({ mode, name }: Pick<Analysis, 'mode' | 'name'>): string {
  if (mode === 'baseline') return BASELINE;
  return `${mode === 'quality' ? QUALITY : MONITOR}${name}/`;
}

export function analysisRequest(monitor: MonitorConfig, analysis: Analysis): CreateProcessingJobRequest {
  const { mode, name, scheduled, window, aucThreshold, data, metrics } = analysis;
  const file = monitor.codeFile ?? monitor.code.slice(monitor.code.lastIndexOf('/') + 1);
  const input = (InputName: string, S3Uri: string, LocalPath: string) => ({
    InputName,
    S3Input: { S3Uri, LocalPath, S3DataType: 'S3Prefix' as const, S3InputMode: 'File' as const },
  });
  return {
    ProcessingJobName: name,
    RoleArn: monitor.role,
    AppSpecification: {
      ImageUri: monitor.image,
      ContainerEntrypoint: ['python3', `${INPUT}/code/${file}`],
      ContainerArguments: ['--mode', mode],
    },
    Environment: {
      // A Processing job is not told it, and boto3 asks for it under no other name.
      AWS_DEFAULT_REGION: monitor.region,
      ...RETRIES,
      MLA_BUCKET: monitor.bucket,
      MLA_ENDPOINT: monitor.endpoint,
      MLA_VARIANT: VARIANT,
      MLA_CAPTURE_PREFIX: CAPTURE,
      MLA_BASELINE_PREFIX: BASELINE,
      MLA_TRUTH_PREFIX: TRUTH,
      MLA_NAMESPACE: NAMESPACE,
      MLA_METRICS: metrics ?? 'on',
      ...(scheduled !== undefined && { MLA_SCHEDULED_TIME: scheduled }),
      ...(window && { MLA_START: window.start, MLA_END: window.end }),
      ...(aucThreshold !== undefined && { MLA_AUC_THRESHOLD: String(aucThreshold) }),
    },
    // The job lists the capture itself: an input without objects would fail it.
    ProcessingInputs: [
      input('code', monitor.code, `${INPUT}/code`),
      ...(data === undefined ? [] : [input('baseline_dataset_input', data, BASELINE_INPUT)]),
    ],
    ProcessingOutputConfig: {
      Outputs: [
        {
          OutputName: 'output',
          S3Output: {
            S3Uri: `s3://${monitor.bucket}/${resultsOf(analysis).replace(/\/$/, '')}`,
            LocalPath: OUTPUT,
            S3UploadMode: 'EndOfJob',
          },
        },
      ],
    },
    ProcessingResources: {
      ClusterConfig: { InstanceType: MONITOR_INSTANCE, InstanceCount: 1, VolumeSizeInGB: JOB_VOLUME_GB },
    },
    StoppingCondition: { MaxRuntimeInSeconds: MOST_SECONDS },
    Tags: sagemakerTags(tagsOf('monitoring', monitor.learner)),
  };
}
