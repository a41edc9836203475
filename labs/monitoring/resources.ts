import { output, type LabRun } from '../../lib/course/run';
import type { MonitorConfig } from './analysis/request';

/** The lab's things, by the outputs of its stack. */
export interface LabResources {
  readonly bucket: string;
  /** Name of the endpoint that is watched, and of the stack of its own that it lives in. */
  readonly endpoint: string;
  readonly stack: string;
  readonly group: string;
  /** ARN of the role that CloudFormation changes the endpoint with. */
  readonly deployRole: string;
  /** Who looks at the capture each hour. */
  readonly monitor: 'open' | 'managed';
  /** What an analysis of the open monitor needs. */
  readonly analyzer: MonitorConfig;
  /** Name of the schedule of the open monitor; undefined for the managed one, which a step makes. */
  readonly schedule?: string;
  readonly alarms: Readonly<Record<'drift' | 'auc' | 'errors' | 'latency', string>>;
  readonly topic: string;
  /** Name of the function that responds, and URL of the queue for what it could not handle. */
  readonly responder: string;
  readonly deadLetters: string;
  readonly retrainRole: string;
  readonly dashboard: string;
  /** URI of the image that answers. */
  readonly image: string;
}

/** @throws LabError when the stack lacks an output */
export function resourcesOf(run: LabRun): LabResources {
  const bucket = output(run, 'DataBucket');
  const endpoint = output(run, 'Endpoint');
  const monitor = run.modes.monitor === 'managed' ? 'managed' : 'open';
  return {
    bucket,
    endpoint,
    stack: output(run, 'EndpointStack'),
    group: output(run, 'ModelPackageGroup'),
    deployRole: output(run, 'DeployRole'),
    monitor,
    analyzer: {
      learner: run.learner,
      region: run.region,
      bucket,
      endpoint,
      role: output(run, 'MonitorRole'),
      image: output(run, 'MonitorImage'),
      code: output(run, 'MonitorCode'),
    },
    ...(monitor === 'open' && { schedule: output(run, 'Schedule') }),
    alarms: {
      drift: output(run, 'DriftAlarm'),
      auc: output(run, 'AucAlarm'),
      errors: output(run, 'ErrorAlarm'),
      latency: output(run, 'LatencyAlarm'),
    },
    topic: output(run, 'Topic'),
    responder: output(run, 'Responder'),
    deadLetters: output(run, 'DeadLetters'),
    retrainRole: output(run, 'RetrainRole'),
    dashboard: output(run, 'Dashboard'),
    image: output(run, 'XgboostImage'),
  };
}

export const s3Uri = (resources: Pick<LabResources, 'bucket'>, key: string): string =>
  `s3://${resources.bucket}/${key}`;

/** Prefixes of the data bucket, for what the steps leave. */
export const RESPONSE_REPORT = 'results/response/report.html';
export const INCIDENT_LOGS = 'results/incident/';
/** Where the commands keep files of theirs, below the project's folder. */
export const SCRATCH_FOLDER = 'work/monitoring';
