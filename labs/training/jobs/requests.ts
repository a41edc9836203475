/** What each step asks SageMaker for: built in one place for the step itself and for the commands that `--explain` prints. */
import type {
  CreateHyperParameterTuningJobRequest,
  CreateProcessingJobRequest,
  CreateTrainingJobRequest,
  ProcessingInput,
} from '@aws-sdk/client-sagemaker';
import { sagemakerTags } from '../../../lib/aws/sagemaker';
import { tagsOf } from '../../../lib/course/names';
import type { LabRun } from '../../../lib/course/run';
import { JOB_VOLUME_GB } from '../../../lib/facts/images';
import type { CodeVersion } from './code';
import {
  DATA,
  EVALUATION,
  MODELS,
  PROCESSING_INSTANCE,
  s3Uri,
  TRAINING_INSTANCE,
  type LabResources,
} from '../resources';
import { parameterRanges, type SearchSpace } from '../answers/search-space';

/** Of the first model: shallow and quick, so that tuning has something to find. */
export const BASELINE_PARAMETERS = { max_depth: '4', eta: '0.3' } as const;
/** Of every model. */
export const FIXED_PARAMETERS = { num_round: '60', early_stopping_rounds: '10', seed: '2013' } as const;

export const TUNING_LIMITS = { trainings: 6, parallel: 2 } as const;
/** The same space gives the same search. */
const SEED = 2013;

const MINUTE = 60;
const INPUT = '/opt/ml/processing/input';
const OUTPUT = '/opt/ml/processing/output';

const tags = (run: LabRun) => sagemakerTags(tagsOf(run.lab, run.learner));

/** Script mode's own hyperparameters. Values are JSON, as the SageMaker SDK writes them. */
function scriptMode(run: LabRun, resources: LabResources, code: CodeVersion): Record<string, string> {
  return {
    sagemaker_program: JSON.stringify('train.py'),
    sagemaker_submit_directory: JSON.stringify(s3Uri(resources, code.archive)),
    sagemaker_region: JSON.stringify(run.region),
    sagemaker_container_log_level: '20',
  };
}

/** What a training job and the trainings of a tuning job have in common. No metric definitions: the image has its own. */
function training(run: LabRun, resources: LabResources) {
  const channel = (name: string) => ({
    ChannelName: name,
    ContentType: 'text/csv',
    DataSource: {
      S3DataSource: {
        S3DataType: 'S3Prefix' as const,
        S3Uri: s3Uri(resources, `${DATA}${name}/`),
        S3DataDistributionType: 'FullyReplicated' as const,
      },
    },
  });
  return {
    AlgorithmSpecification: { TrainingImage: resources.image, TrainingInputMode: 'File' as const },
    RoleArn: resources.role,
    InputDataConfig: [channel('train'), channel('validation')],
    OutputDataConfig: { S3OutputPath: s3Uri(resources, MODELS) },
    ResourceConfig: { InstanceType: TRAINING_INSTANCE, InstanceCount: 1, VolumeSizeInGB: JOB_VOLUME_GB } as const,
    StoppingCondition: {
      MaxRuntimeInSeconds: 15 * MINUTE,
      ...(resources.spot && { MaxWaitTimeInSeconds: 45 * MINUTE }),
    },
    ...(resources.spot && { EnableManagedSpotTraining: true }),
  };
}

export function trainingRequest(
  run: LabRun,
  resources: LabResources,
  code: CodeVersion,
  name: string,
): CreateTrainingJobRequest {
  return {
    TrainingJobName: name,
    ...training(run, resources),
    HyperParameters: { ...scriptMode(run, resources, code), ...FIXED_PARAMETERS, ...BASELINE_PARAMETERS },
    Tags: tags(run),
  };
}

export function tuningRequest(
  run: LabRun,
  resources: LabResources,
  code: CodeVersion,
  name: string,
  space: SearchSpace,
): CreateHyperParameterTuningJobRequest {
  return {
    HyperParameterTuningJobName: name,
    HyperParameterTuningJobConfig: {
      Strategy: 'Bayesian',
      HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'validation:auc' },
      ResourceLimits: {
        MaxNumberOfTrainingJobs: TUNING_LIMITS.trainings,
        MaxParallelTrainingJobs: TUNING_LIMITS.parallel,
      },
      ParameterRanges: parameterRanges(space),
      TrainingJobEarlyStoppingType: 'Auto',
      RandomSeed: SEED,
    },
    TrainingJobDefinition: {
      ...training(run, resources),
      StaticHyperParameters: { ...scriptMode(run, resources, code), ...FIXED_PARAMETERS },
    },
    Tags: tags(run),
  };
}

