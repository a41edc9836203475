/** A logistic regression that the check fits itself: what any model with trees has to beat. */
import type { Rows } from '../../../lib/flights/rows';

const STEPS = 12;
const PENALTY = 1;

/** Scores rows: the logit of a late departure. */
export type Scorer = (rows: Rows) => Float64Array;

/** Newton's method on standardised columns; a missing value counts as the column's mean. */
export function fitLogistic(train: Rows): Scorer {
  const { mean, scale } = moments(train);
  const width = train.columns + 1;
  let weights = new Float64Array(width);
  const x = new Float64Array(width);
  const load = ({ features, columns }: Rows, row: number): void => {
    x[0] = 1;
    for (let c = 0; c < columns; c += 1) {
      const value = features[row * columns + c]!;
      x[c + 1] = Number.isNaN(value) ? 0 : (value - mean[c]!) / scale[c]!;
    }
  };
  const logit = (): number => {
    let sum = 0;
    for (let c = 0; c < width; c += 1) sum += x[c]! * weights[c]!;
    return sum;
  };
  for (let step = 0; step < STEPS; step += 1) {
    const hessian = new Float64Array(width * width);
    const gradient = new Float64Array(width);
    for (let row = 0; row < train.rows; row += 1) {
      load(train, row);
      const p = 1 / (1 + Math.exp(-logit()));
      const weight = p * (1 - p);
      const error = train.labels[row]! - p;
      for (let i = 0; i < width; i += 1) {
        const xi = x[i]!;
        if (xi === 0) continue;
        gradient[i]! += error * xi;
        const wx = weight * xi;
        const at = i * width;
        for (let j = 0; j <= i; j += 1) hessian[at + j]! += wx * x[j]!;
      }
    }
    for (let i = 0; i < width; i += 1) {
      hessian[i * width + i]! += PENALTY;
      gradient[i]! -= PENALTY * weights[i]!;
    }
    const change = solve(hessian, gradient, width);
    weights = weights.map((weight, i) => weight + change[i]!);
    if (Math.max(...change.map(Math.abs)) < 1e-6) break;
  }
  return (rows) => {
    const scores = new Float64Array(rows.rows);
    for (let row = 0; row < rows.rows; row += 1) {
      load(rows, row);
      scores[row] = logit();
    }
    return scores;
  };
}

function moments({ rows, columns, features }: Rows): { mean: Float64Array; scale: Float64Array } {
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

/** Solves a symmetric positive definite system, given by its lower half, by Cholesky's decomposition. */
function solve(matrix: Float64Array, right: Float64Array, n: number): Float64Array {
  const l = Float64Array.from(matrix);
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = l[i * n + j]!;
      for (let k = 0; k < j; k += 1) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  }
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
