/** How many functions the account may run at once. */
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { requestCommand } from '../aws/quotas';
import { QUOTAS } from '../facts/quotas';
import { reasonOf } from '../aws/reason';
import type { Finding } from './finding';
import { type Place, profileOption } from './place';

/** What some new accounts have; no lab reserves any, so that they deploy there. */
const ENOUGH = QUOTAS.lambdaConcurrency.fresh;

export async function lookAtConcurrency({ target }: Place): Promise<Finding> {
  const about = {
    about: 'quota',
    id: 'lambda-concurrency',
    why: `Deploying, sweeping and the lease are functions, a few at a time. The labs reserve none for themselves, so the ${ENOUGH} of new accounts will do; where fewer are free, calls are throttled and retried, and deployments can fail.`,
  } as const;
  const place = `--region ${target.region}${profileOption(target)}`;
  try {
    const { AccountLimit } = await target.clients.lambda.send(new GetAccountSettingsCommand({}));
    const { ConcurrentExecutions: all, UnreservedConcurrentExecutions: free } = AccountLimit ?? {};
    if (all === undefined || free === undefined)
      return {
        ...about,
        state: 'unknown',
        saw: 'Lambda names no limit for functions that run at once.',
        next: `aws lambda get-account-settings ${place}`,
      };
    const reserved = all > free ? `, of which ${all - free} are reserved by functions of the account` : '';
    const saw = `${all} functions may run at once${reserved}; ${free} are for all others.`;
    if (free >= ENOUGH) return { ...about, state: 'ok', saw };
    return {
      ...about,
      state: 'note',
      saw,
      next:
        all > free
          ? 'take the reservation of a function back that needs none: aws lambda delete-function-concurrency'
          : `${requestCommand({ quota: QUOTAS.lambdaConcurrency, value: 100 }, target.region)}${profileOption(target)}`,
    };
  } catch (error) {
    return {
      ...about,
      state: 'unknown',
      saw: `How many functions may run at once could not be asked (${reasonOf(error)}).`,
      next: `aws lambda get-account-settings ${place}`,
    };
  }
}
