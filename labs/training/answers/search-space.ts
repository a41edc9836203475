/** The search space that a learner writes, and its bounds: checked before money is spent. */
import { jsonFault } from '../../../lib/course/work';
import type { ParameterRanges } from '@aws-sdk/client-sagemaker';

export interface ParameterRange {
  readonly type: 'integer' | 'continuous';
  readonly min: number;
  readonly max: number;
  readonly scale: 'linear' | 'logarithmic';
}

export type SearchSpace = Readonly<Record<string, ParameterRange>>;

/** What may be searched, within which bounds. Depth is capped for cost: each level doubles a tree. */
export const TUNABLE: Readonly<
  Record<string, { readonly type: ParameterRange['type']; readonly from: number; readonly to: number }>
> = {
  eta: { type: 'continuous', from: 0.01, to: 1 },
  max_depth: { type: 'integer', from: 1, to: 10 },
  min_child_weight: { type: 'continuous', from: 0, to: 100 },
  subsample: { type: 'continuous', from: 0.3, to: 1 },
  colsample_bytree: { type: 'continuous', from: 0.3, to: 1 },
  gamma: { type: 'continuous', from: 0, to: 20 },
  alpha: { type: 'continuous', from: 0, to: 100 },
  lambda: { type: 'continuous', from: 0, to: 100 },
};

const NEEDED = ['eta', 'max_depth'] as const;
/** Six trainings cannot tell more dimensions apart. */
const MOST = 5;

/** The space, or everything that is wrong with it, in words. */
export function readSearchSpace(
  text: string,
): { readonly space: SearchSpace } | { readonly faults: readonly string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { faults: [jsonFault(error)] };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { faults: ['it is no JSON object'] };
  const entries = Object.entries(value as Record<string, unknown>);
  const faults = entries.flatMap(([name, range]) => faultsOf(name, range));
  for (const name of NEEDED) {
    if (!Object.hasOwn(value, name)) faults.push(`${name} is missing: it decides more than any other`);
  }
  if (entries.length > MOST)
    faults.push(`it has ${entries.length} hyperparameters; six trainings can search at most ${MOST}`);
  if (faults.length > 0) return { faults };
  return {
    space: Object.fromEntries(
      entries.map(([name, range]) => {
        const { type, min, max, scale = 'linear' } = range as ParameterRange;
        return [name, { type, min, max, scale }];
      }),
    ),
  };
}

function faultsOf(name: string, range: unknown): string[] {
  const allowed = Object.hasOwn(TUNABLE, name) ? TUNABLE[name] : undefined;
  if (allowed === undefined) return [`${JSON.stringify(name)} is none of ${Object.keys(TUNABLE).join(', ')}`];
  if (typeof range !== 'object' || range === null) return [`${name} is no object with type, min, max and scale`];
  const { type, min, max, scale, ...rest } = range as Record<string, unknown>;
  const faults: string[] = [];
  if (type !== allowed.type) faults.push(`${name}: type is ${JSON.stringify(type)}, it has to be ${allowed.type}`);
  if (scale !== undefined && scale !== 'linear' && scale !== 'logarithmic') {
    faults.push(`${name}: scale is ${JSON.stringify(scale)}; there is linear and logarithmic`);
  }
  const unknown = Object.keys(rest);
  if (unknown.length > 0) faults.push(`${name}: ${unknown.join(', ')} is not known`);
  if (typeof min !== 'number' || typeof max !== 'number' || !Number.isFinite(min) || !Number.isFinite(max)) {
    return [...faults, `${name}: min and max have to be numbers`];
  }
  if (min >= max) faults.push(`${name}: min ${min} is not below max ${max}`);
  if (min < allowed.from || max > allowed.to) {
    faults.push(`${name}: ${min} to ${max} reaches beyond ${allowed.from} to ${allowed.to}`);
  }
  if (allowed.type === 'integer' && !(Number.isInteger(min) && Number.isInteger(max))) {
    faults.push(`${name}: min and max have to be whole numbers`);
  }
  if (scale === 'logarithmic' && min <= 0) faults.push(`${name}: a logarithmic scale needs a min above 0`);
  return faults;
}

/** The space as SageMaker takes it. */
export function parameterRanges(space: SearchSpace): ParameterRanges {
  const of = (type: ParameterRange['type']) =>
    Object.entries(space)
      .filter(([, range]) => range.type === type)
      .map(([Name, { min, max, scale }]) => ({
        Name,
        MinValue: String(min),
        MaxValue: String(max),
        ScalingType: scale === 'logarithmic' ? ('Logarithmic' as const) : ('Linear' as const),
      }));
  return { ContinuousParameterRanges: of('continuous'), IntegerParameterRanges: of('integer') };
}
