/** How pages ask the server of `./lab open`. */
import type { Problem } from '../../api';

/**
 * @param body a file as it is, all else as JSON
 * @returns the answer; undefined where it is an empty one
 * @throws Problem
 */
export async function ask<T>(path: string, body?: unknown, method = 'POST'): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(
      path,
      body === undefined ? {} : { method, body: body instanceof Blob ? body : JSON.stringify(body) },
    );
  } catch {
    throw {
      error: 'Nobody answers: ./lab open has ended.',
      next: 'run it again, and open the link that it prints',
    } satisfies Problem;
  }
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
  throw (await answer.json().catch(() => ({ error: `The server answered ${answer.status}.` }))) as Problem;
}

/** What could not be done, why, and what to do. */
export const problemText = ({ error, why, next }: Problem): string =>
  [error, why, next && `Next: ${next}`].filter(Boolean).join(' ');
