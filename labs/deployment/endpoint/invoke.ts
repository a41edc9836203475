/** Asking an endpoint about flights. */
import { invokeEndpoint } from '../../../lib/aws/invoke-endpoint';
import type { LabRun } from '../../../lib/course/run';

/** @returns the answer's lines, one probability a flight. @throws the service's error, ModelError where the model refused */
export const predictFlights = async (run: LabRun, endpoint: string, body: string): Promise<string[]> =>
  (await invokeEndpoint(run.clients.sagemakerRuntime, endpoint, body)).split('\n');

/** Times in ms: half of the requests were quicker than the first, 99 of 100 than the second. */
export function percentiles(times: readonly number[]): { readonly p50: number; readonly p99: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Where answers differ, said of the first; undefined when they are the same to the last digit. */
export function answerDifference(answers: readonly string[], expected: readonly string[]): string | undefined {
  if (answers.length !== expected.length) return `${answers.length} answers to ${expected.length} flights`;
  const wrong = answers.flatMap((answer, flight) => (answer === expected[flight] ? [] : [flight]));
  const [first] = wrong;
  return first === undefined
    ? undefined
    : `${wrong.length} of ${expected.length} answers differ, flight ${first + 1} first: ${answers[first]!.slice(0, 40)} instead of ${expected[first]}`;
}
