/** Asking a SageMaker endpoint, one request at a time. */
import { setTimeout } from 'node:timers/promises';
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';

/** Pauses that a throttled request is given, each longer than the one before by the first. */
const PAUSES = 10;

export interface InvocationOptions {
  /** Is kept with the request by data capture. @default the request has none */
  readonly inferenceId?: string;
  /** The first pause of a throttled request, in ms. @default 1000 */
  readonly pauseMs?: number;
}

/**
 * Sends lines of CSV to an endpoint. Of the thousands of a batch, some are throttled as often as a client tries: such a
 * request begins anew, a little later.
 *
 * @returns the answer, as it came but for space around it
 * @throws the service's error: ModelError where the model refused, ThrottlingException where it is throttled without end
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export async function invokeEndpoint(
  runtime: SageMakerRuntimeClient,
  endpoint: string,
  body: string,
  { inferenceId, pauseMs = 1000 }: InvocationOptions = {},
): Promise<string> {
  const command = new InvokeEndpointCommand({
    EndpointName: endpoint,
    ContentType: 'text/csv',
    Accept: 'text/csv',
    Body: body,
    ...(inferenceId !== undefined && { InferenceId: inferenceId }),
  });
  for (let pause = 1; ; pause += 1) {
    try {
      return Buffer.from((await runtime.send(command)).Body ?? [])
        .toString('utf8')
        .trim();
    } catch (error) {
      if ((error as Error).name !== 'ThrottlingException' || pause > PAUSES) throw error;
      await setTimeout(pause * pauseMs);
    }
  }
}

/** What went wrong with a request, in one line: what the model said, where it said something. */
export function requestErrorText(error: unknown): string {
  const { name, message } = error as Error;
  const original = (error as { OriginalMessage?: string }).OriginalMessage;
  const text = (original ?? message).replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  return `${name}: ${text.trim().slice(0, 200)}`;
}
