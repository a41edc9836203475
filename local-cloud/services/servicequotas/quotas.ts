/** Values: applied ones and AWS's defaults. */
import type {
  GetAWSDefaultServiceQuotaRequest,
  GetAWSDefaultServiceQuotaResponse,
  GetServiceQuotaRequest,
  GetServiceQuotaResponse,
  ListServiceQuotasRequest,
  ListServiceQuotasResponse,
  ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import type { CallContext, Cloud } from '../service';
import { ServiceError } from '../service';
import { appliedValue, HELD, type HeldQuota } from './values';

const PAGE = 100;

export function illegal(message: string): ServiceError {
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

  readonly list = async (
    { ServiceCode, QuotaCode, MaxResults = PAGE, NextToken = '0' }: ListServiceQuotasRequest,
    context: CallContext,
  ): Promise<ListServiceQuotasResponse> => {
    const all = this.ofService(ServiceCode).filter(({ code }) => QuotaCode === undefined || code === QuotaCode);
    const start = Number(NextToken);
    if (!Number.isInteger(start) || start < 0 || start > all.length) {
      throw new ServiceError('InvalidPaginationTokenException', 'The pagination token is invalid.');
    }
    if (!Number.isInteger(MaxResults) || MaxResults < 1 || MaxResults > PAGE) {
      throw illegal(`MaxResults must be between 1 and ${PAGE}.`);
    }
    const end = start + MaxResults;
    return {
      Quotas: all.slice(start, end).map((quota) => this.shown(quota, context)),
      ...(end < all.length && { NextToken: String(end) }),
    };
  };

  /** @throws ServiceError for a service or a quota that this cloud does not know */
  find(service: string | undefined, code: string | undefined): HeldQuota {
    if (!code) throw illegal('QuotaCode is required.');
    const quota = this.ofService(service).find((one) => one.code === code);
    if (!quota) throw missing('The request failed because the specified quota does not exist.');
    return quota;
  }

  shown(quota: HeldQuota, { account, region }: CallContext): ServiceQuota {
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

  private ofService(service: string | undefined): readonly HeldQuota[] {
    if (!service) throw illegal('ServiceCode is required.');
    const found = HELD.filter((one) => one.service === service);
    if (found.length === 0) throw missing('The request failed because the specified service does not exist.');
    return found;
  }
}
