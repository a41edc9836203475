/** From any error to what a learner reads. */
import { Exit, LabError } from '../course/errors';
import { again, CATALOGUE, firstLine, type Message, type Seen, type Situation } from './catalogue';

/** The message for any error. */
export function messageOf(error: unknown, at: Situation): Message {
  if (error instanceof LabError) return { what: error.message, why: error.why, next: error.next, exit: error.exit };
  const seen = seenIn(error);
  const entry = CATALOGUE.find(({ on }) => on(seen));
  if (entry) return { exit: Exit.Failed, ...entry.tell(seen, at) };
  return {
    what: `${seen.names[0] ?? 'Error'}: ${firstLine(seen.message)}`,
    why: 'This failure is not known to us.',
    next: `${again(at)} --verbose shows where it happened`,
    exit: Exit.Failed,
  };
}

/** Whether there are words for an error: the catalogue's, or those of whoever threw it. */
export function isKnown(error: unknown): boolean {
  if (error instanceof LabError) return true;
  const seen = seenIn(error);
  return CATALOGUE.some(({ on }) => on(seen));
}

/** What the catalogue looks at. */
export function seenIn(error: unknown): Seen {
  const names: string[] = [];
  const messages: string[] = [];
  let reason: string | undefined;
  let type: string | undefined;
  let request: string | undefined;
  let at: unknown = error;
  for (let depth = 0; depth < 6 && typeof at === 'object' && at !== null; depth += 1) {
    const one = at as {
      name?: unknown;
      code?: unknown;
      Code?: unknown;
      message?: unknown;
      reason?: unknown;
      type?: unknown;
      request?: unknown;
      cause?: unknown;
      errors?: unknown;
    };
    for (const name of [one.name, one.code, one.Code]) if (typeof name === 'string') names.push(name);
    if (typeof one.message === 'string' && one.message !== '') messages.push(one.message);
    if (typeof one.reason === 'string') reason ??= one.reason;
    if (typeof one.type === 'string') type ??= one.type;
    if (typeof one.request === 'string') request ??= one.request;
    // Node's happy-eyeballs connection gathers its failures in `errors`, with an empty message of its own.
    at = one.cause ?? (Array.isArray(one.errors) ? one.errors[0] : undefined);
  }
  // The toolkit tells the SDK's error only inside its own message.
  const message = messages.join('\n') || String(error);
  for (const known of message.match(
    /\b(ExpiredToken(?:Exception)?|UnrecognizedClientException|InvalidClientTokenId|AccessDenied(?:Exception)?|OptInRequired|ENOTFOUND|ECONNREFUSED|EAI_AGAIN)\b/g,
  ) ?? [])
    names.push(known);
  return { names, message, reason, type, request };
}
