/** The learner's decision about two versions. */
import { jsonFault } from '../../../lib/course/work';

export interface Decision {
  readonly approve: { readonly version: number; readonly reason: string };
  readonly reject: { readonly version: number; readonly reason: string };
}

/** Longest description that SageMaker takes. */
const MOST = 1024;

/** @returns the decision, or what is wrong with it. @param known numbers of the versions that exist; any number will do without it */
export function readDecision(text: string, known?: readonly number[]): Decision | string {
  let value: Partial<Record<'approve' | 'reject', unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (error) {
    return jsonFault(error);
  }
  if (known?.length === 0) return 'there are no versions to decide about';
  const parts: { version: number; reason: string }[] = [];
  for (const what of ['approve', 'reject'] as const) {
    const part = (value ?? {})[what];
    if (typeof part !== 'object' || part === null) return `it lacks ${what}, with version and reason`;
    const { version, reason } = part as Record<string, unknown>;
    const exists =
      typeof version === 'number' && (known ? known.includes(version) : Number.isInteger(version) && version > 0);
    if (!exists) {
      const there = known ? `; there is ${[...known].sort((a, b) => a - b).join(' and ')}` : '';
      return `${what}: there is no version ${JSON.stringify(version)}${there}`;
    }
    if (typeof reason !== 'string' || reason.trim().length < 10 || reason.length > MOST) {
      return `${what}: a reason of 10 to ${MOST} characters is missing`;
    }
    // SageMaker's pattern for it is `.*`.
    if (/[\r\n]/.test(reason.trim())) return `${what}: the reason has more than one line; SageMaker takes one`;
    if (!/\d/.test(reason)) return `${what}: the reason names no figure`;
    parts.push({ version, reason: reason.trim() });
  }
  const [approve, reject] = parts as [Decision['approve'], Decision['reject']];
  return approve.version === reject.version ? 'it approves and rejects the same version' : { approve, reject };
}
