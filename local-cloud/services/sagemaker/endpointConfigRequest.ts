/** What CreateEndpointConfig refuses. */
import {
  CaptureMode,
  type CreateEndpointConfigInput,
  type DataCaptureConfig,
  type ProductionVariant,
  ProductionVariantInstanceType,
  type ProductionVariantServerlessConfig,
} from '@aws-sdk/client-sagemaker';
import { invalid, lacks, refuseMembers } from './errors';
import { atLeast, atMost, checkName, oneOf, required, s3Uri } from './names';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html */
const MOST_VARIANTS = 10;
const MEMORY_STEP = 1024;
const MOST_MEMORY = 6144;
const MOST_CONCURRENCY = 200;
const TIMEOUTS = [60, 3600] as const;
const MEDIA_TYPE = /^[a-zA-Z0-9](-*[a-zA-Z0-9])*\/[a-zA-Z0-9](-*[a-zA-Z0-9.])*$/;

/** @throws ServiceError ValidationException */
export function checkEndpointConfig(input: CreateEndpointConfigInput): void {
  checkName(input.EndpointConfigName, 'endpointConfigName');
  refuseMembers('CreateEndpointConfig', input, [
    'KmsKeyId',
    'AsyncInferenceConfig',
    'ExplainerConfig',
    'ShadowProductionVariants',
    'ExecutionRoleArn',
    'VpcConfig',
    'MetricsConfig',
  ]);
  if (input.EnableNetworkIsolation) throw lacks('EnableNetworkIsolation of CreateEndpointConfig');
  const variants = required(input.ProductionVariants, 'productionVariants');
  if (variants.length < 1 || variants.length > MOST_VARIANTS) {
    throw invalid(
      `1 validation error detected: Value at 'productionVariants' failed to satisfy constraint: Member must have length between 1 and ${MOST_VARIANTS}`,
    );
  }
  const names = variants.map(({ VariantName }) => VariantName);
  if (new Set(names).size < names.length) throw invalid('Production variant names must be unique within a config.');
  variants.forEach((variant, at) => checkVariant(variant, `productionVariants.${at + 1}.member`));
  if (input.DataCaptureConfig) {
    checkCapture(input.DataCaptureConfig);
    // https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works-exclusions
    if (variants.some(({ ServerlessConfig }) => ServerlessConfig)) {
      throw invalid('DataCaptureConfig is not supported for endpoint configurations with serverless variants.');
    }
  }
}

function checkVariant(variant: ProductionVariant, at: string): void {
  checkName(variant.VariantName, `${at}.variantName`);
  checkName(variant.ModelName, `${at}.modelName`);
  refuseMembers('ProductionVariant', variant, [
    'AcceleratorType',
    'CoreDumpConfig',
    'ManagedInstanceScaling',
    'RoutingConfig',
    'InferenceAmiVersion',
    'CapacityReservationConfig',
    'EnableSSMAccess',
    'InstancePools',
  ]);
  atLeast(variant.InitialVariantWeight, 0, `${at}.initialVariantWeight`);
  if (variant.ServerlessConfig) {
    checkServerless(variant, variant.ServerlessConfig, at);
    return;
  }
  if (variant.InstanceType === undefined || variant.InitialInstanceCount === undefined) {
    throw invalid(
      `Variant "${variant.VariantName}" must have either a ServerlessConfig or both InstanceType and InitialInstanceCount.`,
    );
  }
  oneOf(variant.InstanceType, Object.values(ProductionVariantInstanceType), `${at}.instanceType`);
  atLeast(variant.InitialInstanceCount, 1, `${at}.initialInstanceCount`);
  for (const name of ['ModelDataDownloadTimeoutInSeconds', 'ContainerStartupHealthCheckTimeoutInSeconds'] as const) {
    atLeast(variant[name], TIMEOUTS[0], `${at}.${name}`);
    atMost(variant[name], TIMEOUTS[1], `${at}.${name}`);
  }
}

function checkServerless(variant: ProductionVariant, config: ProductionVariantServerlessConfig, at: string): void {
  if (variant.InstanceType !== undefined || variant.InitialInstanceCount !== undefined) {
    throw invalid(
      `Variant "${variant.VariantName}": InstanceType and InitialInstanceCount cannot be specified with ServerlessConfig.`,
    );
  }
  refuseMembers('ServerlessConfig', config, ['ProvisionedConcurrency']);
  const memory = required(config.MemorySizeInMB, `${at}.serverlessConfig.memorySizeInMB`);
  if (memory < MEMORY_STEP || memory > MOST_MEMORY || memory % MEMORY_STEP !== 0) {
    throw invalid(
      `MemorySizeInMB of variant "${variant.VariantName}" must be 1024, 2048, 3072, 4096, 5120 or 6144, not ${memory}.`,
    );
  }
  const concurrency = required(config.MaxConcurrency, `${at}.serverlessConfig.maxConcurrency`);
  atLeast(concurrency, 1, `${at}.serverlessConfig.maxConcurrency`);
  atMost(concurrency, MOST_CONCURRENCY, `${at}.serverlessConfig.maxConcurrency`);
}

function checkCapture(capture: DataCaptureConfig): void {
  refuseMembers('DataCaptureConfig', capture, ['KmsKeyId']);
  const percentage = required(capture.InitialSamplingPercentage, 'dataCaptureConfig.initialSamplingPercentage');
  atLeast(percentage, 0, 'dataCaptureConfig.initialSamplingPercentage');
  atMost(percentage, 100, 'dataCaptureConfig.initialSamplingPercentage');
  s3Uri(capture.DestinationS3Uri, 'dataCaptureConfig.destinationS3Uri');
  const options = required(capture.CaptureOptions, 'dataCaptureConfig.captureOptions');
  if (options.length < 1 || options.length > 32) {
    throw invalid(
      "1 validation error detected: Value at 'dataCaptureConfig.captureOptions' failed to satisfy constraint: Member must have length between 1 and 32",
    );
  }
  for (const { CaptureMode: mode } of options) {
    oneOf(mode, Object.values(CaptureMode), 'dataCaptureConfig.captureOptions.captureMode');
  }
  const { CsvContentTypes = [], JsonContentTypes = [] } = capture.CaptureContentTypeHeader ?? {};
  for (const type of [...CsvContentTypes, ...JsonContentTypes]) {
    if (!MEDIA_TYPE.test(type)) {
      throw invalid(
        `1 validation error detected: Value '${type}' at 'dataCaptureConfig.captureContentTypeHeader' failed to satisfy constraint: Member must satisfy regular expression pattern: ${MEDIA_TYPE.source}`,
      );
    }
  }
}
