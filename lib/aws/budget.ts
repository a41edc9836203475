/**
 * The one budget of an account: a monthly cost budget that sends e-mails. Budgets belong to the account, not to a Region.
 *
 * It protects nobody: AWS brings a budget up to date some times a day from bills that are hours late themselves, and an
 * e-mail ends nothing. A lab's lease does.
 * @see https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
 */
import {
  CreateBudgetCommand,
  DeleteBudgetCommand,
  DescribeBudgetCommand,
  ListTagsForResourceCommand,
  type CreateBudgetCommandInput,
} from '@aws-sdk/client-budgets';
import type { Target } from '../target/target';
import { isNotFound } from './not-found';
import { partitionOf } from './partition';

export const BUDGET_NAME = 'mla-labs';
/** Marks the budget as made by the labs, whoever's they are. */
const TAG = { Key: 'mla-labs:budget', Value: 'account' } as const;
/** Percent of the limit; what was spent, and what AWS expects by the end of the month. */
const THRESHOLDS = [
  { NotificationType: 'ACTUAL', Threshold: 50 },
  { NotificationType: 'ACTUAL', Threshold: 100 },
  { NotificationType: 'FORECASTED', Threshold: 100 },
] as const;

type Account = Pick<Target, 'account' | 'region' | 'clients'>;

export interface KeptBudget {
  readonly usd: number;
  /** This month, of the whole account, hours late. @default - AWS does not say yet */
  readonly usdSpent?: number;
  /** Whether it carries the labs' tag: a name alone never makes a thing ours. */
  readonly ours: boolean;
}

/** The request that makes it. */
export function budgetRequest(account: string, email: string, usd: number): CreateBudgetCommandInput {
  return {
    AccountId: account,
    Budget: {
      BudgetName: BUDGET_NAME,
      BudgetType: 'COST',
      TimeUnit: 'MONTHLY',
      BudgetLimit: { Amount: String(usd), Unit: 'USD' },
      // Credits would hide what is used: who has some wants to know it as well.
      CostTypes: { IncludeCredit: false, IncludeRefund: false },
    },
    NotificationsWithSubscribers: THRESHOLDS.map((threshold) => ({
      Notification: { ...threshold, ComparisonOperator: 'GREATER_THAN', ThresholdType: 'PERCENTAGE' },
      Subscribers: [{ SubscriptionType: 'EMAIL', Address: email }],
    })),
    ResourceTags: [TAG],
  };
}

export async function makeBudget({ account, clients }: Account, email: string, usd: number): Promise<void> {
  await clients.budgets.send(new CreateBudgetCommand(budgetRequest(account, email, usd)));
}

/** The budget of that name, if there is one. */
export async function readBudget({ account, region, clients }: Account): Promise<KeptBudget | undefined> {
  let found;
  try {
    found = await clients.budgets.send(new DescribeBudgetCommand({ AccountId: account, BudgetName: BUDGET_NAME }));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
  const { ResourceTags = [] } = await clients.budgets.send(
    new ListTagsForResourceCommand({
      ResourceARN: `arn:${partitionOf(region)}:budgets::${account}:budget/${BUDGET_NAME}`,
    }),
  );
  const spent = found.Budget?.CalculatedSpend?.ActualSpend?.Amount;
  return {
    usd: Number(found.Budget?.BudgetLimit?.Amount ?? 0),
    ...(spent !== undefined && { usdSpent: Number(spent) }),
    ours: ResourceTags.some(({ Key, Value }) => Key === TAG.Key && Value === TAG.Value),
  };
}

/** Removes it; whose it is has to be asked before. */
export async function removeBudget({ account, clients }: Account): Promise<void> {
  try {
    await clients.budgets.send(new DeleteBudgetCommand({ AccountId: account, BudgetName: BUDGET_NAME }));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
