import { isClosedService } from './errors';

/** @throws the error, unless it says that the service is closed to the account */
function emptyIfClosed(error: unknown): { readonly items?: undefined; readonly next?: undefined } {
  if (isClosedService(error)) return {};
  throw error;
}

/** Everything of a list that a service gives page by page. One that is closed to the account holds nothing of it. */
export async function everyPage<T>(
  ask: (token: string | undefined) => Promise<{ readonly items?: readonly T[]; readonly next?: string }>,
  most = Number.POSITIVE_INFINITY,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items = [], next } = await ask(token).catch(emptyIfClosed);
    all.push(...items);
    token = next || undefined;
  } while (token !== undefined && all.length < most);
  return all;
}
