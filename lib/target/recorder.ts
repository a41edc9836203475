import type { Client } from '@smithy/types';

/** One request to AWS, as its caller saw it. */
export interface RecordedRequest {
  /** Service id as the SDK names it, for example `Glue`. */
  readonly service: string;
  readonly operation: string;
  /** ARN of whoever signed it; `unknown` until it is set. */
  readonly principal: string;
  readonly startedAt: string;
  /** `ok`, or the error's code. */
  readonly outcome: string;
}

/** One request with its answer, as its caller saw both: whoever keeps it redacts it first. */
export interface Exchange {
  readonly service: string;
  readonly operation: string;
  readonly startedAt: Date;
  /** Retries and their pauses included. */
  readonly seconds: number;
  readonly input: unknown;
  /** Undefined where it failed. */
  readonly output?: unknown;
  readonly error?: unknown;
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
  /** Who is told of each request once its answer is there. */
  readonly listeners = new Set<(exchange: Exchange) => void>();

  /**
   * Asks, and records what came of it.
   *
   * @param input what is asked with
   * @param outputOf the answer's part that listeners are told. @default all of it
   */
  async record<T>(
    service: string,
    operation: string,
    ask: () => Promise<T>,
    input?: unknown,
    outputOf: (answer: T) => unknown = (answer) => answer,
  ): Promise<T> {
    const began = new Date();
    const start = performance.now();
    const entry = (outcome: string, came: Pick<Exchange, 'output' | 'error'>): void => {
      const startedAt = began.toISOString();
      this.requests.push({ service, operation, principal: this.principal, startedAt, outcome });
      const seconds = (performance.now() - start) / 1000;
      for (const tell of this.listeners) tell({ service, operation, startedAt: began, seconds, input, ...came });
    };
    try {
      const answer = await ask();
      entry('ok', { output: outputOf(answer) });
      return answer;
    } catch (error) {
      entry((error as Error).name, { error });
      throw error;
    }
  }

  // The SDK's middleware types differ per client; only the names read here matter.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  watch(client: Client<any, any, any> & { middlewareStack: any; config: any }): void {
    client.middlewareStack.add(
      // eslint-disable-next-line @typescript-eslint/no-explicit-any
      (next: (args: any) => Promise<any>, context: Context) => async (args: { input?: unknown }) => {
        try {
          return await this.record(
            serviceOf(context),
            operationOf(context),
            () => next(args),
            args.input,
            ({ output }: { output?: unknown }) => output,
          );
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
