/** The cloud's time on a machine whose clock is wrong. */
import { S3Client, ListBucketsCommand } from '@aws-sdk/client-s3';
import { CloudClock } from '../../../lib/target/cloud-clock';

const NOON = Date.UTC(2026, 10, 28, 12);
/** As the cloud writes it: the second that has begun. */
const header = (ms: number): string => new Date(ms).toUTCString();

/** A machine that is `off` ms ahead of the cloud, and a clock that has had some answers. */
function after(off: number, answers: readonly { at: number; took: number }[]): { clock: CloudClock; cloud: number } {
  let cloud = NOON;
  const clock = new CloudClock({ now: () => new Date(cloud + off), sleep: async () => undefined });
  for (const { at, took } of answers) {
    cloud = NOON + at;
    clock.learn(cloud + off, cloud + took + off, header(cloud + took / 2));
    cloud += took;
  }
  return { clock, cloud };
}

const ANSWERS = [
  { at: 100, took: 80 },
  { at: 930, took: 120 },
  { at: 2400, took: 300 },
  { at: 7950, took: 90 },
];

test.each([20_000, -20_000, 3_600_000, -4_000])(
  'a machine that is %d ms ahead: the time is the cloud’s, to half a second',
  (off) => {
    const { clock, cloud } = after(off, ANSWERS);
    expect(Math.abs(clock.now().getTime() - cloud)).toBeLessThan(500);
  },
);

test.each([0, 40, -40])('a machine that is right (%d ms) is believed', (off) => {
  const { clock, cloud } = after(off, ANSWERS);
  expect(clock.now().getTime()).toBe(cloud + off);
});

test('a clock that was set meanwhile is learnt anew', () => {
  const { clock, cloud } = after(20_000, ANSWERS);
  clock.learn(cloud, cloud + 100, header(cloud + 50));
  clock.learn(cloud + 900, cloud + 1000, header(cloud + 950));
  expect(Math.abs(clock.now().getTime() - (cloud + 20_000))).toBeLessThanOrEqual(500);
});

test.each([undefined, '', 'soon'])('a header %j tells nothing', (date) => {
  const machine = { now: () => new Date(NOON), sleep: async () => undefined };
  const clock = new CloudClock(machine);
  clock.learn(NOON, NOON, date);
  expect(clock.now().getTime()).toBe(NOON);
});

test.each([200, 403])('each answer of a client tells the time, of status %d, too', async (statusCode) => {
  const clock = new CloudClock({ now: () => new Date(NOON), sleep: async () => undefined });
  const requestHandler = {
    handle: async () => ({ response: { statusCode, headers: { date: header(NOON + 20_000) } } }),
  };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const options = { region: 'us-east-1', credentials, maxAttempts: 1, requestHandler: requestHandler as never };
  const client = new S3Client(options);
  clock.watch(client);
  await client.send(new ListBucketsCommand({})).catch(() => undefined);
  expect(clock.now().getTime() - NOON).toBeGreaterThanOrEqual(20_000);
  expect(clock.now().getTime() - NOON).toBeLessThanOrEqual(21_000);
});
