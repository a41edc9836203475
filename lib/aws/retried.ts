/** An error of the SDK, as far as it tells how often a request was sent. */
interface Answered {
  readonly $metadata?: { readonly attempts?: number };
}

/**
 * Whether an error answers a request that the SDK had sent before: the first answer was lost, and AWS may have done what it
 * asked for. "There is one already" is then about what the request itself made.
 */
export function wasRetried(error: unknown): boolean {
  return ((error as Answered | undefined)?.$metadata?.attempts ?? 1) > 1;
}
