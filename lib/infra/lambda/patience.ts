/** Patience with roles that were made a moment ago. */

export interface Patience {
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
export async function patiently<T>(ask: () => Promise<T>, patience: Patience): Promise<T> {
  const end = patience.now() + patience.ms;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!patience.passes(error as Error) || patience.now() >= end) throw error;
      await patience.pause();
    }
  }
}
