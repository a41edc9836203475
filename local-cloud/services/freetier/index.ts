/** The Free Tier API, the part that `./lab doctor` asks: the account's plan. */
import type { Cloud, Service } from '../service';

export function freeTierService(cloud: Pick<Cloud, 'face' | 'account'>): Service {
  return {
    id: 'freetier',
    operations: {
      GetAccountPlanState: async () =>
        cloud.face('free-plan')
          ? {
              accountId: cloud.account,
              accountPlanType: 'FREE',
              accountPlanStatus: 'ACTIVE',
              accountPlanRemainingCredits: { amount: 100, unit: 'USD' },
            }
          : { accountId: cloud.account, accountPlanType: 'PAID', accountPlanStatus: 'ACTIVE' },
    },
    inventory: () => [],
    stop: async () => undefined,
  };
}
