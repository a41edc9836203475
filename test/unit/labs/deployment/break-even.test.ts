/** The exercise on what serverless endpoints and instances cost: a formula, tried with several prices and sizes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breakEvenFault, evaluate } from '../../../../labs/deployment/answers/break-even';

const file = (path: string): string => readFileSync(join(__dirname, '../../../../labs/deployment', path), 'utf8');
const fault = (requestsPerDay: unknown, cheaperBelow: unknown = 'serverless'): string | undefined =>
  breakEvenFault(JSON.stringify({ requestsPerDay, cheaperBelow }));

test('the template fails as there is no formula', () => {
  expect(breakEvenFault(file('exercises/break-even.json'))).toMatch(/^requestsPerDay is ""; write a formula/);
});

test('the solution is right', () => {
  expect(breakEvenFault(file('solutions/break-even.json'))).toBeUndefined();
});

test.each([
  '24 * instanceUsdPerHour / (usdPerGbSecond * memoryGb * (milliseconds * 0.001))',
  'instanceUsdPerHour*24000/milliseconds/memoryGb/usdPerGbSecond',
  '(instanceUsdPerHour / 3600 * 86400) / (memoryGb * usdPerGbSecond * milliseconds / 1e3)',
])('so is another form of it: %s', (formula) => {
  expect(fault(formula, 'Serverless')).toBeUndefined();
});

test.each([
  ['instanceUsdPerHour * 24 / (milliseconds * memoryGb * usdPerGbSecond)', /milliseconds are not seconds/],
  ['instanceUsdPerHour / (milliseconds / 1000 * memoryGb * usdPerGbSecond)', /it stands all day/],
  ['instanceUsdPerHour * 24 / (milliseconds / 1000 * usdPerGbSecond)', /by time and by memory/],
  ['instanceUsdPerHour * 24 * memoryGb / (milliseconds / 1000 * usdPerGbSecond)', /comes with half as many/],
  ['instanceUsdPerHour * 730 / (milliseconds / 1000 * memoryGb * usdPerGbSecond)', /by the month/],
  ['milliseconds / 1000 * memoryGb * usdPerGbSecond / (instanceUsdPerHour * 24)', /upside down/],
  ['milliseconds + memoryGb', /what does a day of the instance cost/],
  ['672000', /the same whatever the prices are/],
  [672000, /write a formula/],
  ['instanceUsdPerHour * hours', /it names hours; what there is: instanceUsdPerHour/],
  ['(instanceUsdPerHour * 24', /a parenthesis is not closed/],
  ['instanceUsdPerHour *', /it ends in the middle/],
  ['instanceUsdPerHour 24', /24 cannot stand where it does/],
  ['constructor', /it names constructor/],
  ['process.exit()', /it names process/],
])('%s is refused with what to think about', (formula, said) => {
  expect(fault(formula)).toMatch(said);
});

test.each(['instance', '', undefined])('below the line it is not %p', (side) => {
  const { requestsPerDay } = JSON.parse(file('solutions/break-even.json')) as { requestsPerDay: string };
  expect(fault(requestsPerDay, side ?? null)).toMatch(/a day without a single request/);
});

test('products come before sums, and parentheses before both', () => {
  expect(evaluate('1 + 2 * 3 - (4 - 6) / -2', {})).toBe(6);
});
