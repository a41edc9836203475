/** Pages of a list, with a token that says where the next one begins. */

/** One page; `next` is the token of the next one, where there is one. @throws the error for a token that this did not give out */
export function page<T>(
  all: readonly T[],
  size: number,
  token: string | undefined,
  invalidToken: () => Error,
): { readonly items: T[]; readonly next?: string } {
  const start = token ? Buffer.from(token, 'base64url').toString() : '0';
  if (!/^\d{1,9}$/.test(start)) throw invalidToken();
  const next = Number(start) + size;
  return {
    items: all.slice(Number(start), next),
    ...(next < all.length && { next: Buffer.from(String(next)).toString('base64url') }),
  };
}
