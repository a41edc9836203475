/** A SageMaker endpoint as the smoke test asks it. */
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { ReleaseError } from '../pipeline-action/release-error';

/** One request. Errors are those of the SDK. */
export type InvokeEndpoint = (body: string, contentType?: string) => Promise<string>;

export interface EndpointAnswer {
  readonly body: string;
  readonly ms: number;
  readonly tries: number;
  /** The request was refused: by the model (its own status) or by SageMaker. @default - it was answered */
  readonly refused?: { readonly status: number; readonly reason: string };
}

export interface RetryOptions {
  readonly deadline: number;
  readonly maxAttempts: number;
  /** Whether a refusal is an answer. @default false: it is tried again */
  readonly refusals?: boolean;
  pause(): Promise<void>;
}

/** Errors that say that the request itself is wrong: by the model's code, or before it was asked. */
const REFUSALS = new Set(['ModelError', 'ValidationError']);
/** Errors that no second try mends. */
const FINAL = new Set(['AccessDeniedException', 'ValidationError']);

export function endpointInvoker(EndpointName: string): InvokeEndpoint {
  // Tries again by itself where the network or a throttle failed; a cold start is for the retries of its caller.
  const client = new SageMakerRuntimeClient({ maxAttempts: 3 });
  return async (body, ContentType = 'text/csv') => {
    const answer = await client.send(
      new InvokeEndpointCommand({ EndpointName, ContentType, Accept: 'text/csv', Body: Buffer.from(body) }),
    );
    return Buffer.from(answer.Body ?? []).toString('utf8');
  };
}

/** Asks until there is an answer. @throws ReleaseError when there is none in time, with the last error */
export async function invokeWithRetries(
  ask: () => Promise<string>,
  { deadline, maxAttempts, refusals = false, pause }: RetryOptions,
): Promise<EndpointAnswer> {
  for (let tries = 1; ; tries += 1) {
    const began = performance.now();
    try {
      const body = await ask();
      return { body, ms: performance.now() - began, tries };
    } catch (error) {
      const { name, message, OriginalStatusCode, OriginalMessage, $metadata } = error as Error & {
        OriginalStatusCode?: number;
        OriginalMessage?: string;
        $metadata?: { httpStatusCode?: number };
      };
      const reason = plain(OriginalMessage || message);
      if (refusals && REFUSALS.has(name)) {
        const status = OriginalStatusCode ?? $metadata?.httpStatusCode ?? 400;
        return { body: '', ms: performance.now() - began, tries, refused: { status, reason } };
      }
      if (FINAL.has(name) || tries >= maxAttempts || Date.now() >= deadline) {
        throw new ReleaseError(
          `Staging does not answer, after ${tries} ${tries === 1 ? 'try' : 'tries'}: ${name}: ${reason}`,
        );
      }
      await pause();
    }
  }
}

/** The text of an error page, short: the container's web server answers in HTML. */
function plain(text: string): string {
  return text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 400);
}
