/**
 * Quotas that this account has: enough for the labs, and with a face those of a fresh account.
 *
 * Codes and names as AWS's API lists them: https://github.com/gruntwork-io/terraform-aws-utilities
 * (modules/request-quota-increase/variables.tf).
 */
import type { Cloud } from '../service';

export interface QuotaDefinition {
  readonly service: string;
  readonly serviceName: string;
  readonly code: string;
  readonly name: string;
  /** AWS's default, which new accounts begin with. */
  readonly initial: number;
  /** What this account has, unless a face says otherwise. */
  readonly applied: number;
  /** Faces under which the account has another value. @default - none */
  readonly faces?: readonly (readonly [name: string, value: number])[];
}

const SAGEMAKER = { service: 'sagemaker', serviceName: 'Amazon SageMaker' } as const;
const NO_TRAINING = [['training-quota-0', 0]] as const;
const ENDPOINTS = [
  ['endpoint-quota-0', 0],
  ['endpoint-quota-4', 4],
] as const;

export const QUOTA_DEFINITIONS: readonly QuotaDefinition[] = [
  {
    ...SAGEMAKER,
    code: 'L-611FA074',
    name: 'ml.m5.large for training job usage',
    initial: 0,
    applied: 4,
    faces: NO_TRAINING,
  },
  {
    ...SAGEMAKER,
    code: 'L-29688C85',
    name: 'ml.m5.large for spot training job usage',
    initial: 4,
    applied: 4,
    faces: NO_TRAINING,
  },
  { ...SAGEMAKER, code: 'L-0CE343FE', name: 'ml.t3.medium for processing job usage', initial: 4, applied: 4 },
  { ...SAGEMAKER, code: 'L-DABA7ED5', name: 'ml.t3.xlarge for processing job usage', initial: 2, applied: 2 },
  {
    ...SAGEMAKER,
    code: 'L-8541302D',
    name: 'ml.m5.large for processing job usage',
    initial: 0,
    applied: 4,
    faces: NO_TRAINING,
  },
  {
    ...SAGEMAKER,
    code: 'L-29C181D7',
    name: 'ml.t2.medium for endpoint usage',
    initial: 2,
    applied: 2,
    faces: ENDPOINTS,
  },
  {
    ...SAGEMAKER,
    code: 'L-96300102',
    name: 'Maximum total concurrency that can be allocated across all serverless endpoints',
    initial: 10,
    applied: 10,
  },
  {
    // A held account has this too: only StartBuild tells that it is held.
    service: 'codebuild',
    serviceName: 'AWS CodeBuild',
    code: 'L-9D07B6EF',
    name: 'Concurrently running builds for Linux/Small environment',
    initial: 1,
    applied: 10,
  },
  {
    service: 'lambda',
    serviceName: 'AWS Lambda',
    code: 'L-B99A9384',
    name: 'Concurrent executions',
    initial: 10,
    applied: 10,
  },
];

/** What the account may use at once. */
export function appliedValue(cloud: Pick<Cloud, 'face'>, quota: QuotaDefinition): number {
  return quota.faces?.find(([name]) => cloud.face(name))?.[1] ?? quota.applied;
}
