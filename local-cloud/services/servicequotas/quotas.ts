/** Values: applied ones and AWS's defaults. */
import type {
  GetAWSDefaultServiceQuotaRequest,
  GetAWSDefaultServiceQuotaResponse,
  GetServiceQuotaRequest,
  GetServiceQuotaResponse,
  ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import type { CallContext, Cloud } from '../service';
import { ServiceError } from '../service';
import { appliedValue, QUOTA_DEFINITIONS, type QuotaDefinition } from './values';

export function illegalArgument(message: string): ServiceError {
  return new ServiceError('IllegalArgumentException', message);
}

const missing = (message: string): ServiceError => new ServiceError('NoSuchResourceException', message);

export class Quotas {
  constructor(private readonly cloud: Pick<Cloud, 'face'>) {}

  readonly get = async (
    { ServiceCode, QuotaCode }: GetServiceQuotaRequest,
    context: CallContext,
  ): Promise<GetServiceQuotaResponse> => ({ Quota: this.shown(this.find(ServiceCode, QuotaCode), context) });

  readonly getDefault = async (
    { ServiceCode, QuotaCode }: GetAWSDefaultServiceQuotaRequest,
    context: CallContext,
  ): Promise<GetAWSDefaultServiceQuotaResponse> => {
    const quota = this.find(ServiceCode, QuotaCode);
    return { Quota: { ...this.shown(quota, context), Value: quota.initial } };
  };

  /** @throws ServiceError for a service or a quota that this cloud does not know */
  find(service: string | undefined, code: string | undefined): QuotaDefinition {
    if (!code) throw illegalArgument('QuotaCode is required.');
    const quota = this.ofService(service).find((one) => one.code === code);
    if (!quota) throw missing('The request failed because the specified quota does not exist.');
    return quota;
  }

  shown(quota: QuotaDefinition, { account, region }: CallContext): ServiceQuota {
    return {
      ServiceCode: quota.service,
      ServiceName: quota.serviceName,
      QuotaArn: `arn:aws:servicequotas:${region}:${account}:${quota.service}/${quota.code}`,
      QuotaCode: quota.code,
      QuotaName: quota.name,
      Value: appliedValue(this.cloud, quota),
      Unit: 'None',
      Adjustable: true,
      GlobalQuota: false,
      QuotaAppliedAtLevel: 'ACCOUNT',
    };
  }

  private ofService(service: string | undefined): readonly QuotaDefinition[] {
    if (!service) throw illegalArgument('ServiceCode is required.');
    const found = QUOTA_DEFINITIONS.filter((one) => one.service === service);
    if (found.length === 0) throw missing('The request failed because the specified service does not exist.');
    return found;
  }
}
