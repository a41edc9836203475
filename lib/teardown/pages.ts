import { everyPage, type Page } from '../target/pages';
import { isClosedService } from './errors';

/** @throws the error, unless it says that the service is closed to the account */
function emptyIfClosed(error: unknown): Page<never> {
  if (isClosedService(error)) return {};
  throw error;
}

/** Everything of a list that a service gives page by page. One that is closed to the account holds nothing of it. */
export function listAll<T>(ask: (token: string | undefined) => Promise<Page<T>>, most?: number): Promise<T[]> {
  return everyPage<T>((token) => ask(token).catch(emptyIfClosed), most);
}
