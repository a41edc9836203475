/** The learner's decision of the step `rollback`: which version comes back, by which parameter, and why. */
import { count } from '../../../lib/course/say';
import { jsonFault } from '../../../lib/course/work';

export interface Decision {
  readonly version: number;
  readonly parameter: string;
  readonly reason: string;
}

/** @returns the decision as far as its form goes, or what is wrong with it */
export function readDecision(text: string): Decision | string {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (error) {
    return jsonFault(error);
  }
  const { version, parameter, reason } = value ?? {};
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return `version is ${JSON.stringify(version)}; it has to be the number of the version that comes back`;
  }
  if (typeof parameter !== 'string' || parameter.trim() === '') {
    return 'parameter is missing: which parameter of production’s stack names the version?';
  }
  if (typeof reason !== 'string' || reason.trim() === '') {
    return 'the reason is missing: it is written down with the version that goes';
  }
  if (reason.trim().length < 10 || reason.length > 1000) {
    return `the reason has ${count(reason.trim().length, 'character')}; it has to have 10 to 1,000, for it is written down with the version that goes`;
  }
  return /\d/.test(reason)
    ? { version, parameter: parameter.trim(), reason: reason.trim() }
    : 'the reason names no figure';
}
