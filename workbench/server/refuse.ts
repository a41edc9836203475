import { HTTPException } from 'hono/http-exception';

/** Ends a request with why it is refused. */
export function refuse(status: 400 | 401 | 403 | 404 | 409 | 413, message: string): never {
  throw new HTTPException(status, { message });
}
