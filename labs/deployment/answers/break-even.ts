/** The exercise of the step invoke: from how many requests a day on an instance costs less than a serverless endpoint. */
import type { Exercise } from '../../../lib/course/model';
import { list } from '../../../lib/course/say';
import { jsonFault } from '../../../lib/course/work';

/**
 * Teaches: what is billed of each kind of endpoint, and that the answer is a number of requests. Has to refuse: milliseconds
 * taken for seconds, an hour for a day, memory left out, the wrong side of the line, and a number where a formula is asked.
 */
export const breakEvenExercise: Exercise = {
  file: 'break-even.json',
  template: 'exercises/break-even.json',
  solution: 'solutions/break-even.json',
  answeredAfter: true,
  ask: 'A serverless endpoint costs by the request, an instance by the hour. Write the formula for the number of requests a day at which both cost the same, and which of them costs less below it. It is tried with several prices and sizes.',
  teaches:
    'Serverless bills memory × time of each request, an instance bills the day whether anybody asks or not: below the line serverless costs less. At 50 ms, 2 GB and list prices of us-east-1 the line is at 672,000 requests a day.',
  alternative:
    'Batch transform costs nothing but the job’s minutes where answers may wait, and an asynchronous endpoint can scale to no instance between requests: with few requests a day each of them may beat both.',
};

/** What the formula may use, as it is tried. */
const TRIALS = [
  { instanceUsdPerHour: 0.056, usdPerGbSecond: 2e-5, memoryGb: 2, milliseconds: 50 },
  { instanceUsdPerHour: 0.073, usdPerGbSecond: 2.4e-5, memoryGb: 4, milliseconds: 120 },
  { instanceUsdPerHour: 1.21, usdPerGbSecond: 2e-5, memoryGb: 6, milliseconds: 900 },
] as const;
type Trial = Readonly<Record<keyof (typeof TRIALS)[number], number>>;
const NAMES = Object.keys(TRIALS[0]);

const breakEven = ({ instanceUsdPerHour, usdPerGbSecond, memoryGb, milliseconds }: Trial): number =>
  (instanceUsdPerHour * 24) / ((milliseconds / 1000) * memoryGb * usdPerGbSecond);

/** How far a formula may be off: some round 1,024 MB, some do not. */
const TOLERANCE = 0.03;

/**
 * Value of numbers, names, + - * / and parentheses.
 *
 * @throws Error that says what cannot be read
 */
export function evaluate(formula: string, names: Readonly<Record<string, number>>): number {
  const tokens = formula.match(/\d+(?:\.\d+)?(?:e[-+]?\d+)?|\.\d+|[A-Za-z]\w*|\S/g) ?? [];
  let at = 0;
  const atom = (): number => {
    const token = tokens[at++];
    if (token === '(') {
      const value = sum();
      if (tokens[at++] !== ')') throw new Error('a parenthesis is not closed');
      return value;
    }
    if (token === '-') return -atom();
    if (token === undefined) throw new Error('it ends in the middle');
    if (Object.hasOwn(names, token)) return names[token]!;
    if (/^[A-Za-z]/.test(token)) throw new Error(`it names ${token}; what there is: ${list(Object.keys(names), 9)}`);
    if (!/\d/.test(token)) throw new Error(`${token} cannot stand where it does`);
    return Number(token);
  };
  const chain =
    (operand: () => number, operators: Readonly<Record<string, (a: number, b: number) => number>>) => () => {
      let value = operand();
      for (let next = operators[tokens[at] ?? '']; next; next = operators[tokens[at] ?? '']) {
        at += 1;
        value = next(value, operand());
      }
      return value;
    };
  const product = chain(atom, { '*': (a, b) => a * b, '/': (a, b) => a / b });
  const sum = chain(product, { '+': (a, b) => a + b, '-': (a, b) => a - b });
  const value = sum();
  if (at < tokens.length) throw new Error(`${tokens[at]} cannot stand where it does`);
  return value;
}

/** By what a formula is off from the right one in every trial, and what that says. */
const SLIPS: readonly (readonly [by: (trial: Trial) => number, said: string])[] = [
  [() => 1 / 1000, 'milliseconds are not seconds: a second has 1,000'],
  [() => 1000, 'milliseconds are not seconds, and were divided once too often'],
  [() => 1 / 24, 'that is what an instance costs in an hour; it stands all day'],
  [() => 365 / 12, 'that is by the month; the question is by the day'],
  [() => 30, 'that is by the month; the question is by the day'],
  [() => 1 / 3600, 'an instance is billed for all of its seconds, and the price given is for an hour'],
  [({ memoryGb }) => memoryGb, 'a request is billed by time and by memory: a GB-second is one GB for one second'],
  [
    ({ memoryGb }) => memoryGb ** 2,
    'twice the memory costs twice as much for a request, so the line comes with half as many',
  ],
];

/** What is wrong with an answer, and what to think about; undefined when it is right. Does not tell the formula. */
export function breakEvenFault(text: string): string | undefined {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (error) {
    return jsonFault(error);
  }
  const { requestsPerDay: formula, cheaperBelow } = value ?? {};
  if (typeof formula !== 'string' || formula.trim() === '')
    return `requestsPerDay is ${JSON.stringify(formula)}; write a formula, as a text, of ${list(NAMES, 9)}`;
  if (formula.length > 500) return 'the formula has more than 500 characters';
  let values: number[];
  try {
    values = TRIALS.map((trial) => evaluate(formula, trial));
  } catch (error) {
    return `the formula ${JSON.stringify(formula)} cannot be read: ${(error as Error).message}`;
  }
  const isAs = (right: (trial: Trial) => number): boolean =>
    TRIALS.every((trial, i) => Math.abs(values[i]! / right(trial) - 1) <= TOLERANCE);
  if (!isAs(breakEven)) {
    if (new Set(values).size === 1)
      return 'the formula gives the same whatever the prices are: write how it comes about';
    const slip = SLIPS.find(([by]) => isAs((trial) => breakEven(trial) * by(trial)))?.[1];
    const inverse = isAs((trial) => 1 / breakEven(trial)) ? 'that is upside down: days a request' : undefined;
    const [first] = TRIALS;
    return `with ${NAMES.map((name) => `${name} ${first[name as keyof Trial]}`).join(', ')} the formula gives ${values[0]!.toPrecision(3)}: ${slip ?? inverse ?? 'what does a day of the instance cost, and what does one request?'}`;
  }
  return typeof cheaperBelow === 'string' && cheaperBelow.trim().toLowerCase() === 'serverless'
    ? undefined
    : `cheaperBelow is ${JSON.stringify(cheaperBelow)}. Think of a day without a single request: "serverless" or "instance"?`;
}
