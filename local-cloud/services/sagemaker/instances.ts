/** Instance types: their size, and the quotas of a fresh account. */
import { availableParallelism } from 'node:os';
import type { Cloud } from '../service';
import { ServiceError } from '../service';

/** vCPUs by size; https://aws.amazon.com/sagemaker/pricing/ lists the types. */
function vcpus(type: string): number {
  const size = type.split('.').at(-1) ?? '';
  const times = /^(\d*)xlarge$/.exec(size);
  if (times) return 4 * Number(times[1] || 1);
  return 2;
}

/** CPUs that a container gets here: those of the instance, as far as this machine has them, shared by `parallel` jobs. */
export function cpusFor(type: string, parallel = 1): number {
  return Math.max(1, Math.min(vcpus(type), Math.floor(availableParallelism() / parallel)));
}

/** The face of an account that may not train. */
export const TRAINING_QUOTA_0 = 'training-quota-0';

/** Processing quotas seen in new accounts; types that are not named are not limited here. */
const FRESH_PROCESSING: Readonly<Record<string, number>> = {
  'ml.t3.medium': 4,
  'ml.t3.xlarge': 2,
  'ml.m5.large': 0,
  'ml.c5.xlarge': 0,
};

function exceeded(limit: string, most: number, used: number, wanted: number): ServiceError {
  return new ServiceError(
    'ResourceLimitExceeded',
    `The account-level service limit '${limit}' is ${most} Instances, with current utilization of ${used} Instances ` +
      `and a request delta of ${wanted} Instances. Please use AWS Service Quotas to request an increase for this quota. ` +
      'If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.',
  );
}

/** @throws ServiceError ResourceLimitExceeded in an account whose training quotas are 0 */
export function checkTrainingQuota(cloud: Cloud, type: string, instances: number, spot: boolean): void {
  if (!cloud.face(TRAINING_QUOTA_0)) return;
  throw exceeded(`${type} for ${spot ? 'spot ' : ''}training job usage`, 0, 0, instances);
}

/** @throws ServiceError ResourceLimitExceeded in a fresh account */
export function checkProcessingQuota(cloud: Cloud, type: string, instances: number, used: number): void {
  const most = FRESH_PROCESSING[type];
  if (!cloud.face(TRAINING_QUOTA_0) || most === undefined || used + instances <= most) return;
  throw exceeded(`${type} for processing job usage`, most, used, instances);
}
