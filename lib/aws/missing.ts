/** Names of errors that say: there is no such thing. */
const MISSING = new Set([
  'EntityNotFoundException',
  'NoSuchKey',
  'NoSuchBucket',
  'NotFound',
  'ResourceNotFoundException',
]);

/** The answer, or undefined where the thing is not there. */
export async function orUndefined<T>(ask: Promise<T>): Promise<T | undefined> {
  try {
    return await ask;
  } catch (error) {
    if (error instanceof Error && MISSING.has(error.name)) return undefined;
    throw error;
  }
}
