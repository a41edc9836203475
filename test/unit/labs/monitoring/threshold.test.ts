/** The exercise on where to cut: by costs, on flights whose scores have drifted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { averageCost, type JudgedFlight, thresholdFault } from '../../../../labs/monitoring/analysis/threshold';

const LAB = join(__dirname, '../../../../labs/monitoring');
const file = (path: string): string => readFileSync(join(LAB, path), 'utf8');

/** Scores 0.00 to 0.99, of which so many in a hundred are late: calibrated, or too low by a factor as in July. */
function flights(factor: number): JudgedFlight[] {
  return Array.from({ length: 10_000 }, (_, i) => {
    const score = (i % 100) / 100;
    return { score, late: Math.floor(i / 100) < Math.min(100, 100 * score * factor) ? 1 : 0 };
  });
}
const JULY = flights(1.5);
const HELD_OUT = flights(1);
const fault = (threshold: unknown, july = JULY): string | undefined =>
  thresholdFault(JSON.stringify({ threshold }), july, HELD_OUT);

test('the template fails as nothing is chosen', () => {
  expect(thresholdFault(file('exercises/threshold.json'), JULY, HELD_OUT)).toBe('threshold is null: write a number');
});

test('the solution is right where scores are too low by half, and another threshold near it is as well', () => {
  expect(thresholdFault(file('solutions/threshold.json'), JULY, HELD_OUT)).toBeUndefined();
  expect(fault(0.115)).toBeUndefined();
});

test('what is right depends on the flights: the same answer does not pass where the scores are others', () => {
  const solution = file('solutions/threshold.json');
  expect(thresholdFault(solution, flights(0.4), HELD_OUT)).toMatch(/less is possible/);
});

test.each([
  [0.5, /0\.5 is where both mistakes cost the same/],
  [5 / 6, /Which mistake costs 5/],
  [0.18, /1 \/ 6 is right for scores that are probabilities|On held-out flights it would be right/],
  [0, /warns about every flight/],
  [1, /warns about none/],
  [0.3, /try a lower one/],
  [11, /do not multiply by 100/],
  [-1, /Scores lie between 0 and 1/],
  ['0.11', /write a number/],
])('%p is refused with what to think about', (threshold, said) => {
  expect(fault(threshold)).toMatch(said);
});

test('what is no JSON says so', () => {
  expect(thresholdFault('threshold: 0.1', JULY, HELD_OUT)).toMatch(/^it is no JSON/);
  expect(thresholdFault('null', JULY, HELD_OUT)).toBe('threshold is undefined: write a number');
});

test('no message tells the threshold that is best', () => {
  for (let threshold = 0; threshold <= 1; threshold += 0.01)
    expect(fault(threshold) ?? '').not.toMatch(/0\.1[01]\d*\b(?! on,)/);
});

test('a flight costs what its mistakes do', () => {
  const some: JudgedFlight[] = [
    { score: 0.2, late: 1 },
    { score: 0.3, late: 0 },
    { score: 0.8, late: 1 },
    { score: 0.1, late: 0 },
  ];
  expect(averageCost(some, 0.25)).toBe((5 + 1) / 4);
  expect(averageCost(some, 0)).toBe(2 / 4);
});
