/** Where the functions of this lab run, and how they talk to the cloud. */
import type { S3ClientConfig } from '@aws-sdk/client-s3';

/** Set by the local cloud only, whose answers come within milliseconds; Lambda on AWS has none. */
const LOCAL = process.env.AWS_ENDPOINT_URL !== undefined;

/** Time between two tries, in ms. */
export const PAUSE_MS = LOCAL ? 200 : 3000;

/** @param credentials those of a job's artifacts; the function's own when left out */
export function s3Config(credentials?: S3ClientConfig['credentials']): S3ClientConfig {
  return { ...(credentials && { credentials }), ...(LOCAL && { forcePathStyle: true }) };
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
