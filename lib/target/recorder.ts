import type { Client } from '@smithy/types';

/** One request to AWS, as its caller saw it. */
export interface RecordedRequest {
  /** Service id as the SDK names it, for example `Glue`. */
  readonly service: string;
  readonly operation: string;
  /** Who signed it: an ARN where known, otherwise the access key id. */
  readonly principal: string;
  readonly startedAt: string;
  /** `ok`, or the error's code. */
  readonly outcome: string;
}

/** What the SDK says of a request. */
interface Context {
  readonly commandName?: string;
  readonly clientName?: string;
}

const serviceOf = ({ clientName = 'unknown' }: Context): string => clientName.replace(/Client$/, '');
const operationOf = ({ commandName = 'unknown' }: Context): string => commandName.replace(/Command$/, '');
const requestOf = (context: Context): string => `${serviceOf(context)} ${operationOf(context)}`;

/** Records every request of the clients that it watches. */
export class RequestRecorder {
  readonly requests: RecordedRequest[] = [];
  /** ARN of the caller, once known. */
  principal = 'unknown';

  /** Asks, and records what came of it. */
  async record<T>(service: string, operation: string, ask: () => Promise<T>): Promise<T> {
    const startedAt = new Date().toISOString();
    const entry = (outcome: string): void => {
      this.requests.push({ service, operation, principal: this.principal, startedAt, outcome });
    };
    try {
      const answer = await ask();
      entry('ok');
      return answer;
    } catch (error) {
      entry((error as Error).name);
      throw error;
    }
  }

  // The SDK's middleware types differ per client; only the names read here matter.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  watch(client: Client<any, any, any> & { middlewareStack: any; config: any }): void {
    client.middlewareStack.add(
      // eslint-disable-next-line @typescript-eslint/no-explicit-any
      (next: (args: any) => Promise<any>, context: Context) => async (args: unknown) => {
        try {
          return await this.record(serviceOf(context), operationOf(context), () => next(args));
        } catch (error) {
          // Some refusals have no words: what was asked is known here.
          if (error instanceof Error) Object.assign(error, { request: requestOf(context) });
          throw error;
        }
      },
      { step: 'initialize', name: 'mlaLabsRecorder', priority: 'low' },
    );
  }
}
