/** How models of late departures are trained and served: what labs that hand models on to each other must agree on. */
import type { InferenceSpecification } from '@aws-sdk/client-sagemaker';
import { INSTALLS_BELOW_TMP } from './script-mode';

/** Machines, by what they do. */
export const MACHINES = { training: 'ml.m5.large', processing: 'ml.t3.medium', endpoint: 'ml.t2.medium' } as const;

/** What the container needs to answer with code/inference.py, instead of in algorithm mode. */
export const SERVING = {
  SAGEMAKER_PROGRAM: 'inference.py',
  SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
  SAGEMAKER_CONTAINER_LOG_LEVEL: '20',
  // A machine of one core, and 2 GB of a serverless one: a second worker would only take memory.
  SAGEMAKER_MODEL_SERVER_WORKERS: '1',
  ...INSTALLS_BELOW_TMP,
} as const;

/** What a version says of how it is served. */
export function servedBy(image: string, artifact: string, region: string): InferenceSpecification {
  return {
    Containers: [{ Image: image, ModelDataUrl: artifact, Environment: { ...SERVING, SAGEMAKER_REGION: region } }],
    SupportedContentTypes: ['text/csv'],
    SupportedResponseMIMETypes: ['text/csv', 'application/json'],
    SupportedRealtimeInferenceInstanceTypes: [MACHINES.endpoint, MACHINES.training],
    SupportedTransformInstanceTypes: [MACHINES.training],
  };
}

/**
 * Where an endpoint keeps what it was asked and answered. Without a slash at its end: SageMaker writes to the same keys
 * with one, and Model Monitor then looks below an empty folder for them.
 *
 * @param prefix of the bucket; a slash ends it
 * @see https://github.com/aws/amazon-sagemaker-examples/issues/1938
 */
export function captureUri(bucket: string, prefix: string): string {
  return `s3://${bucket}/${prefix.replace(/\/$/, '')}`;
}
