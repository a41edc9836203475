import { page as pageOf } from '../page';
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
  const { items, next } = pageOf(
    all,
    size,
    token,
    () => new ServiceError('InvalidInputException', 'The NextToken is not valid.'),
  );
  return { items, NextToken: next };
}
