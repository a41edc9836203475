/** Reads a model in XGBoost's JSON format and scores with it: a check that believes no metric. */
import type { Rows } from './rows';

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
  return { features: learner.feature_names ?? [], trees: trees.map(treeOf) };
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
export function scoreTrees(booster: Booster, { rows, columns, features }: Rows): Float64Array {
  const scores = new Float64Array(rows);
  for (const { left, right, feature, value, missingLeft } of booster.trees) {
    for (let row = 0; row < rows; row += 1) {
      let node = 0;
      // Every step goes to a child, whose number is larger: a circle in a forged file ends too.
      while (left[node]! > node) {
        const seen = Math.fround(features[row * columns + feature[node]!]!);
        const goesLeft = Number.isNaN(seen) ? missingLeft[node] === 1 : seen < value[node]!;
        node = (goesLeft ? left[node] : right[node])!;
      }
      scores[row]! += value[node]!;
    }
  }
  return scores;
}
