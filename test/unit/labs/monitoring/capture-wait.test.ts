/** Waiting for the capture of what was asked: AWS keeps it minutes late, and does not promise all of it. */
import { inferenceId, HELD_OUT } from '../../../../labs/monitoring/traffic/flights';
import type { LabResources } from '../../../../labs/monitoring/resources';
import { waitForCapture } from '../../../../labs/monitoring/traffic/send';
import type { LabRun } from '../../../../lib/course/run';

const place = { bucket: 'data', endpoint: 'watched' } as LabResources;
const STAMP = 'ab12cd34';

const line = (row: number): string =>
  JSON.stringify({
    captureData: { endpointInput: { data: '1', encoding: 'CSV' }, endpointOutput: { data: '0.2', encoding: 'CSV' } },
    eventMetadata: { inferenceId: inferenceId(HELD_OUT, row, STAMP), inferenceTime: '2026-11-24T03:00:00Z' },
  });

/** A bucket in which so many requests lie at each look; the last number stays. A minute passes between two looks. */
function runOf(...kept: number[]) {
  let minutes = 0;
  const there = (): number => kept[Math.min(minutes, kept.length - 1)]!;
  const s3 = {
    send: async ({ constructor: { name } }: object) => {
      if (name === 'ListObjectsV2Command') return { Contents: [{ Key: 'a.jsonl', Size: 1, ETag: String(there()) }] };
      const text = Array.from({ length: there() }, (_one, row) => line(row)).join('\n');
      return { Body: { transformToByteArray: async () => Buffer.from(text) } };
    },
  };
  const run = {
    lab: 'monitoring',
    learner: 'me',
    target: 'aws',
    clients: { s3, pollMs: 1 },
    clock: { now: () => new Date(Date.UTC(2026, 10, 24) + 60_000 * minutes), sleep: async () => void (minutes += 1) },
    progress: () => undefined,
  } as unknown as LabRun;
  return { run, minutes: () => minutes };
}

test('it ends as soon as all is there', async () => {
  const { run, minutes } = runOf(0, 0, 400, 1000);
  await waitForCapture(run, place, STAMP, 1000, 'traffic');
  expect(minutes()).toBe(3);
});

test('some that never come are done without, once no more came for five minutes', async () => {
  const { run, minutes } = runOf(0, 400, 998);
  await waitForCapture(run, place, STAMP, 1000, 'traffic');
  expect(minutes()).toBe(7);
});

test('too few prove nothing, however long no more come', async () => {
  const { run } = runOf(0, 400);
  await expect(waitForCapture(run, place, STAMP, 1000, 'traffic')).rejects.toThrow('400 of 1,000 requests are in S3');
});
