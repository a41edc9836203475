/** What CreateTrainingJob refuses before anything starts. */
import type { CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../service';
import { invalid, lacks, refuseMembers } from './errors';
import { isXgboost } from './images';
import { checkTrainingQuota } from './instances';
import { checkDefinitions } from './metrics';
import { required, s3Uri } from './names';
import { assumeForSageMaker } from './role';
import { keysUnder, noObjects } from './storage';

/** Members that would change what a job does, and that the local cloud does not honour. */
const LACKING = [
  'ServerlessJobConfig',
  'MlflowConfig',
  'ModelPackageConfig',
  'SessionChainingConfig',
  'TensorBoardOutputConfig',
];
const LACKING_RULES = ['DebugRuleConfigurations', 'ProfilerRuleConfigurations'] as const;

/** SageMaker's own words, as its users quote them. */
const OWN_METRICS =
  "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry the request without specifying metric definitions.";

type Algorithm = NonNullable<CreateTrainingJobRequest['AlgorithmSpecification']>;

function checkAlgorithm(given: Algorithm | undefined, operation: string): void {
  const algorithm = required(given, 'algorithmSpecification');
  refuseMembers(operation, algorithm, ['AlgorithmName', 'TrainingImageConfig']);
  const { ContainerEntrypoint = [], ContainerArguments = [] } = algorithm;
  if (ContainerArguments.length > 0 && ContainerEntrypoint.length === 0)
    throw lacks(`ContainerArguments of ${operation} without ContainerEntrypoint`);
  required(algorithm.TrainingImage, 'algorithmSpecification.trainingImage');
  if (algorithm.TrainingInputMode === 'Pipe') throw lacks('the input mode Pipe');
  const definitions = algorithm.MetricDefinitions ?? [];
  if (definitions.length > 0 && isXgboost(algorithm.TrainingImage)) throw invalid(OWN_METRICS);
  checkDefinitions(definitions);
}

/** The parts that a training job and the definition in a tuning job share. */
export function checkTraining(input: Omit<CreateTrainingJobRequest, 'TrainingJobName'>, operation: string): void {
  checkAlgorithm(input.AlgorithmSpecification, operation);
  checkResources(input, operation);
  checkStopping(input);
  const output = input.OutputDataConfig!;
  s3Uri(output.S3OutputPath, 'outputDataConfig.s3OutputPath');
  if (output.CompressionType === 'NONE') throw lacks('uncompressed output (OutputDataConfig.CompressionType NONE)');
  checkChannels(input, operation);
}

function checkResources(input: Omit<CreateTrainingJobRequest, 'TrainingJobName'>, operation: string): void {
  const resources = required(input.ResourceConfig, 'resourceConfig');
  refuseMembers(operation, resources, ['InstanceGroups', 'TrainingPlanArn', 'KeepAlivePeriodInSeconds']);
  required(resources.InstanceType, 'resourceConfig.instanceType');
  if (required(resources.InstanceCount, 'resourceConfig.instanceCount') !== 1)
    throw lacks('training on more than one instance, or on none');
}

function checkStopping(input: Omit<CreateTrainingJobRequest, 'TrainingJobName'>): void {
  const { MaxRuntimeInSeconds: most, MaxWaitTimeInSeconds: wait } = input.StoppingCondition ?? {};
  if (input.EnableManagedSpotTraining && !(wait !== undefined && wait >= (most ?? DEFAULT_RUNTIME))) {
    throw invalid(
      'Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds',
    );
  }
  if (!input.EnableManagedSpotTraining && wait !== undefined) {
    throw invalid('MaxWaitTimeInSeconds above 0 is not allowed unless EnableManagedSpotTraining is True');
  }
}

/** One day, where a request sets no limit: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html */
export const DEFAULT_RUNTIME = 86_400;

function checkChannels(input: Omit<CreateTrainingJobRequest, 'TrainingJobName'>, operation: string): void {
  const seen = new Set<string>();
  for (const [index, channel] of (input.InputDataConfig ?? []).entries()) {
    const name = channel.ChannelName!;
    if (/^\.+$/.test(name)) throw invalid(`The channel name ${name} would leave the folder of the input data.`);
    if (seen.has(name)) throw invalid(`Duplicate channel name ${name} in InputDataConfig.`);
    seen.add(name);
    refuseMembers(operation, channel, ['ShuffleConfig']);
    if (channel.InputMode === 'Pipe') throw lacks('the input mode Pipe');
    if (channel.CompressionType === 'Gzip') throw lacks('channels with CompressionType Gzip');
    if (channel.RecordWrapperType === 'RecordIO') throw lacks('channels with RecordWrapperType RecordIO');
    const source = channel.DataSource!;
    if (!source.S3DataSource) throw lacks('channels that are not in S3');
    if (source.S3DataSource.S3DataType !== 'S3Prefix')
      throw lacks(`channels with S3DataType ${source.S3DataSource.S3DataType}`);
    s3Uri(source.S3DataSource.S3Uri, `inputDataConfig.${index + 1}.member.dataSource.s3DataSource.s3Uri`);
  }
}

/**
 * Checks a whole request, the role and the presence of the data included.
 *
 * @throws ServiceError as CreateTrainingJob answers it
 */
export async function checkTrainingRequest(cloud: Cloud, input: CreateTrainingJobRequest): Promise<void> {
  refuseMembers('CreateTrainingJob', input, LACKING);
  for (const rules of LACKING_RULES) {
    if ((input[rules] ?? []).length > 0) throw lacks(`${rules} of CreateTrainingJob`);
  }
  if (input.RemoteDebugConfig?.EnableRemoteDebug) throw lacks('RemoteDebugConfig of CreateTrainingJob');
  checkTraining(input, 'CreateTrainingJob');
  const { InstanceType, InstanceCount } = input.ResourceConfig!;
  checkTrainingQuota(cloud, InstanceType!, InstanceCount!, input.EnableManagedSpotTraining ?? false);
  await checkData(cloud, input);
}

/** SageMaker assumes the role, and lists each channel with it. */
export async function checkData(
  cloud: Cloud,
  input: Pick<CreateTrainingJobRequest, 'RoleArn' | 'InputDataConfig'>,
): Promise<void> {
  const role = await assumeForSageMaker(cloud, input.RoleArn!, 'SageMaker');
  for (const { DataSource } of input.InputDataConfig ?? []) {
    const uri = DataSource!.S3DataSource!.S3Uri!;
    const { bucket, key } = s3Uri(uri, 's3Uri');
    const found = await keysUnder(role, bucket, key, 1).catch(() => []);
    if (found.length === 0) throw invalid(noObjects(uri, cloud.region, input.RoleArn!));
  }
}
