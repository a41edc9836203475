/** The exercise on the log, where Logs Insights does not have all of its lines yet. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { LabRun } from '../../../../lib/course/run';
import { investigate } from '../../../../labs/monitoring/steps/investigate';

const workDir = mkdtempSync(join(tmpdir(), 'mla-labs-test-'));
const FOLDER = resolve(__dirname, '../../../../labs/monitoring');
cpSync(join(FOLDER, 'solutions/query.txt'), join(workDir, 'query.txt'));
afterAll(() => rmSync(workDir, { recursive: true }));

const FAILED = new Date('2026-11-24T03:10:00Z');
const LINE = '169.254.178.2 - - [24/Nov/2026:03:10:00 +0000] "POST /invocations HTTP/1.1" 500 290 "-" "AHC/2.0"';

/** Three requests failed; Logs Insights finds some of their lines. */
function runAt(minutesLater: number, found: number): LabRun {
  const answers: Readonly<Record<string, () => unknown>> = {
    ListObjectsV2Command: () => ({ Contents: [{ Key: 'results/incident/1.csv', LastModified: FAILED, Size: 1 }] }),
    GetObjectCommand: () => {
      const text = Array(3).fill(`${FAILED.toISOString()},1,ModelError`).join('\n');
      return { Body: { transformToByteArray: async () => Buffer.from(text) } };
    },
    StartQueryCommand: () => ({ queryId: 'q' }),
    GetQueryResultsCommand: () => {
      const row = [
        { field: 'bin(1m)', value: '2026-11-24 03:10:00.000' },
        { field: 'failed', value: String(found) },
      ];
      return { status: 'Complete', results: found > 0 ? [row] : [] };
    },
    FilterLogEventsCommand: () => ({ events: Array(3).fill({ message: LINE }) }),
  };
  const send = async ({ constructor }: { constructor: { name: string } }): Promise<unknown> =>
    answers[constructor.name]!();
  const clock = { now: () => new Date(FAILED.getTime() + minutesLater * 60_000), sleep: async () => undefined };
  const outputs = new Proxy({}, { get: (_, name) => `the-${String(name).toLowerCase()}` });
  const rest = { lab: 'monitoring', learner: 'me', target: 'aws', region: 'us-east-1', modes: {}, workDir };
  return {
    ...rest,
    outputs,
    clock,
    clients: { s3: { send }, logs: { send }, pollMs: 1 },
    progress: () => undefined,
  } as never;
}

test('a count that is right counts', async () => {
  expect(await investigate.check(runAt(2, 3))).toMatchObject({ done: true });
});

test.each([0, 2])('%i of three, minutes after the incident: the lines may not be found yet', async (found) => {
  const { done, saw } = await investigate.check(runAt(2, found));
  expect(done).toBe(false);
  expect(saw).toMatch(/may not have all of its lines yet/);
});

test.each([
  [0, 60],
  [2, 60],
  [4, 2],
])('%i of three, %i minutes later, is the query’s fault', async (found, minutes) => {
  const { done, saw } = await investigate.check(runAt(minutes, found));
  expect(done).toBe(false);
  expect(saw).not.toMatch(/yet/);
});