function input(resources: LabResources, name: string, key: string, folder: string): ProcessingInput {
  return {
    InputName: name,
    S3Input: {
      S3Uri: key.startsWith('s3://') ? key : s3Uri(resources, key),
      LocalPath: `${INPUT}/${folder}`,
      S3DataType: 'S3Prefix',
      S3InputMode: 'File',
    },
  };
}

function processing(
  run: LabRun,
  resources: LabResources,
  name: string,
  inputs: ProcessingInput[],
  words: string[],
  into: string,
): CreateProcessingJobRequest {
  const [script = '', ...rest] = words;
  return {
    ProcessingJobName: name,
    RoleArn: resources.role,
    AppSpecification: {
      ImageUri: resources.image,
      ContainerEntrypoint: ['python3', `${INPUT}/code/${script}`],
      ContainerArguments: rest,
    },
    ProcessingResources: {
      ClusterConfig: { InstanceType: PROCESSING_INSTANCE, InstanceCount: 1, VolumeSizeInGB: JOB_VOLUME_GB },
    },
    StoppingCondition: { MaxRuntimeInSeconds: 30 * MINUTE },
    ProcessingInputs: inputs,
    ProcessingOutputConfig: {
      Outputs: [
        {
          OutputName: 'output',
          S3Output: { S3Uri: s3Uri(resources, into), LocalPath: OUTPUT, S3UploadMode: 'EndOfJob' },
        },
      ],
    },
    Tags: tags(run),
  };
}

/** Training, or a random search, inside a Processing job. The results lie where a training job would put them. */
export function scriptProcessingRequest(
  run: LabRun,
  resources: LabResources,
  code: CodeVersion,
  name: string,
  what: 'train' | 'tune',
  spaceKey?: string,
): CreateProcessingJobRequest {
  const inputs = [
    input(resources, 'code', code.files, 'code'),
    input(resources, 'train', `${DATA}train/`, 'train'),
    input(resources, 'validation', `${DATA}validation/`, 'validation'),
    ...(spaceKey === undefined ? [] : [input(resources, 'space', spaceKey, 'space')]),
  ];
  const search = [
    '--space',
    `${INPUT}/space/space.json`,
    '--trials',
    String(TUNING_LIMITS.trainings),
    '--seed',
    `${SEED}`,
  ];
  const hyperparameters = Object.entries({ ...FIXED_PARAMETERS, ...(what === 'train' ? BASELINE_PARAMETERS : {}) });
  const words = [
    'run.py',
    what,
    ...(what === 'tune' ? search : []),
    ...['--train', `${INPUT}/train`, '--validation', `${INPUT}/validation`, '--output', OUTPUT, '--'],
    ...hyperparameters.flatMap(([key, value]) => [`--${key}`, value]),
  ];
  return processing(run, resources, name, inputs, words, `${MODELS}${name}/output/`);
}

/** The evaluation of two models. @param models S3 URIs of model.tar.gz, by name */
export function evaluationRequest(
  run: LabRun,
  resources: LabResources,
  code: CodeVersion,
  name: string,
  models: Readonly<Record<'baseline' | 'candidate', string>>,
): CreateProcessingJobRequest {
  const folders = ['train', 'test', 'months'] as const;
  const inputs = [
    input(resources, 'code', code.files, 'code'),
    ...folders.map((folder) => input(resources, folder, `${DATA}${folder}/`, folder)),
    ...Object.entries(models).map(([model, uri]) => input(resources, model, uri, `models/${model}`)),
  ];
  const words = ['evaluate.py', '--models', `${INPUT}/models`];
  for (const folder of folders) words.push(`--${folder}`, `${INPUT}/${folder}`);
  return processing(run, resources, name, inputs, [...words, '--output', OUTPUT], `${EVALUATION}${name}/`);
}
