/** What a rehearsal reports of a lab. */
import type { State, Verdict } from '../course/model';
import type { Denied, Invalid } from '../target/target';

/** What a check said; one that could not look says so, and fails its step. */
export type Seen = Pick<Verdict, 'done' | 'saw'> & { readonly state?: State };

export const stateOf = ({ done, state }: Seen): State => state ?? (done ? 'done' : 'not done');

export interface StepReport {
  readonly id: string;
  /** Not done before, done after, and done again. */
  readonly ok: boolean;
  readonly seconds: number;
  readonly before: Seen;
  readonly after: Seen;
  /** After the last step, once every schedule of the stack has run; absent where time cannot be made to pass. */
  readonly again?: Seen;
}

/** One lab of the JSON document of `rehearse`. */
export interface LabReport {
  readonly lab: string;
  readonly ok: boolean;
  readonly steps: readonly StepReport[];
  /** Steps whose check said each time what it had to; steps that were not reached count as neither. */
  readonly checks: { readonly passed: number; readonly failed: number };
  readonly seconds: { readonly up: number; readonly steps: number; readonly down: number; readonly total: number };
  /** What IAM refused, each once. */
  readonly denied: readonly Denied[];
  /** Requests and answers that break AWS's own models, each once; a lab with one of them is not `ok`. */
  readonly invalid: readonly Invalid[];
  /** What is there after `down` and was not there before `up`. */
  readonly leftovers: readonly string[];
  readonly residue: readonly string[];
  /** Why `up` or `down` failed; absent when they did not. */
  readonly error?: string;
}

/** Retries are refused again: each refusal once. */
export function distinct(denied: readonly Denied[]): Denied[] {
  return [...new Map(denied.map((one) => [JSON.stringify([one.principal, one.action, one.resource]), one])).values()];
}

/** Seconds in reports have two places: more would be noise. */
export function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
