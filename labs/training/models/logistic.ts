/** A logistic regression that the check fits itself: what any model with trees has to beat. */
import type { Rows } from '../../../lib/flights/rows';

const STEPS = 30;
const PENALTY = 1;
/** Once no weight moves by more than this in a step, the Hessian is used again: computing it is what takes time. */
const NEAR = 0.3;
const CLOSE_ENOUGH = 1e-6;

/** Scores rows: the logit of a late departure. */
export type Scorer = (rows: Rows) => Float64Array;

/** Newton's method on standardised columns; a missing value counts as the column's mean. */
export function fitLogistic(train: Rows): Scorer {
  const standards = moments(train);
  const width = train.columns + 1;
  const x = standardised(train, standards);
  const weights = new Float64Array(width);
  let hessian: Float64Array | undefined;
  for (let step = 0; step < STEPS; step += 1) {
    const { gradient, slopes } = gradientOf(x, train.labels, weights);
    hessian ??= factor(hessianOf(x, slopes, width), width);
    const change = solve(hessian, gradient, width);
    for (let i = 0; i < width; i += 1) weights[i]! += change[i]!;
    const most = Math.max(...change.map(Math.abs));
    if (most < CLOSE_ENOUGH) break;
    if (most > NEAR) hessian = undefined;
  }
  return (rows) => logits(standardised(rows, standards), weights);
}

/** A one, then every column with mean 0 and deviation 1: rows x (columns + 1). */
function standardised({ rows, columns, features }: Rows, { mean, scale }: Moments): Float64Array {
  const x = new Float64Array(rows * (columns + 1));
  for (let row = 0, from = 0, to = 0; row < rows; row += 1) {
    x[to++] = 1;
    for (let c = 0; c < columns; c += 1, from += 1, to += 1) {
      const value = features[from]!;
      if (!Number.isNaN(value)) x[to] = (value - mean[c]!) / scale[c]!;
    }
  }
  return x;
}

function logits(x: Float64Array, weights: Float64Array): Float64Array {
  const width = weights.length;
  const sums = new Float64Array(x.length / width);
  for (let row = 0, at = 0; row < sums.length; row += 1) {
    let sum = 0;
    for (let i = 0; i < width; i += 1, at += 1) sum += x[at]! * weights[i]!;
    sums[row] = sum;
  }
  return sums;
}

/** Of the penalised likelihood; and p(1 - p) by row, for the hessian. */
function gradientOf(
  x: Float64Array,
  labels: Uint8Array,
  weights: Float64Array,
): { gradient: Float64Array; slopes: Float64Array } {
  const width = weights.length;
  const slopes = logits(x, weights);
  const gradient = weights.map((weight) => -PENALTY * weight);
  for (let row = 0, at = 0; row < slopes.length; row += 1) {
    const p = 1 / (1 + Math.exp(-slopes[row]!));
    const error = labels[row]! - p;
    slopes[row] = p * (1 - p);
    for (let i = 0; i < width; i += 1, at += 1) gradient[i]! += error * x[at]!;
  }
  return { gradient, slopes };
}

/** Lower half of the Hessian, the matrix of second derivatives. */
function hessianOf(x: Float64Array, slopes: Float64Array, width: number): Float64Array {
  const matrix = new Float64Array(width * width);
  for (let row = 0, start = 0; row < slopes.length; row += 1, start += width) {
    const slope = slopes[row]!;
    for (let i = 0, at = 0; i < width; i += 1, at = i * width) {
      const weighted = slope * x[start + i]!;
      for (let j = 0; j <= i; j += 1) matrix[at + j]! += weighted * x[start + j]!;
    }
  }
  for (let i = 0; i < width; i += 1) matrix[i * width + i]! += PENALTY;
  return matrix;
}

interface Moments {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

function moments({ rows, columns, features }: Rows): Moments {
  const mean = new Float64Array(columns);
  const scale = new Float64Array(columns);
  for (let c = 0; c < columns; c += 1) {
    let known = 0;
    let sum = 0;
    let squares = 0;
    for (let at = c; at < rows * columns; at += columns) {
      const value = features[at]!;
      if (Number.isNaN(value)) continue;
      known += 1;
      sum += value;
    }
    mean[c] = known === 0 ? 0 : sum / known;
    for (let at = c; at < rows * columns; at += columns) {
      const value = features[at]!;
      if (!Number.isNaN(value)) squares += (value - mean[c]!) ** 2;
    }
    scale[c] = Math.sqrt(squares / Math.max(1, known)) || 1;
  }
  return { mean, scale };
}

/** Cholesky's decomposition of a symmetric positive definite matrix, given by its lower half. */
function factor(matrix: Float64Array, n: number): Float64Array {
  const l = Float64Array.from(matrix);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = l[i * n + j]!;
      for (let k = 0; k < j; k += 1) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  }
  return l;
}

/** Solves a system by its decomposition. */
function solve(l: Float64Array, right: Float64Array, n: number): Float64Array {
  const y = Float64Array.from(right);
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < i; k += 1) y[i]! -= l[i * n + k]! * y[k]!;
    y[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < n; k += 1) y[i]! -= l[k * n + i]! * y[k]!;
    y[i]! /= l[i * n + i]!;
  }
  return y;
}
