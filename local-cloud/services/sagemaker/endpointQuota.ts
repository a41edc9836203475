/**
 * Endpoint quotas of a fresh account. Every instance counts that exists at the moment: a blue/green update needs the
 * old fleet's and the new one's.
 */
import type { ProductionVariant } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../service';
import { ServiceError } from '../service';

/** Seen in new accounts; of a type that is not named none may be started. */
const FRESH: Readonly<Record<string, number>> = { 'ml.t2.medium': 2, 'ml.m6g.large': 2 };
const SERVERLESS_CONCURRENCY = 10;
const SERVERLESS_MEMORY = 3072;
/** Faces `endpoint-quota-<n>` set the quota of ml.t2.medium. */
const RAISED = [0, 1, 2, 3, 4, 8];

/** How many instances of a type an account may have behind endpoints. */
export function endpointQuota(cloud: Cloud, type: string): number {
  const raised = type === 'ml.t2.medium' && RAISED.find((count) => cloud.face(`endpoint-quota-${count}`));
  return typeof raised === 'number' ? raised : (FRESH[type] ?? 0);
}

function exceeded(limit: string, unit: string, most: number, used: number, wanted: number): ServiceError {
  return new ServiceError(
    'ResourceLimitExceeded',
    `The account-level service limit '${limit}' is ${most} ${unit}, with current utilization of ${used} ${unit} and a ` +
      `request delta of ${wanted} ${unit}. Please use AWS Service Quotas to request an increase for this quota. If AWS ` +
      'Service Quotas is not available, contact AWS support to request an increase for this quota.',
  );
}

/** Instances by type, and the concurrency of serverless variants under `serverless`. */
export function quotaUsage(variants: readonly ProductionVariant[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { InstanceType, InitialInstanceCount = 0, ServerlessConfig } of variants) {
    const key = InstanceType ?? 'serverless';
    const count = ServerlessConfig ? ServerlessConfig.MaxConcurrency! : InitialInstanceCount;
    found.set(key, (found.get(key) ?? 0) + count);
  }
  return found;
}

/**
 * @param used what all endpoints of the account have of a key of `demand`
 * @throws ServiceError ResourceLimitExceeded
 */
export function checkEndpointQuota(
  cloud: Cloud,
  variants: readonly ProductionVariant[],
  used: (key: string) => number,
): void {
  const memory = Math.max(0, ...variants.map(({ ServerlessConfig }) => ServerlessConfig?.MemorySizeInMB ?? 0));
  if (memory > SERVERLESS_MEMORY) {
    throw exceeded('Memory size in MB per serverless endpoint', 'Megabytes', SERVERLESS_MEMORY, 0, memory);
  }
  for (const [key, wanted] of quotaUsage(variants)) {
    const has = used(key);
    if (key === 'serverless') {
      const limit = 'Maximum total concurrency that can be allocated across all serverless endpoints';
      if (has + wanted > SERVERLESS_CONCURRENCY) throw exceeded(limit, 'None', SERVERLESS_CONCURRENCY, has, wanted);
    } else {
      const most = endpointQuota(cloud, key);
      if (has + wanted > most) throw exceeded(`${key} for endpoint usage`, 'Instances', most, has, wanted);
    }
  }
}
