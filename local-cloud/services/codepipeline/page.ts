import { page as pageOf } from '../page';
import { ServiceError } from '../service';

/** @throws ServiceError InvalidNextTokenException */
export function page<T>(
  all: readonly T[],
  size: number | undefined,
  token: string | undefined,
  most = 100,
): { readonly items: T[]; readonly nextToken?: string } {
  const { items, next } = pageOf(
    all,
    size ?? most,
    token,
    () => new ServiceError('InvalidNextTokenException', 'The next token was specified in an invalid format.'),
  );
  return { items, nextToken: next };
}
