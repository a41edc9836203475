/** What the endpoint captured of this lab's traffic, read from S3 as it lies there. */
import { inParallel, listObjects, readObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import { CAPTURE, VARIANT } from '../names';
import { flightsOf, parseInferenceId, type InferenceRequestId, type Flight } from '../traffic/flights';
import type { LabResources } from '../resources';

/** A request as it was captured. */
export interface CapturedRequest extends InferenceRequestId {
  readonly id: string;
  readonly at: Date;
  readonly body: string;
  /** NaN where the answer is no probability. */
  readonly score: number;
}

/** Traffic of one batch, sent in one go. */
export interface Replay {
  readonly batch: string;
  readonly stamp: string;
  readonly requests: readonly CapturedRequest[];
  /** From the first request to before the second after the last: capture tells whole seconds. */
  readonly window: { readonly start: string; readonly end: string };
}

interface Line {
  readonly captureData?: {
    readonly endpointInput?: { readonly data?: string; readonly encoding?: string };
    readonly endpointOutput?: { readonly data?: string; readonly encoding?: string };
  };
  readonly eventMetadata?: { readonly inferenceId?: string; readonly inferenceTime?: string };
}

const isoSecond = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** Content of files that were read before: a captured file never changes. */
const known = new WeakMap<LabRun['clients'], Map<string, readonly CapturedRequest[]>>();

/** All captured requests that carry an id of this lab, in the order of their times. */
export async function capturedRequests(run: LabRun, resources: LabResources): Promise<CapturedRequest[]> {
  const files = known.get(run.clients) ?? new Map<string, readonly CapturedRequest[]>();
  known.set(run.clients, files);
  const objects = await listObjects(run, resources.bucket, `${CAPTURE}${resources.endpoint}/${VARIANT}/`);
  const name = ({ key, etag }: { key: string; etag: string }): string => `${resources.bucket}/${key} ${etag}`;
  await inParallel(
    objects.filter((object) => !files.has(name(object))),
    async (object) => {
      const text = (await readObject(run, resources.bucket, object.key)).toString();
      files.set(name(object), parseCapture(text));
    },
  );
  const seen = new Map<string, CapturedRequest>();
  for (const object of objects) for (const one of files.get(name(object)) ?? []) seen.set(one.id, one);
  return [...seen.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** The requests of this lab in a captured file; other lines are left out. */
export const parseCapture = (text: string): CapturedRequest[] => text.split('\n').flatMap(lineOf);

function lineOf(line: string): CapturedRequest[] {
  let read: Line | null;
  try {
    read = JSON.parse(line) as Line | null;
  } catch {
    return [];
  }
  const id = read?.eventMetadata?.inferenceId ?? '';
  const asked = parseInferenceId(id);
  const at = new Date(read?.eventMetadata?.inferenceTime ?? '');
  if (asked === undefined || Number.isNaN(at.getTime())) return [];
  const { endpointInput: input, endpointOutput: answer } = read?.captureData ?? {};
  const score = textOf(answer).trim();
  return [{ ...asked, id, at, body: textOf(input).trim(), score: score === '' ? NaN : Number(score) }];
}

function textOf(part: { readonly data?: string; readonly encoding?: string } | undefined): string {
  const data = part?.data ?? '';
  return part?.encoding === 'BASE64' ? Buffer.from(data, 'base64').toString('utf8') : data;
}

/** The newest replay of a batch that the capture holds; undefined where there is none. */
export async function newestReplay(run: LabRun, resources: LabResources, batch: string): Promise<Replay | undefined> {
  return replayIn(await capturedRequests(run, resources), batch);
}

/** The newest replay of a batch among requests. @param until only of requests before that time. @default of all */
export function replayIn(requests: readonly CapturedRequest[], batch: string, until?: string): Replay | undefined {
  const all = requests
    .filter((one) => one.batch === batch && (until === undefined || one.at < new Date(until)))
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const stamp = all.at(-1)?.stamp;
  if (stamp === undefined) return undefined;
  const sent = all.filter((one) => one.stamp === stamp);
  const [first, last] = [sent[0]!.at.getTime(), sent.at(-1)!.at.getTime()];
  return { batch, stamp, requests: sent, window: { start: isoSecond(first), end: isoSecond(last + 1000) } };
}

/** The flights that a replay asked about; those whose request was not the flight of its id are left out. */
export function flightsWithScores({ batch, requests }: Replay): { readonly flight: Flight; readonly score: number }[] {
  const flights = flightsOf(batch);
  return requests.flatMap(({ row, body, score }) => {
    const flight = flights[row];
    return flight?.body === body ? [{ flight, score }] : [];
  });
}
