/** A page of a list, and what asks for the next one. */
export interface Page<T> {
  readonly items?: readonly T[];
  /** @default - it is the last one */
  readonly next?: string;
}

/**
 * Everything of a list that a service gives page by page.
 *
 * @param ask asks for a page: for the first one without a token
 * @param most no further page is asked for once there are so many @default - all
 */
export async function everyPage<T>(
  ask: (token: string | undefined) => Promise<Page<T>>,
  most = Number.POSITIVE_INFINITY,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items = [], next } = await ask(token);
    all.push(...items);
    token = next || undefined;
  } while (token !== undefined && all.length < most);
  return all;
}
