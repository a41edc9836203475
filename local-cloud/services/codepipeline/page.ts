/** Pages of lists. */
import { ServiceError } from '../service';
import { invalid } from './errors';

/** @throws ServiceError InvalidNextTokenException */
export function page<T>(
  all: readonly T[],
  maxResults: number | undefined,
  token: string | undefined,
  most = 100,
): { readonly items: T[]; readonly nextToken?: string } {
  const size = maxResults ?? most;
  if (!Number.isInteger(size) || size < 1 || size > most) {
    throw invalid(
      `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and ${most}`,
    );
  }
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) {
    throw new ServiceError('InvalidNextTokenException', 'The next token was specified in an invalid format.');
  }
  const next = start + size;
  return {
    items: all.slice(start, next),
    ...(next < all.length && { nextToken: Buffer.from(String(next)).toString('base64url') }),
  };
}
