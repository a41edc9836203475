/** Requests for more: they wait, as AWS answers in hours or days. */
import { randomBytes } from 'node:crypto';
import type * as serviceQuotas from '@aws-sdk/client-service-quotas';
import type { CallContext } from '../service';
import { ServiceError } from '../service';
import { illegalArgument, type Quotas } from './quotas';

export class Requests {
  private readonly made: serviceQuotas.RequestedServiceQuotaChange[] = [];

  constructor(private readonly quotas: Quotas) {}

  readonly increase = async (
    { ServiceCode, QuotaCode, DesiredValue }: serviceQuotas.RequestServiceQuotaIncreaseRequest,
    context: CallContext,
  ): Promise<serviceQuotas.RequestServiceQuotaIncreaseResponse> => {
    const quota = this.quotas.shown(this.quotas.find(ServiceCode, QuotaCode), context);
    if (typeof DesiredValue !== 'number' || !(DesiredValue > quota.Value!)) {
      throw illegalArgument(`You must provide a quota value greater than the current quota value: ${quota.Value}`);
    }
    const open = this.of(ServiceCode!, QuotaCode!).some(({ Status }) => Status === 'PENDING');
    if (open) {
      throw new ServiceError(
        'ResourceAlreadyExistsException',
        'Only one open service quota increase request is allowed per quota.',
      );
    }
    const now = new Date();
    const request: serviceQuotas.RequestedServiceQuotaChange = {
      Id: randomBytes(16).toString('hex'),
      ServiceCode,
      ServiceName: quota.ServiceName,
      QuotaCode,
      QuotaName: quota.QuotaName,
      QuotaArn: quota.QuotaArn,
      DesiredValue,
      Status: 'PENDING',
      Created: now,
      LastUpdated: now,
      Requester: JSON.stringify({ accountId: context.account, callerArn: context.caller.arn }),
      GlobalQuota: false,
      Unit: 'None',
      QuotaRequestedAtLevel: 'ACCOUNT',
    };
    this.made.push(request);
    return { RequestedQuota: request };
  };

  readonly history = async (
    { ServiceCode, QuotaCode, Status }: serviceQuotas.ListRequestedServiceQuotaChangeHistoryByQuotaRequest,
    _context: CallContext,
  ): Promise<serviceQuotas.ListRequestedServiceQuotaChangeHistoryByQuotaResponse> => {
    this.quotas.find(ServiceCode, QuotaCode);
    const found = this.of(ServiceCode!, QuotaCode!);
    return { RequestedQuotas: Status === undefined ? found : found.filter((one) => one.Status === Status) };
  };

  private of(service: string, code: string): serviceQuotas.RequestedServiceQuotaChange[] {
    return this.made.filter((one) => one.ServiceCode === service && one.QuotaCode === code);
  }
}
