/** How the functions talk to the cloud. */
import { INSTALLS_BELOW_TMP } from '../../../lib/flights/script-mode';
import type { S3ClientConfig } from '@aws-sdk/client-s3';

/** Set by the local cloud only, whose answers come within milliseconds; Lambda on AWS has none. */
const LOCAL = process.env.AWS_ENDPOINT_URL !== undefined;

/** Time between two looks, in ms. */
export const PAUSE_MS = LOCAL ? 200 : 5000;

export const s3Config = (): S3ClientConfig => (LOCAL ? { forcePathStyle: true } : {});

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the container needs to answer with code/inference.py, instead of in algorithm mode. */
export const servingEnvironment = (): Record<string, string> => ({
  SAGEMAKER_PROGRAM: 'inference.py',
  SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
  SAGEMAKER_CONTAINER_LOG_LEVEL: '20',
  ...INSTALLS_BELOW_TMP,
  SAGEMAKER_REGION: process.env.AWS_REGION ?? '',
});

/** What every version can do. */
export const SERVES = {
  SupportedContentTypes: ['text/csv'],
  SupportedResponseMIMETypes: ['text/csv', 'application/json'],
  SupportedRealtimeInferenceInstanceTypes: ['ml.t2.medium' as const, 'ml.m5.large' as const],
  SupportedTransformInstanceTypes: ['ml.m5.large' as const],
};
