/** What a retraining asks SageMaker for: a training job, or the same script in a Processing job. */
import type { CreateProcessingJobRequest, CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import { sagemakerTags } from '../../../../lib/aws/sagemaker';
import { tagsOf } from '../../../../lib/course/names';
import { JOB_VOLUME_GB } from '../../../../lib/facts/images';
import { MODELS, MONITOR_INSTANCE, TRAINING_INSTANCE } from '../../names';
import type { ResponderSettings } from './services';

/** As the model that the project ships was trained. */
const HYPERPARAMETERS = {
  max_depth: '6',
  eta: '0.15',
  num_round: '150',
  early_stopping_rounds: '10',
  seed: '2013',
} as const;

const INPUT = '/opt/ml/processing/input';
const OUTPUT = '/opt/ml/processing/output';
const MOST_SECONDS = 30 * 60;

export interface Retraining {
  readonly name: string;
  /** Prefixes of the data bucket. */
  readonly train: string;
  readonly validation: string;
  /** Keys of the code: an archive, and the prefix of the same files. */
  readonly archive: string;
  readonly files: string;
}

/** Where both sorts of job leave their model. */
export const artifactOf = (name: string): string => `${MODELS}${name}/output/model.tar.gz`;

const tags = ({ learner }: ResponderSettings) => sagemakerTags(tagsOf('monitoring', learner));

export function trainingRequest(settings: ResponderSettings, job: Retraining): CreateTrainingJobRequest {
  const uri = (key: string): string => `s3://${settings.bucket}/${key}`;
  const channel = (ChannelName: 'train' | 'validation') => ({
    ChannelName,
    ContentType: 'text/csv',
    DataSource: {
      S3DataSource: {
        S3DataType: 'S3Prefix' as const,
        S3Uri: uri(job[ChannelName]),
        S3DataDistributionType: 'FullyReplicated' as const,
      },
    },
  });
  return {
    TrainingJobName: job.name,
    AlgorithmSpecification: { TrainingImage: settings.image, TrainingInputMode: 'File' },
    RoleArn: settings.retrainRole,
    // Script mode's own are JSON, as the SageMaker SDK writes them.
    HyperParameters: {
      sagemaker_program: JSON.stringify('train.py'),
      sagemaker_submit_directory: JSON.stringify(uri(job.archive)),
      sagemaker_region: JSON.stringify(settings.region),
      sagemaker_container_log_level: '20',
      ...HYPERPARAMETERS,
    },
    InputDataConfig: [channel('train'), channel('validation')],
    OutputDataConfig: { S3OutputPath: uri(MODELS) },
    ResourceConfig: { InstanceType: TRAINING_INSTANCE, InstanceCount: 1, VolumeSizeInGB: JOB_VOLUME_GB },
    StoppingCondition: { MaxRuntimeInSeconds: MOST_SECONDS },
    Tags: tags(settings),
  };
}

export function processingRequest(settings: ResponderSettings, job: Retraining): CreateProcessingJobRequest {
  const uri = (key: string): string => `s3://${settings.bucket}/${key}`;
  const input = (InputName: string, key: string) => ({
    InputName,
    S3Input: {
      S3Uri: uri(key),
      LocalPath: `${INPUT}/${InputName}`,
      S3DataType: 'S3Prefix' as const,
      S3InputMode: 'File' as const,
    },
  });
  return {
    ProcessingJobName: job.name,
    RoleArn: settings.retrainRole,
    AppSpecification: {
      ImageUri: settings.image,
      ContainerEntrypoint: ['python3', `${INPUT}/code/run.py`],
      ContainerArguments: [
        'train',
        ...['--train', `${INPUT}/train`, '--validation', `${INPUT}/validation`, '--output', OUTPUT, '--'],
        ...Object.entries(HYPERPARAMETERS).flatMap(([key, value]) => [`--${key}`, value]),
      ],
    },
    ProcessingInputs: [input('code', job.files), input('train', job.train), input('validation', job.validation)],
    ProcessingOutputConfig: {
      Outputs: [
        {
          OutputName: 'output',
          S3Output: {
            S3Uri: uri(`${MODELS}${job.name}/output`),
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
    Tags: tags(settings),
  };
}
