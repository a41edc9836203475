/** Reads a model in XGBoost's JSON format and scores with it: a check that believes no metric. */
import type { Rows } from './rows';

// Looked up once: these are asked for every step through every tree.
const { fround } = Math;
const { isNaN } = Number;

interface Tree {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Int32Array;
  /** Split conditions; at a leaf, its value. */
  readonly value: Float32Array;
  readonly missingLeft: Uint8Array;
}

export interface Booster {
  readonly features: readonly string[];
  readonly trees: readonly Tree[];
  /** What the model says of a flight before any tree, a probability. */
  readonly baseScore: number;
}

/**
 * Parses model.json. @see https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 *
 * @throws Error saying what it lacks, when it is no binary classifier with trees
 */
export function parseBooster(json: string): Booster {
  const model = JSON.parse(json) as {
    learner?: {
      feature_names?: string[];
      learner_model_param?: { base_score?: string };
      objective?: { name?: string };
      gradient_booster?: { name?: string; model?: { trees?: Record<string, unknown>[] } };
    };
  };
  const learner = model.learner;
  const trees = learner?.gradient_booster?.model?.trees;
  if (learner?.objective?.name !== 'binary:logistic') {
    throw new Error(`its objective is ${learner?.objective?.name ?? 'missing'}, not binary:logistic`);
  }
  if (learner.gradient_booster?.name !== 'gbtree' || !Array.isArray(trees) || trees.length === 0) {
    throw new Error('it has no trees');
  }
  return { features: learner.feature_names ?? [], trees: trees.map(treeOf), baseScore: baseScoreOf(learner) };
}

/** Since XGBoost 3.1 it stands in brackets: one for each target. Without one it is XGBoost's default. */
function baseScoreOf({ learner_model_param: param }: { learner_model_param?: { base_score?: string } }): number {
  const text = param?.base_score ?? '0.5';
  const score = Number(text.replace(/^\[(.*)\]$/, '$1'));
  if (!(score > 0 && score < 1)) throw new Error(`its base_score is ${JSON.stringify(text)}, which is no probability`);
  return score;
}

function treeOf(tree: Record<string, unknown>): Tree {
  const numbers = (key: string): number[] => {
    const value = tree[key];
    if (!Array.isArray(value)) throw new Error(`a tree lacks ${key}`);
    return value as number[];
  };
  return {
    left: Int32Array.from(numbers('left_children')),
    right: Int32Array.from(numbers('right_children')),
    feature: Int32Array.from(numbers('split_indices')),
    value: Float32Array.from(numbers('split_conditions')),
    missingLeft: Uint8Array.from(numbers('default_left')),
  };
}

/** Sums of leaves by row: they order flights as the probabilities do. */
export function scoreTrees(booster: Booster, rows: Rows): Float64Array {
  const scores = new Float64Array(rows.rows);
  addTrees(booster, rows, scores);
  return scores;
}

/**
 * Probabilities by row, each the number that XGBoost gives: it adds up in 32 bits, tree after tree, from the base score's
 * log odds.
 */
export function probabilities(booster: Booster, rows: Rows): Float64Array {
  const { log, exp } = Math;
  const base = fround(booster.baseScore);
  const margins = new Float32Array(rows.rows).fill(-log(fround(fround(1 / base) - 1)));
  addTrees(booster, rows, margins);
  return Float64Array.from(margins, (margin) => fround(1 / fround(1 + fround(exp(-margin)))));
}

/** A probability as code/inference.py writes it: like Python, six places, halves to the even digit. */
export function asCsv(probability: number): string {
  const text = probability.toFixed(6);
  // Only multiples of 1/128 that six places cannot hold end in a half, and toFixed rounds it up.
  if (!Number.isInteger(probability * 128) || Number.isInteger(probability * 64)) return text;
  const below = (Number(text) - 1e-6).toFixed(6);
  return Number(text.at(-1)) % 2 === 0 ? text : below;
}

/** Adds each row's leaves to its sum, in the order of the trees and in the sum's own precision. */
function addTrees(booster: Booster, { rows, columns, features }: Rows, sums: Float64Array | Float32Array): void {
  for (const { left, right, feature, value, missingLeft } of booster.trees) {
    for (let row = 0; row < rows; row += 1) {
      let node = 0;
      // Every step goes to a child, whose number is larger: a circle in a forged file ends too.
      while (left[node]! > node) {
        const seen = fround(features[row * columns + feature[node]!]!);
        const goesLeft = isNaN(seen) ? missingLeft[node] === 1 : seen < value[node]!;
        node = (goesLeft ? left[node] : right[node])!;
      }
      sums[row]! += value[node]!;
    }
  }
}
