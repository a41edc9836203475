/** Everything of a list that a service gives page by page. */
export async function everyPage<T>(
  ask: (token: string | undefined) => Promise<{ readonly items?: readonly T[]; readonly next?: string }>,
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
