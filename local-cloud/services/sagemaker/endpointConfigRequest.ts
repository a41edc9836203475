/** What CreateEndpointConfig refuses. */
import type {
  CreateEndpointConfigInput,
  DataCaptureConfig,
  ProductionVariant,
  ProductionVariantServerlessConfig,
} from '@aws-sdk/client-sagemaker';
import { invalid, lacks, refuseMembers } from './errors';
import { required, s3Uri } from './names';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html */
const MEMORY_STEP = 1024;

/** @throws ServiceError ValidationException */
export function checkEndpointConfig(input: CreateEndpointConfigInput): void {
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
  const variants = input.ProductionVariants!;
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
  required(variant.ModelName, `${at}.modelName`);
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
  if (variant.ServerlessConfig) {
    checkServerless(variant, variant.ServerlessConfig);
    return;
  }
  if (variant.InstanceType === undefined || variant.InitialInstanceCount === undefined) {
    throw invalid(
      `Variant "${variant.VariantName}" must have either a ServerlessConfig or both InstanceType and InitialInstanceCount.`,
    );
  }
}

function checkServerless(variant: ProductionVariant, config: ProductionVariantServerlessConfig): void {
  if (variant.InstanceType !== undefined || variant.InitialInstanceCount !== undefined) {
    throw invalid(
      `Variant "${variant.VariantName}": InstanceType and InitialInstanceCount cannot be specified with ServerlessConfig.`,
    );
  }
  refuseMembers('ServerlessConfig', config, ['ProvisionedConcurrency']);
  const memory = config.MemorySizeInMB!;
  if (memory % MEMORY_STEP !== 0) {
    throw invalid(
      `MemorySizeInMB of variant "${variant.VariantName}" must be 1024, 2048, 3072, 4096, 5120 or 6144, not ${memory}.`,
    );
  }
}

function checkCapture(capture: DataCaptureConfig): void {
  refuseMembers('DataCaptureConfig', capture, ['KmsKeyId']);
  s3Uri(capture.DestinationS3Uri, 'dataCaptureConfig.destinationS3Uri');
}
