/** Retries while roles that were made a moment ago are not known everywhere. */

export interface RetryPolicy {
  /** How long a role's permissions may take to reach the services, in ms. */
  readonly ms: number;
  /** Whether a refusal is of the sort that passes. */
  passes(error: Error): boolean;
  now(): number;
  pause(): Promise<void>;
}

/**
 * Asks again while new roles are not known: IAM is eventually consistent, and a refusal would roll the lab back.
 *
 * @throws the error of the last try
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export async function retryWhileDenied<T>(ask: () => Promise<T>, policy: RetryPolicy): Promise<T> {
  const end = policy.now() + policy.ms;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!policy.passes(error as Error) || policy.now() >= end) throw error;
      await policy.pause();
    }
  }
}
