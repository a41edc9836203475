/**
 * The capture has one JSON line a request: the features, the answer and the id, which ends with the sending. Truth is
 * joined by the id; AUC is the share of pairs of a late and a punctual flight that the scores put in order.
 */
import { listObjects, putObject, readObject } from '../../../../lib/aws/s3';
import { dataPlan } from '../../../../lib/course/data-plan';
import type { LabRun } from '../../../../lib/course/run';
import { CAPTURE, TRUTH } from '../../names';
import { resourcesOf } from '../../resources';
import { FINDING } from '../worst-origin';

interface Request {
  readonly id: string;
  readonly at: string;
  readonly features: readonly string[];
  readonly score: number;
}

async function lines(run: LabRun, prefix: string): Promise<string[]> {
  const { bucket } = resourcesOf(run);
  const objects = await listObjects(run, bucket, prefix);
  const texts = await Promise.all(
    objects.map(async ({ key }) => (await readObject(run, bucket, key)).toString('utf8')),
  );
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== ''));
}

function requestOf(line: string): Request {
  const { captureData, eventMetadata } = JSON.parse(line) as {
    captureData: Record<'endpointInput' | 'endpointOutput', { data: string }>;
    eventMetadata: { inferenceId?: string; inferenceTime: string };
  };
  return {
    id: eventMetadata.inferenceId ?? '',
    at: eventMetadata.inferenceTime,
    features: captureData.endpointInput.data.trim().split(','),
    score: Number(captureData.endpointOutput.data),
  };
}

function auc(late: readonly number[], punctual: readonly number[]): number {
  let ordered = 0;
  for (const high of late) for (const low of punctual) ordered += high > low ? 1 : high === low ? 0.5 : 0;
  return ordered / (late.length * punctual.length);
}

export async function solve(run: LabRun): Promise<void> {
  const requests = (await lines(run, CAPTURE)).map(requestOf).filter(({ id }) => id.startsWith('2013-07.'));
  requests.sort((a, b) => (a.at < b.at ? -1 : 1));
  const newest = requests.at(-1)!.id.split('.').at(-1)!;
  const sent = new Map(requests.filter(({ id }) => id.endsWith(`.${newest}`)).map((one) => [one.id, one]));
  const late = new Map<string, boolean>();
  for (const line of await lines(run, TRUTH)) {
    const { groundTruthData, eventMetadata } = JSON.parse(line) as {
      groundTruthData: { data: string };
      eventMetadata: { eventId: string };
    };
    late.set(eventMetadata.eventId, groundTruthData.data === '1');
  }
  const columns = dataPlan().features.map(({ name }) => name);
  const origins = Object.fromEntries(
    dataPlan().vocabulary.origin.map((origin) => {
      const column = columns.indexOf(`origin_${origin.toLowerCase()}`);
      const there = [...sent.values()].filter(({ id, features }) => late.has(id) && features[column] === '1');
      const scores = (wanted: boolean): number[] =>
        there.filter(({ id }) => late.get(id) === wanted).map(({ score }) => score);
      return [origin, { flights: there.length, auc: auc(scores(true), scores(false)) }];
    }),
  );
  const [worst] = Object.entries(origins).sort(([, a], [, b]) => a.auc - b.auc)[0]!;
  await putObject(
    run,
    resourcesOf(run).bucket,
    FINDING,
    Buffer.from(JSON.stringify({ origins, worst })),
    'application/json',
  );
}
