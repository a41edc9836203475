/** Service Quotas, the part that the labs use: values of the quotas that they need, and requests for more. */
import type { Cloud, Service } from '../service';
import { Quotas } from './quotas';
import { Requests } from './requests';

export function serviceQuotasService(cloud: Pick<Cloud, 'face'>): Service {
  const quotas = new Quotas(cloud);
  const requests = new Requests(quotas);
  return {
    id: 'servicequotas',
    operations: {
      GetServiceQuota: quotas.get,
      GetAWSDefaultServiceQuota: quotas.getDefault,
      RequestServiceQuotaIncrease: requests.increase,
      ListRequestedServiceQuotaChangeHistoryByQuota: requests.history,
    },
    // Values and requests are the account's, as on AWS: nothing that a lab makes or could remove.
    inventory: () => [],
    stop: async () => undefined,
  };
}
