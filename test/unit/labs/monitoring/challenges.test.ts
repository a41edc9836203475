import { answersTaking } from '../../../../labs/monitoring/challenges/slow-answers';
import { byOrigin, readFinding } from '../../../../labs/monitoring/challenges/worst-origin';
import { dataPlan } from '../../../../lib/course/data-plan';

test('flights and AUC by airport', () => {
  const names = dataPlan().features.map(({ name }) => name);
  const flight = (origin: string, late: 0 | 1, score: number) => ({
    flight: { row: 0, late, body: names.map((name) => (name === `origin_${origin}` ? '1' : '0')).join(',') },
    score,
  });
  const judged = [
    flight('ewr', 1, 0.9),
    flight('ewr', 0, 0.1),
    flight('jfk', 1, 0.2),
    flight('jfk', 0, 0.7),
    flight('lga', 1, 0.5),
    flight('lga', 0, 0.5),
    flight('lga', 0, 0.4),
  ];
  expect(byOrigin(judged)).toEqual({
    EWR: { flights: 2, auc: 1 },
    JFK: { flights: 2, auc: 0 },
    LGA: { flights: 3, auc: 0.75 },
  });
});

test.each([
  ['nothing', /no JSON/],
  ['[]', /no origins/],
  ['{"origins": null, "worst": "EWR"}', /no origins/],
])('%s is no finding', (text, says) => expect(readFinding(text)).toMatch(says));

test('a finding is read in small letters, too, and one that lacks an airport is one', () => {
  const text = '{"origins": {"ewr": {"flights": "10", "auc": 0.7}, "JFK": null}, "worst": " jfk "}';
  expect(readFinding(text)).toEqual({
    origins: { EWR: { flights: 10, auc: 0.7 }, JFK: { flights: NaN, auc: NaN } },
    worst: 'JFK',
  });
});

test('answers that take so long show in microseconds, the slowest of a hundred only in high percentiles', () => {
  const metric = { namespace: 'AWS/SageMaker', name: 'ModelLatency', dimensions: {}, period: 60 };
  expect(answersTaking(400)({ ...metric, stat: 'p99' })).toBe(400_000);
  expect(answersTaking(400)({ ...metric, stat: 'p90' })).toBe(40_000);
  expect(answersTaking(undefined)({ ...metric, stat: 'p99' })).toBeUndefined();
});
