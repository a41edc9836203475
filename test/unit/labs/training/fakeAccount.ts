/** An account as the checks of lab 2 see it: objects in the lab's bucket, jobs, and versions in its group. */
import { Readable } from 'node:stream';
import type { LabRun } from '../../../../lib/course/run';
import { imageUri } from '../../../../lib/facts/images';

export const ROLE = 'arn:aws:iam::123456789012:role/train';
export const IMAGE = imageUri('xgboost', 'us-east-1');

type Thing = Record<string, unknown>;
const ARN = 'arn:aws:sagemaker:us-east-1:123456789012:model-package/group/';

export class FakeAccount {
  readonly objects = new Map<string, Buffer>();
  /** Each newest first. */
  trainings: Thing[] = [];
  tunings: Thing[] = [];
  processings: Thing[] = [];
  versions: Thing[] = [];
  modes: Record<string, string> = { compute: 'training', spot: 'off' };

  put(key: string, content: string | Buffer): void {
    this.objects.set(key, Buffer.from(content));
  }

  /** A completed training; of a tuning job when that is named. */
  training(name: string, auc: number, more: Thing & { tuning?: string } = {}): void {
    const { tuning, ...rest } = more;
    const channel = (ChannelName: string): Thing => ({
      ChannelName,
      DataSource: { S3DataSource: { S3Uri: `s3://bucket/data/${ChannelName}/` } },
    });
    this.trainings.unshift({
      TrainingJobName: name,
      TrainingJobArn: `arn:${name}`,
      TrainingJobStatus: 'Completed',
      RoleArn: ROLE,
      CreationTime: new Date(Date.UTC(2026, 10, 1, 11, this.trainings.length)),
      InputDataConfig: [channel('train'), channel('validation')],
      ModelArtifacts: { S3ModelArtifacts: `s3://bucket/models/${name}/output/model.tar.gz` },
      FinalMetricDataList: [
        { MetricName: 'validation:auc', Value: auc },
        { MetricName: 'train:auc', Value: auc + 0.05 },
      ],
      ...(tuning && { TuningJobArn: `arn:tuning/${tuning}` }),
      ...rest,
    });
  }

  /** A completed Bayesian search as asked. */
  tuning(name: string, more: Thing = {}): void {
    this.tunings.unshift({
      HyperParameterTuningJobName: name,
      HyperParameterTuningJobStatus: 'Completed',
      CreationTime: new Date('2026-11-01T12:00:00Z'),
      TrainingJobDefinition: { RoleArn: ROLE },
      TrainingJobStatusCounters: { Completed: 6, Stopped: 0 },
      HyperParameterTuningJobConfig: {
        Strategy: 'Bayesian',
        HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'validation:auc' },
        ResourceLimits: { MaxNumberOfTrainingJobs: 6, MaxParallelTrainingJobs: 2 },
        TrainingJobEarlyStoppingType: 'Auto',
      },
      ...more,
    });
  }

  /** A completed evaluation of models by their jobs' names. */
  evaluation(name: string, jobs: Readonly<Record<string, string>>, more: Thing = {}): void {
    this.processings.unshift({
      ProcessingJobName: name,
      ProcessingJobStatus: 'Completed',
      RoleArn: ROLE,
      CreationTime: new Date('2026-11-01T13:00:00Z'),
      ProcessingInputs: Object.entries(jobs).map(([InputName, job]) => ({
        InputName,
        S3Input: { S3Uri: `s3://bucket/models/${job}/output/model.tar.gz` },
      })),
      ProcessingOutputConfig: { Outputs: [{ S3Output: { S3Uri: `s3://bucket/evaluation/${name}/` } }] },
      ...more,
    });
  }

  /** A version of a job's model, complete, with its quality report. */
  version(
    number: number,
    {
      job = `job-${number}`,
      auc = 0.75,
      calibrationError = 0.01,
      status = 'PendingManualApproval',
      ...more
    }: Thing & {
      job?: string;
      auc?: number;
      calibrationError?: number;
      status?: string;
    } = {},
  ): Thing {
    const key = `evaluation/eval/quality/${number}.json`;
    this.put(
      key,
      JSON.stringify({ binary_classification_metrics: { auc: { value: auc } }, mla_labs: { calibrationError } }),
    );
    const version: Thing = {
      ModelPackageArn: `${ARN}${number}`,
      ModelPackageVersion: number,
      ModelApprovalStatus: status,
      InferenceSpecification: {
        Containers: [
          {
            Image: IMAGE,
            ModelDataUrl: `s3://bucket/models/${job}/output/model.tar.gz`,
            Environment: { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' },
          },
        ],
      },
      CustomerMetadataProperties: { job, codeSha256: 'c', dataVersion: 'd', evaluation: 'eval' },
      ModelMetrics: { ModelQuality: { Statistics: { S3Uri: `s3://bucket/${key}` } } },
      ...more,
    };
    this.versions.unshift(version);
    return version;
  }

  protected answer(operation: string, input: Record<string, string>): unknown {
    const named = (things: readonly Thing[], key: string): unknown => things.find((one) => one[key] === input[key]);
    switch (operation) {
      case 'ListTrainingJobs':
        return { TrainingJobSummaries: this.trainings };
      case 'DescribeTrainingJob':
        return named(this.trainings, 'TrainingJobName');
      case 'ListProcessingJobs':
        return { ProcessingJobSummaries: this.processings };
      case 'DescribeProcessingJob':
        return named(this.processings, 'ProcessingJobName');
      case 'ListHyperParameterTuningJobs':
        return { HyperParameterTuningJobSummaries: this.tunings };
      case 'DescribeHyperParameterTuningJob':
        return named(this.tunings, 'HyperParameterTuningJobName');
      case 'ListTrainingJobsForHyperParameterTuningJob':
        return { TrainingJobSummaries: this.trainings.filter(({ TuningJobArn }) => TuningJobArn) };
      case 'ListModelPackages':
        return { ModelPackageSummaryList: this.versions };
      case 'DescribeModelPackage':
        return this.versions.find(({ ModelPackageArn }) => ModelPackageArn === input.ModelPackageName);
      case 'ListObjectsV2':
        return {
          Contents: [...this.objects]
            .filter(([key]) => key.startsWith(input.Prefix ?? ''))
            .map(([Key, { length: Size }]) => ({
              Key,
              Size,
              ETag: '"e"',
              LastModified: new Date('2026-11-01T10:00:00Z'),
            })),
        };
      case 'GetObject': {
        const body = this.objects.get(input.Key!);
        if (!body) throw Object.assign(new Error(`no ${input.Key}`), { name: 'NoSuchKey' });
        return { Body: Object.assign(Readable.from([body]), { transformToByteArray: async () => body }) };
      }
      default:
        throw new Error(`The fake account lacks ${operation}.`);
    }
  }

  get run(): LabRun {
    const send = async (command: { readonly input: Record<string, string> }): Promise<unknown> =>
      this.answer(command.constructor.name.replace(/Command$/, ''), command.input);
    return {
      lab: 'training',
      learner: 'me',
      target: 'local',
      account: '123456789012',
      region: 'us-east-1',
      stackName: 'MlaLabs-Training',
      outputs: { DataBucket: 'bucket', TrainRole: ROLE, ModelPackageGroup: 'group' },
      modes: this.modes,
      clients: { s3: { send }, sagemaker: { send }, cloudformation: { send }, pollMs: 0 },
      progress: () => undefined,
    } as unknown as LabRun;
  }
}
