/**
 * How often a request is tried before it counts as refused. A new account's limits are low, and one request limit holds
 * for all that runs in it: at a third of the requests throttled, the SDK's own three attempts lose one in 27.
 */
export const MAX_ATTEMPTS = 10;

/**
 * The same for stock SDKs of both languages, by their environment.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export const RETRIES = { AWS_MAX_ATTEMPTS: String(MAX_ATTEMPTS), AWS_RETRY_MODE: 'standard' } as const;
