/** One run of a monitoring schedule: a Processing job over the captured hours, on the analyzer's image. */
import { randomBytes } from 'node:crypto';
import type {
  CreateProcessingJobRequest,
  MonitoringExecutionSummary,
  ProcessingInput,
} from '@aws-sdk/client-sagemaker';
import type { Cloud, MetricDatum, Writable } from '../service';
import type { Endpoints } from './endpoint';
import { JobFailure, reasonOf } from './errors';
import type { DataQualityDefinition } from './monitoringDefinition';
import { hourFolders, type AnalysisWindow } from './monitoringTimes';
import { s3Uri } from './names';
import type { ProcessingJobs } from './processingJob';
import { assumeForSageMaker } from './role';
import { keysUnder } from './storage';

const BASELINE = '/opt/ml/processing/baseline';
/** https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-cloudwatch.html */
const NAMESPACE = 'aws/sagemaker/Endpoints/data-metrics';

export interface ExecutionParts {
  readonly cloud: Cloud;
  readonly endpoints: Endpoints;
  readonly processing: ProcessingJobs;
}

export interface ExecutionOf {
  readonly schedule: string;
  readonly scheduleArn: string;
  readonly definition: DataQualityDefinition;
  readonly scheduled: Date;
  readonly window: AnalysisWindow;
}

export class MonitoringExecution {
  readonly shown: Writable<MonitoringExecutionSummary>;
  readonly done: Promise<void>;

  constructor(
    private readonly parts: ExecutionParts,
    private readonly of: ExecutionOf,
  ) {
    const now = new Date();
    this.shown = {
      MonitoringScheduleName: of.schedule,
      ScheduledTime: of.scheduled,
      CreationTime: now,
      LastModifiedTime: now,
      MonitoringExecutionStatus: 'Pending',
      EndpointName: this.endpoint,
      MonitoringJobDefinitionName: of.definition.JobDefinitionName,
      MonitoringType: 'DataQuality',
    };
    this.done = this.run();
  }

  private get endpoint(): string {
    return this.of.definition.DataQualityJobInput!.EndpointInput!.EndpointName!;
  }

  private set(status: MonitoringExecutionSummary['MonitoringExecutionStatus'], reason?: string): void {
    this.shown.MonitoringExecutionStatus = status;
    this.shown.LastModifiedTime = new Date();
    if (reason !== undefined) this.shown.FailureReason = reason;
  }

  private async run(): Promise<void> {
    try {
      const inputs = await this.inputs();
      const job = await this.parts.processing.startFor(this.request(inputs), this.of.scheduleArn, (lines) =>
        this.publish(lines),
      );
      this.shown.ProcessingJobArn = job.shown.ProcessingJobArn;
      this.set('InProgress');
      await job.done;
      const { ProcessingJobStatus, ExitMessage = '', FailureReason } = job.shown;
      if (ProcessingJobStatus === 'Completed') {
        this.set(ExitMessage.startsWith('CompletedWithViolations') ? 'CompletedWithViolations' : 'Completed');
      } else this.set(ProcessingJobStatus === 'Stopped' ? 'Stopped' : 'Failed', FailureReason ?? ExitMessage);
    } catch (error) {
      this.set('Failed', reasonOf(error));
    }
  }

  /** The hours of capture that have objects, each in its own folder. @throws JobFailure when there are none */
  private async inputs(): Promise<ProcessingInput[]> {
    const { definition, window } = this.of;
    const capture = this.parts.endpoints.get(this.endpoint)?.current.DataCaptureConfig;
    if (!capture) throw new JobFailure(`Endpoint ${this.endpoint} does not exist or has no data capture.`);
    const role = await assumeForSageMaker(this.parts.cloud, definition.RoleArn!, 'SageMaker');
    const { bucket, key } = s3Uri(capture.DestinationS3Uri, 'destinationS3Uri');
    // Joined as it is told: below a destination that ends in a slash, Model Monitor looks into a folder without a name.
    // https://github.com/aws/amazon-sagemaker-examples/issues/1938
    const root = key === '' ? this.endpoint : `${key}/${this.endpoint}`;
    const variants = this.parts.endpoints.get(this.endpoint)!.current.ProductionVariants ?? [];
    const local = definition.DataQualityJobInput!.EndpointInput!.LocalPath!.replace(/\/$/, '');
    const found: ProcessingInput[] = [];
    for (const { VariantName } of variants) {
      for (const hour of hourFolders(window)) {
        const prefix = `${root}/${VariantName}/${hour}`;
        if ((await keysUnder(role, bucket, `${prefix}/`, 1)).length === 0) continue;
        const LocalPath = `${local}/${this.endpoint}/${VariantName}/${hour}`;
        found.push(input(`endpoint_input_${found.length + 1}`, `s3://${bucket}/${prefix}`, LocalPath));
      }
    }
    if (found.length === 0) throw new JobFailure('Job inputs had no data');
    return found;
  }

