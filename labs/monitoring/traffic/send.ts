/** Asks the endpoint about flights: one request each, with an id that the capture keeps. */
import { randomUUID } from 'node:crypto';
import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { invokeEndpoint, requestErrorText } from '../../../lib/aws/invoke-endpoint';
import { endpointLogCommand } from '../../../lib/aws/job-log';
import { inParallel } from '../../../lib/aws/s3';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { count, labCommand } from '../../../lib/course/say';
import { capturedRequests, newestReplay, type Replay } from '../capture/captured-requests';
import { MIN_REQUESTS, inferenceId, flightCountLabel, type Flight } from './flights';
import type { LabResources } from '../resources';

/** Requests at a time: an ml.t2.medium has two processors. */
const CALLERS = 4;
/** Capture comes within minutes. */
const MINUTES = 20;
/**
 * Nothing promises that each request is kept: capture stands back where the endpoint is busy. What has not come while
 * nothing else came either for so long will not come.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */
const QUIET_MS = 5 * 60_000;

export const newReplayStamp = (): string => randomUUID().slice(0, 8);

/** Asks about each flight of a batch, some at a time. @throws the first error */
export async function sendFlights(
  runtime: SageMakerRuntimeClient,
  endpoint: string,
  batch: string,
  flights: readonly Flight[],
  stamp: string,
): Promise<void> {
  const send = async ({ row, body }: Flight): Promise<void> => {
    await invokeEndpoint(runtime, endpoint, body, { inferenceId: inferenceId(batch, row, stamp) });
  };
  await inParallel(flights, send, CALLERS);
}

/** Sends a batch, and waits until the capture holds it. @throws LabError when a request is refused, or nothing is kept */
export async function sendBatch(
  run: LabRun,
  resources: LabResources,
  batch: string,
  flights: readonly Flight[],
  step: string,
): Promise<Replay> {
  const stamp = newReplayStamp();
  run.progress(`asking ${resources.endpoint} about ${flightCountLabel(flights.length, batch)}, one a request`);
  try {
    await sendFlights(run.clients.sagemakerRuntime, resources.endpoint, batch, flights, stamp);
  } catch (error) {
    throw new LabError(`The endpoint ${resources.endpoint} did not answer: ${requestErrorText(error)}`, {
      why: 'Each request is a flight as it stands in the data. What the model said is in its log.',
      next: `${endpointLogCommand(resources.endpoint)}; then ${labCommand(run, 'step', step)}`,
      cause: error,
    });
  }
  await waitForCapture(run, resources, stamp, flights.length, step);
  return (await newestReplay(run, resources, batch))!;
}

/** Waits until the capture holds what was asked; enough of it will do, once no more comes. */
export async function waitForCapture(
  run: LabRun,
  resources: LabResources,
  stamp: string,
  most: number,
  step: string,
): Promise<void> {
  let last = { there: 0, since: run.clock.now().getTime() };
  await waitWithProgress(run, {
    what: 'the capture',
    minutes: MINUTES,
    next: `aws s3 ls --recursive s3://${resources.bucket}/capture/; ${labCommand(run, 'check', step)}`,
    ask: async () => {
      const there = (await capturedRequests(run, resources)).filter((one) => one.stamp === stamp).length;
      const now = run.clock.now().getTime();
      if (there !== last.there) last = { there, since: now };
      const enough = there >= most || (there >= MIN_REQUESTS && now - last.since >= QUIET_MS);
      return enough ? there : new InProgress(`${there} of ${count(most, 'request')} are in S3`);
    },
  });
}
