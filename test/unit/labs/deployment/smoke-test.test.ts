import { readTarGz } from '../../../../lib/aws/archive';
import { parseBooster, scoreTrees } from '../../../../lib/flights/booster';
import type { InvokeEndpoint } from '../../../../labs/deployment/runtime/smoke-test/endpoint';
import { parseClaimedAuc, aucThresholdFor, MIN_AUC } from '../../../../labs/deployment/runtime/model/auc-threshold';
import { smokeTest } from '../../../../labs/deployment/runtime/smoke-test/handler';
import { standardError } from '../../../../labs/deployment/runtime/model/sample';
import { flights, job, memory, model, refusal } from './pipeline-fixtures';

const sample = flights();
const { columns } = sample.rows;
const { kept, keep } = memory();
beforeEach(() => kept.clear());

const failure = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });
const unwell = () => failure('ModelError', 'Received server error (500)', { OriginalStatusCode: 500 });

/** What the project's model says of each flight. */
const answers = new Map<string, string>();
beforeAll(() => {
  const booster = parseBooster(readTarGz(model()).get('model.json')!.toString());
  const sums = scoreTrees(booster, sample.rows);
  sample.bodies.forEach((body, row) => answers.set(body, (1 / (1 + Math.exp(-sums[row]!))).toFixed(6)));
});

/** An endpoint that serves it as its container does. */
const good: InvokeEndpoint = async (body, type = 'text/csv') => {
  const scores = body.split('\n').map((line) => answers.get(line));
  if (type !== 'text/csv' || scores.includes(undefined)) throw unwell();
  return scores.join('\n');
};
const run = (ask: InvokeEndpoint, claimedAuc = '0.771951') =>
  smokeTest(job({ endpoint: 'staging', modelPackageArn: 'arn', claimedAuc }), sample, ask, keep, async () => undefined);

test('a good model passes, and its figures go to the approval and into the evidence', async () => {
  const variables = await run(good);
  expect(variables).toMatchObject({ Auc: '0.7551', Requests: '20' });
  expect(Number(variables.P50Ms)).toBeGreaterThanOrEqual(0);
  expect(kept.get('smoke')).toMatchObject({ ok: true, flights: 1000, requests: 20, claimedAuc: 0.771951 });
  expect(kept.get('smoke')!.refused).toHaveLength(4);
});

test('a model that scores upside down is stopped, with the figure, the floor and what to do', async () => {
  const upsideDown: InvokeEndpoint = async (body, type) =>
    (await good(body, type))
      .split('\n')
      .map((score) => String(1 - Number(score)))
      .join('\n');
  const said = await refusal(run(upsideDown));
  expect(said).toMatch(/AUC 0\.2449 on 1000 held-out flights, below the floor of 0\.71.*production is as it was/s);
  expect(kept.get('smoke')).toMatchObject({ ok: false, message: said, auc: expect.closeTo(0.2449, 3) });
});

test('it is stopped too when it was registered with its own, bad figure', async () => {
  const upsideDown: InvokeEndpoint = async (body, type) =>
    (await good(body, type))
      .split('\n')
      .map((score) => String(1 - Number(score)))
      .join('\n');
  expect(await refusal(run(upsideDown, '0.228'))).toMatch(/below the floor of 0\.6600 \(scheduled hours alone/);
});

test('an endpoint that has to start first is asked again', async () => {
  let calls = 0;
  const cold: InvokeEndpoint = async (body, type) => {
    calls += 1;
    if (calls <= 3) throw failure(calls === 1 ? 'ModelNotReadyException' : 'ThrottlingException', 'starting');
    return good(body, type);
  };
  await run(cold);
  expect(kept.get('smoke')).toMatchObject({ ok: true, tries: 23 });
});

test('an endpoint that never answers fails with its last error, after a bounded number of tries', async () => {
  let calls = 0;
  const dead: InvokeEndpoint = async () => {
    calls += 1;
    throw unwell();
  };
  expect(await refusal(run(dead))).toBe(
    'Staging does not answer, after 8 tries: ModelError: Received server error (500)',
  );
  expect(calls).toBe(8);
});

test('a permission that lacks is told at once', async () => {
  const denied: InvokeEndpoint = () => Promise.reject(failure('AccessDeniedException', 'not authorized'));
  expect(await refusal(run(denied))).toMatch(/after 1 try: AccessDeniedException: not authorized/);
});

test.each([
  ['an empty body', (body: string) => body === ''],
  [
    'a flight with 35 of 36 columns',
    (body: string) => body.split('\n').length === 1 && body.split(',').length === columns - 1,
  ],
  ['a flight with a word for a number', (body: string) => body.startsWith('late,')],
  ['a body of another type', (body: string) => body.startsWith('{')],
])('a score for %s stops the release', async (what, isIt) => {
  const lax: InvokeEndpoint = async (body, type) => (isIt(body) ? '0.5' : good(body, type));
  expect(await refusal(run(lax))).toContain(`Staging answers "0.5" to ${what}. It must refuse it`);
});

test('no error that says "not now" counts as a refusal', async () => {
  const busy: InvokeEndpoint = async (body, type) => {
    if (body === '') throw failure('ThrottlingException', 'slow down');
    return good(body, type);
  };
  expect(await refusal(run(busy))).toMatch(/does not answer, after 3 tries: ThrottlingException/);
});

test.each([
  ['too few numbers', (body: string) => body.split('\n').slice(1).join('\n'), /answers 49 numbers to 50 flights/],
  ['what is no probability', (body: string) => body.replace(/^[^\n]*/, '1.5'), /"1.5", which is no probability/],
  ['words', (body: string) => body.replace(/^[^\n]*/, 'nan'), /"nan", which is no probability/],
])('%s as an answer stop the release', async (_what, change, said) => {
  expect(await refusal(run(async (body, type) => change(await good(body, type))))).toMatch(said);
});

describe('the floor', () => {
  test('lies three standard errors below the claim', () => {
    const error = standardError(0.772, sample.rows.labels);
    expect(error).toBeCloseTo(0.02, 2);
    expect(aucThresholdFor(0.772, sample.rows.labels).auc).toBeCloseTo(0.772 - 3 * error, 10);
  });

  test('is never below what scheduled hours alone reach, however little was claimed', () => {
    expect(aucThresholdFor(0.55, sample.rows.labels).auc).toBe(MIN_AUC);
    expect(aucThresholdFor(undefined, sample.rows.labels).auc).toBe(MIN_AUC);
  });

  test('a claim that is no AUC is none', () => {
    expect(['none', '', 'NaN', '7', '0', undefined].map(parseClaimedAuc)).toEqual(Array(6).fill(undefined));
    expect(parseClaimedAuc('0.771951')).toBe(0.771951);
  });
});
