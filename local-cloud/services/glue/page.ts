/** Pages of a list, with a token that says where the next one begins. */
import { ServiceError } from '../service';

/**
 * One page.
 *
 * @throws ServiceError InvalidInputException for a token that this did not give out, or a size below 1
 */
export function page<T>(all: readonly T[], size: number, token?: string): { items: T[]; NextToken?: string } {
  if (!Number.isInteger(size) || size < 1) {
    throw new ServiceError('InvalidInputException', `MaxResults must be at least 1, not ${size}.`);
  }
  const place = token === undefined || token === '' ? '0' : Buffer.from(token, 'base64url').toString();
  if (!/^\d{1,9}$/.test(place)) throw new ServiceError('InvalidInputException', 'The NextToken is not valid.');
  const start = Number(place);
  const next = start + size;
  return {
    items: all.slice(start, next),
    ...(next < all.length && { NextToken: Buffer.from(String(next)).toString('base64url') }),
  };
}
