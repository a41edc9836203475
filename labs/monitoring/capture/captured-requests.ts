/** What the endpoint captured of this lab's traffic, read from S3 as it lies there. */
import { inParallel, listObjects, readObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import { CAPTURE, VARIANT } from '../names';
import { flightsOf, readId, type Asked, type Flight } from '../traffic/flights';
import type { LabPlace } from '../resources';

/** A request as it was captured. */
export interface Captured extends Asked {
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
  readonly requests: readonly Captured[];
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
const known = new WeakMap<LabRun['clients'], Map<string, readonly Captured[]>>();

/** All captured requests that carry an id of this lab, in the order of their times. */
export async function capturedRequests(run: LabRun, place: LabPlace): Promise<Captured[]> {
  const files = known.get(run.clients) ?? new Map<string, readonly Captured[]>();
  known.set(run.clients, files);
  const objects = await listObjects(run, place.bucket, `${CAPTURE}${place.endpoint}/${VARIANT}/`);
  const name = ({ key, etag }: { key: string; etag: string }): string => `${place.bucket}/${key} ${etag}`;
  await inParallel(
    objects.filter((object) => !files.has(name(object))),
    async (object) => {
      const text = (await readObject(run, place.bucket, object.key)).toString();
      files.set(name(object), requestsIn(text));
    },
  );
  const seen = new Map<string, Captured>();
  for (const object of objects) for (const one of files.get(name(object)) ?? []) seen.set(one.id, one);
  return [...seen.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** The requests of this lab in a captured file; other lines are left out. */
export const requestsIn = (text: string): Captured[] => text.split('\n').flatMap(lineOf);

function lineOf(line: string): Captured[] {
  let read: Line | null;
  try {
    read = JSON.parse(line) as Line | null;
  } catch {
    return [];
  }
  const id = read?.eventMetadata?.inferenceId ?? '';
  const asked = readId(id);
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
export async function newestReplay(run: LabRun, place: LabPlace, batch: string): Promise<Replay | undefined> {
  return replayIn(await capturedRequests(run, place), batch);
}

/** The newest replay of a batch among requests. @param until only of requests before that time. @default of all */
export function replayIn(requests: readonly Captured[], batch: string, until?: string): Replay | undefined {
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
export function trueFlights({ batch, requests }: Replay): { readonly flight: Flight; readonly score: number }[] {
  const flights = flightsOf(batch);
  return requests.flatMap(({ row, body, score }) => {
    const flight = flights[row];
    return flight?.body === body ? [{ flight, score }] : [];
  });
}
