import { StandardRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorInfo, RetryStrategyV2, StandardRetryToken } from '@smithy/types';

/**
 * The SDK's standard retries, counted for each request by itself.
 *
 * The SDK's own strategy has one quota of retries for a client. It protects a service from thousands of clients that
 * insist; one learner who reads three thousand objects while a third of the requests is throttled uses it up, and the
 * request that comes then is not tried again at all. Here a request has its attempts whatever became of others before it.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export class RetriesByRequest implements RetryStrategyV2 {
  readonly mode = 'standard';
  private readonly strategies = new WeakMap<StandardRetryToken, StandardRetryStrategy>();

  /** @param attempts how often a request is tried in all */
  constructor(private readonly attempts: number) {}

  async acquireInitialRetryToken(scope: string): Promise<StandardRetryToken> {
    return this.kept(new StandardRetryStrategy(this.attempts), (strategy) => strategy.acquireInitialRetryToken(scope));
  }

  async refreshRetryTokenForRetry(token: StandardRetryToken, error: RetryErrorInfo): Promise<StandardRetryToken> {
    return this.kept(this.strategies.get(token)!, (strategy) => strategy.refreshRetryTokenForRetry(token, error));
  }

  recordSuccess(): void {
    // Nothing is shared that a success could fill up again.
  }

  private async kept(
    strategy: StandardRetryStrategy,
    next: (strategy: StandardRetryStrategy) => Promise<StandardRetryToken>,
  ): Promise<StandardRetryToken> {
    const token = await next(strategy);
    this.strategies.set(token, strategy);
    return token;
  }
}
