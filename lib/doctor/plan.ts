/** The account's plan: the free one bars services, and ends. */
import type { AccountPlanState } from '../target/free-tier';
import type { Finding } from './finding';
import { reasonOf } from '../aws/reason';
import { type Place, profileOption } from './place';

const WHY =
  'The free plan bars some services (SubscriptionRequiredException), and when its credits or its six months are over, AWS closes the account with all that is in it.';

/** @param closed services of the labs that refused this account */
export async function lookAtPlan({ target }: Place, closed: Promise<readonly string[]>): Promise<Finding> {
  const about = { about: 'account', id: 'plan', why: WHY } as const;
  const profile = profileOption(target);
  try {
    const plan = await target.clients.freeTier.getAccountPlanState();
    if (plan.accountPlanType === 'PAID') return { ...about, state: 'ok', saw: 'The account is on the paid plan.' };
    const barred = await closed;
    const what =
      barred.length > 0
        ? `Of what the labs need it bars ${barred.join(', ')}.`
        : 'All services of the labs that could be asked answer; to make things in them may still be refused.';
    const saw = `The account is on the plan ${plan.accountPlanType ?? 'that AWS does not name'}${detailsOf(plan)}. ${what}`;
    const next = `aws freetier upgrade-account-plan --account-plan-type PAID --region us-east-1${profile} (or "Upgrade plan" on https://console.aws.amazon.com/billing/home; what credits do not cover is billed from then on)`;
    return barred.length > 0 || plan.accountPlanStatus === 'EXPIRED'
      ? { ...about, state: 'bad', saw, next }
      : { ...about, state: 'note', saw, next };
  } catch (error) {
    const next = `aws freetier get-account-plan-state --region us-east-1${profile}`;
    // The plans came in July 2025.
    if ((error as Error).name === 'ResourceNotFoundException')
      return { ...about, state: 'note', saw: 'AWS knows no plan of this account: older ones have none.', next };
    return { ...about, state: 'unknown', saw: `The account's plan could not be asked (${reasonOf(error)}).`, next };
  }
}

/** ` (ACTIVE, until 2027-01-31, 87.5 USD of credits left)`. */
function detailsOf(plan: AccountPlanState): string {
  const { accountPlanStatus, accountPlanExpirationDate: end, accountPlanRemainingCredits: credits } = plan;
  const parts = [
    accountPlanStatus,
    end && `until ${end.slice(0, 10)}`,
    credits && `${credits.amount} ${credits.unit} of credits left`,
  ].filter(Boolean);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}
