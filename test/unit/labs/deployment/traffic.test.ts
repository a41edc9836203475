/** Requests that go on meanwhile: each is written down, and a refused one is not lost. */
import { juneFlights } from '../../../../labs/deployment/model/flights';
import { percentiles, answerDifference } from '../../../../labs/deployment/endpoint/invoke';
import {
  isProbability,
  saveTrafficLog,
  readTrafficLog,
  TrafficGenerator,
} from '../../../../labs/deployment/endpoint/traffic-generator';
import { fakeRun, named, objects, PLACE, type Operations } from './fakes';

const answering = (answer: () => string): Operations => ({
  InvokeEndpoint: () => ({ Body: Buffer.from(`${answer()}\n`) }),
});

test('callers ask until they are stopped, and once more after that', async () => {
  let asked = 0;
  const { run } = fakeRun(answering(() => `0.${String((asked += 1)).padStart(6, '0')}`));
  const traffic = new TrafficGenerator(run, 'production', juneFlights());
  await traffic.first;
  const sofar = asked;
  const log = await traffic.stop();
  expect(asked).toBeGreaterThan(sofar);
  expect(log).toHaveLength(asked);
  expect(traffic.failures).toBe(0);
});

test('a refused request is a failure in the log, with its reason; the others go on', async () => {
  let asked = 0;
  const { run } = fakeRun(
    answering(() => {
      asked += 1;
      if (asked === 2) throw named('ModelError', 'Received server error (500)\nfrom primary');
      return '0.250000';
    }),
  );
  const traffic = new TrafficGenerator(run, 'production', juneFlights());
  await traffic.first;
  const log = await traffic.stop();
  expect(traffic.failures).toBe(1);
  expect(log.filter(({ answer }) => !isProbability(answer))).toMatchObject([
    { answer: 'ModelError: Received server error (500) from primary' },
  ]);
});

test('the log is read as it was written', async () => {
  const files: Record<string, Buffer> = {};
  const { run } = fakeRun({
    ...objects(files),
    PutObject: (input) => {
      files[`${input.Bucket}/${input.Key}`] = input.Body as unknown as Buffer;
      return {};
    },
    ListObjectsV2: () => ({
      Contents: Object.keys(files).map((name) => ({ Key: name.slice(7), Size: 1, LastModified: run.clock.now() })),
    }),
  });
  expect(await readTrafficLog(run, PLACE)).toBeUndefined();
  const asked = [
    { at: new Date('2026-11-01T10:00:00.123Z'), flight: 0, answer: '0.250000' },
    { at: new Date('2026-11-01T10:00:01.000Z'), flight: 1, answer: 'ModelError: a, b' },
  ];
  await saveTrafficLog(run, PLACE, asked);
  expect((await readTrafficLog(run, PLACE))!.asked).toEqual(asked);
});

describe.each([
  ['20 s ahead', 20_000],
  ['20 s behind', -20_000],
  ['an hour ahead', 3_600_000],
  ['right', 0],
])('a log that was written by a clock that is %s', (_what, off) => {
  test.each([
    ['the step', (at: Date) => at.toISOString().replaceAll(':', '-')],
    ['the printed commands', (at: Date) => `${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z`],
  ])('and put by %s is read by AWS’s', async (_who, name) => {
    const asked = Date.UTC(2026, 10, 1, 10);
    const came = asked + 90_000;
    const key = `results/rollback/${name(new Date(came - 1000 + off))}.csv`;
    const { run } = fakeRun({
      ...objects({ [`bucket/${key}`]: `${new Date(asked + off).toISOString()},0,0.250000\n` }),
      ListObjectsV2: () => ({ Contents: [{ Key: key, Size: 1, LastModified: new Date(came) }] }),
    });
    const [first] = (await readTrafficLog(run, PLACE))!.asked;
    expect(Math.abs(first!.at.getTime() - asked)).toBeLessThanOrEqual(2000);
  });
});

test('a log of another name is read as it is', async () => {
  const { run } = fakeRun(objects({ 'bucket/results/rollback/mine.csv': '2026-11-01T10:00:00Z,0,0.250000\n' }));
  expect((await readTrafficLog(run, PLACE))!.asked[0]!.at).toEqual(new Date('2026-11-01T10:00:00Z'));
});

test.each([
  ['0.250000', true],
  ['1.000000', true],
  ['0.25', false],
  ['', false],
  ['0.250000 0.250000', false],
  ['nan', false],
])('%j is an answer: %s', (text, is) => {
  expect(isProbability(text)).toBe(is);
});

test('200 flights of June, spread over the month, none with its label', () => {
  const { bodies, rows } = juneFlights();
  expect(bodies).toHaveLength(200);
  expect(new Set(bodies).size).toBe(200);
  expect(bodies.every((body) => body.split(',').length === rows.columns)).toBe(true);
  expect(new Set(rows.labels).size).toBe(2);
});

test('differences are told with the first flight', () => {
  expect(answerDifference(['0.1', '0.2'], ['0.1', '0.2'])).toBeUndefined();
  expect(answerDifference(['0.1', '0.3'], ['0.1', '0.2'])).toBe(
    '1 of 2 answers differ, flight 2 first: 0.3 instead of 0.2',
  );
  expect(answerDifference(['0.1'], ['0.1', '0.2'])).toBe('1 answers to 2 flights');
  expect(percentiles([3, 1, 2, 100])).toEqual({ p50: 3, p99: 100 });
});
