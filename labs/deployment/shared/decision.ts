/** The learner's decision of the step `rollback`: which version comes back, by which parameter, and why. */
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
    return `it is no JSON: ${(error as Error).message}`;
  }
  const { version, parameter, reason } = value ?? {};
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return `version is ${JSON.stringify(version)}; it has to be the number of the version that comes back`;
  }
  if (typeof parameter !== 'string' || parameter === '') {
    return 'parameter is missing: which parameter of production’s stack names the version?';
  }
  if (typeof reason !== 'string' || reason.trim().length < 10 || reason.length > 1000) {
    return 'a reason of 10 to 1,000 characters is missing: it is written down with the version that goes';
  }
  return /\d/.test(reason) ? { version, parameter, reason: reason.trim() } : 'the reason names no figure';
}