  private request(inputs: readonly ProcessingInput[]): CreateProcessingJobRequest {
    const { definition, schedule, scheduled, window } = this.of;
    const stamp = scheduled.toISOString().slice(0, 16).replace(/[-T:]/g, '');
    const output = definition.DataQualityJobOutputConfig!.MonitoringOutputs![0]!.S3Output!;
    const hour = scheduled.toISOString().slice(0, 13).replace(/[-T]/g, '/');
    const { ConstraintsResource, StatisticsResource } = definition.DataQualityBaselineConfig ?? {};
    const baselines = [
      ...(ConstraintsResource?.S3Uri ? [['constraints', ConstraintsResource.S3Uri] as const] : []),
      ...(StatisticsResource?.S3Uri ? [['stats', StatisticsResource.S3Uri] as const] : []),
    ];
    const local = definition.DataQualityJobInput!.EndpointInput!.LocalPath!;
    const environment: Record<string, string> = {
      ...definition.DataQualityAppSpecification!.Environment,
      dataset_format: JSON.stringify({
        sagemakerCaptureJson: { captureIndexNames: ['endpointInput', 'endpointOutput'] },
      }),
      dataset_source: local,
      output_path: output.LocalPath!,
      publish_cloudwatch_metrics:
        definition.DataQualityAppSpecification!.Environment?.publish_cloudwatch_metrics ?? 'Enabled',
      sagemaker_endpoint_name: this.endpoint,
      sagemaker_monitoring_schedule_name: schedule,
      start_time: window.start.toISOString(),
      end_time: window.end.toISOString(),
      metric_time: window.start.toISOString(),
      ...(ConstraintsResource?.S3Uri && { baseline_constraints: fileOf('constraints', ConstraintsResource.S3Uri) }),
      ...(StatisticsResource?.S3Uri && { baseline_statistics: fileOf('stats', StatisticsResource.S3Uri) }),
    };
    return {
      ProcessingJobName: `data-quality-monitoring-${stamp}-${randomBytes(12).toString('hex')}`,
      RoleArn: definition.RoleArn,
      AppSpecification: { ImageUri: definition.DataQualityAppSpecification!.ImageUri },
      Environment: environment,
      ProcessingInputs: [
        ...baselines.map(([name, uri]) => input(name === 'stats' ? 'baseline' : name, uri, `${BASELINE}/${name}`)),
        ...inputs,
      ],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'result',
            S3Output: {
              S3Uri: `${output.S3Uri!.replace(/\/$/, '')}/${this.endpoint}/${schedule}/${hour}`,
              LocalPath: output.LocalPath,
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
      ProcessingResources: { ClusterConfig: definition.JobResources!.ClusterConfig },
      StoppingCondition: definition.StoppingCondition,
      NetworkConfig: definition.NetworkConfig,
    };
  }

  /** The container hands its metrics to SageMaker, which publishes them. */
  private async publish(lines: string): Promise<void> {
    const dimensions = { Endpoint: this.endpoint, MonitoringSchedule: this.of.schedule };
    const data = lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line): MetricDatum => {
        const { MetricName, Value, StatisticValues } = JSON.parse(line) as Reported;
        const timestamp = this.of.window.start;
        const values = StatisticValues ? { statistics: StatisticValues } : { value: Value };
        return { namespace: NAMESPACE, name: MetricName, dimensions, timestamp, ...values };
      });
    await this.parts.cloud.metric(data);
  }
}

interface Reported {
  readonly MetricName: string;
  readonly Value?: number;
  readonly StatisticValues?: MetricDatum['statistics'];
}

function input(InputName: string, S3Uri: string, LocalPath: string): ProcessingInput {
  return {
    InputName,
    S3Input: { S3Uri, LocalPath, S3DataType: 'S3Prefix', S3InputMode: 'File', S3CompressionType: 'None' },
  };
}

/** Where a baseline file lies in the container. */
function fileOf(folder: string, uri: string): string {
  return `${BASELINE}/${folder}/${uri.split('/').pop()}`;
}
