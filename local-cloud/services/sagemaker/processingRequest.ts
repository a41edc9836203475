/** What CreateProcessingJob refuses before anything starts. */
import type { CreateProcessingJobRequest } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../service';
import { invalid, lacks } from './errors';
import { checkProcessingQuota } from './instances';
import { required, s3Uri } from './names';
import { assumeForSageMaker } from './role';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingS3Input.html: LocalPath is below /opt/ml/processing/. */
const LOCAL = /^\/opt\/ml\/processing(\/[^/]+)+\/?$/;

function checkLocalPath(path: string | undefined, member: string): string {
  const value = required(path, member);
  if (!LOCAL.test(value) || value.split('/').some((part) => part === '..' || part === '.')) {
    throw invalid(`LocalPath ${value} of ${member} must be a folder below /opt/ml/processing/.`);
  }
  return value;
}

/** @throws ServiceError as CreateProcessingJob answers it */
export async function checkProcessingRequest(
  cloud: Cloud,
  input: CreateProcessingJobRequest,
  used: number,
): Promise<void> {
  const cluster = required(input.ProcessingResources?.ClusterConfig, 'processingResources.clusterConfig');
  const type = required(cluster.InstanceType, 'processingResources.clusterConfig.instanceType');
  const count = required(cluster.InstanceCount, 'processingResources.clusterConfig.instanceCount');
  if (count > 1) throw lacks('processing on more than one instance');
  checkPaths(input);
  checkProcessingQuota(cloud, type, count, used);
  await assumeForSageMaker(cloud, input.RoleArn!, 'SageMaker');
}

function checkPaths(input: CreateProcessingJobRequest): void {
  const names = new Set<string>();
  const folders = new Set<string>();
  const once = (set: Set<string>, value: string, what: string): void => {
    if (set.has(value)) throw invalid(`${what} ${value} is used more than once.`);
    set.add(value);
  };
  for (const one of input.ProcessingInputs ?? []) {
    once(names, one.InputName!, 'InputName');
    if (!one.S3Input) throw lacks('processing inputs that are not in S3');
    if (one.S3Input.S3DataType !== 'S3Prefix')
      throw lacks(`processing inputs with S3DataType ${one.S3Input.S3DataType}`);
    if (one.S3Input.S3InputMode === 'Pipe') throw lacks('the input mode Pipe');
    if (one.S3Input.S3CompressionType === 'Gzip') throw lacks('processing inputs with S3CompressionType Gzip');
    s3Uri(one.S3Input.S3Uri, 'processingInputs.s3Input.s3Uri');
    once(folders, checkLocalPath(one.S3Input.LocalPath, one.InputName!), 'LocalPath');
  }
  for (const one of input.ProcessingOutputConfig?.Outputs ?? []) {
    once(names, one.OutputName!, 'OutputName');
    if (!one.S3Output) throw lacks('processing outputs that are not in S3');
    if (one.S3Output.S3UploadMode !== 'EndOfJob')
      throw lacks(`processing outputs with S3UploadMode ${one.S3Output.S3UploadMode}`);
    s3Uri(one.S3Output.S3Uri, 'processingOutputConfig.outputs.s3Output.s3Uri');
    once(folders, checkLocalPath(one.S3Output.LocalPath, one.OutputName!), 'LocalPath');
  }
}
