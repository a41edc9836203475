/** A tuning job's search space: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html */
import type { HyperParameterScalingType, ParameterRanges } from '@aws-sdk/client-sagemaker';
import { invalid, refuseMembers } from './errors';

export type RangeKind = 'Continuous' | 'Integer' | 'Categorical';
export type Scaling = 'Linear' | 'Logarithmic' | 'ReverseLogarithmic';

/** As engines/sagemaker/search.py takes it. */
export interface Range {
  readonly name: string;
  readonly kind: RangeKind;
  readonly min: number;
  readonly max: number;
  readonly scaling: Scaling;
  readonly values: readonly string[];
}

/** https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-limits.html */
const MOST_RANGES = 30;
/** Auto searches on a logarithmic scale where a range spans this factor. */
const WIDE = 1000;

function numberOf(text: string | undefined, member: string, name: string): number {
  const value = text!.trim();
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(value)) {
    throw invalid(`The ${member} of the parameter range for the hyperparameter ${name}, [${text}], is not a number.`);
  }
  return Number(value);
}

function scalingOf(given: HyperParameterScalingType | undefined, name: string, min: number, max: number): Scaling {
  if (given === 'Logarithmic' && min <= 0) {
    throw invalid(
      `Logarithmic scaling of the hyperparameter ${name} needs a range with values greater than 0; MinValue is [${min}].`,
    );
  }
  if (given === 'ReverseLogarithmic' && (min < 0 || max >= 1)) {
    throw invalid(
      `Reverse logarithmic scaling of the hyperparameter ${name} needs a range that is entirely within 0 <= x < 1.0; it is [${min}, ${max}].`,
    );
  }
  if (given && given !== 'Auto') return given;
  return min > 0 && max / min >= WIDE ? 'Logarithmic' : 'Linear';
}

function numeric(
  kind: 'Continuous' | 'Integer',
  range: { Name?: string; MinValue?: string; MaxValue?: string; ScalingType?: HyperParameterScalingType },
): Range {
  const name = range.Name!;
  const min = numberOf(range.MinValue, 'MinValue', name);
  const max = numberOf(range.MaxValue, 'MaxValue', name);
  if (kind === 'Integer' && !(Number.isInteger(min) && Number.isInteger(max))) {
    throw invalid(
      `The range of the integer hyperparameter ${name}, [${range.MinValue}, ${range.MaxValue}], must be given in integers.`,
    );
  }
  if (min > max) {
    throw invalid(
      `The MinValue of the parameter range for the hyperparameter ${name}, [${range.MinValue}], must be less than or equal to its MaxValue, [${range.MaxValue}].`,
    );
  }
  if (kind === 'Integer' && range.ScalingType === 'ReverseLogarithmic') {
    throw invalid(
      `Reverse logarithmic scaling is supported for continuous hyperparameter ranges only, and ${name} is an integer.`,
    );
  }
  return { name, kind, min, max, scaling: scalingOf(range.ScalingType, name, min, max), values: [] };
}

/** Different combinations that the ranges have; infinite where one is continuous. */
export function combinations(ranges: readonly Range[]): number {
  return ranges.reduce((total, { kind, min, max, values }) => {
    const one =
      kind === 'Categorical' ? values.length : kind === 'Integer' ? max - min + 1 : min === max ? 1 : Infinity;
    return total * one;
  }, 1);
}

/**
 * Reads and checks the ranges.
 *
 * @throws ServiceError ValidationException for a space that cannot be searched
 */
export function readRanges(
  given: ParameterRanges | undefined,
  fixed: Readonly<Record<string, string>>,
  strategy: string,
  trainings: number | undefined,
): Range[] {
  const input = given ?? {};
  refuseMembers('CreateHyperParameterTuningJob', input, ['AutoParameters']);
  const ranges = [
    ...(input.ContinuousParameterRanges ?? []).map((range) => numeric('Continuous', range)),
    ...(input.IntegerParameterRanges ?? []).map((range) => numeric('Integer', range)),
    ...(input.CategoricalParameterRanges ?? []).map((range): Range => {
      const values = [...new Set(range.Values)];
      return { name: range.Name!, kind: 'Categorical', min: 0, max: 0, scaling: 'Linear', values };
    }),
  ];
  if (ranges.length === 0) throw invalid('You must specify at least one parameter range to tune.');
  if (ranges.length > MOST_RANGES)
    throw invalid(`At most ${MOST_RANGES} hyperparameters can be tuned; ${ranges.length} are given.`);
  const names = new Set<string>();
  for (const { name } of ranges) {
    if (names.has(name)) throw invalid(`The hyperparameter ${name} has more than one range.`);
    if (name in fixed)
      throw invalid(`The hyperparameter ${name} is given both as a static hyperparameter and as a range.`);
    names.add(name);
  }
  if (strategy === 'Grid' && ranges.some(({ kind }) => kind !== 'Categorical')) {
    throw invalid('Grid search supports categorical parameter ranges only.');
  }
  const total = combinations(ranges);
  if (trainings !== undefined && total < trainings) {
    // SageMaker's words: https://github.com/aws/amazon-sagemaker-operator-for-k8s/issues/123
    throw invalid(
      `You don't have enough combinations of hyperparameter ranges. The total number of hyperparameter combinations for the provided ranges [${total.toFixed(1)}] must be equal or greater than the value of MaxNumberOfJobs, [${trainings}]. Provide additional ranges.`,
    );
  }
  return ranges;
}
