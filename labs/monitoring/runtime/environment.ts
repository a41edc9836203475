/** Where the functions of this lab run, and how they talk to the cloud. */
import type { S3ClientConfig } from '@aws-sdk/client-s3';

/** Set by the local cloud only, whose answers come within milliseconds; Lambda on AWS has none. */
const LOCAL = process.env.AWS_ENDPOINT_URL !== undefined;

/** Time between two looks, in ms. */
export const PAUSE_MS = LOCAL ? 200 : 5000;

export const s3Config = (): S3ClientConfig => (LOCAL ? { forcePathStyle: true } : {});

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The Region that the function runs in. */
export const regionHere = (): string => process.env.AWS_REGION ?? '';

/** What Lambda tells of a run. */
export interface LambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}
