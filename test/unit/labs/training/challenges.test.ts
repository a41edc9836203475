import { gradedOf, leavesOf, LEAST_AUC, MOST_LEAVES } from '../../../../labs/training/challenges/pocket-model';
import { outcomeOf, readWarnings } from '../../../../labs/training/challenges/warn-crews';
import type { Booster } from '../../../../lib/flights/booster';

/** A tree that asks whether the first feature is below 1, and goes to a leaf of -1 or 1. */
const STUMP = {
  left: Int32Array.of(1, -1, -1),
  right: Int32Array.of(2, -1, -1),
  feature: Int32Array.of(0, 0, 0),
  value: Float32Array.of(1, -1, 1),
  missingLeft: Uint8Array.of(1, 0, 0),
};
const booster = (trees: number): Booster => ({ features: ['x'], trees: Array(trees).fill(STUMP), baseScore: 0.5 });

test('leaves are counted over all trees, by where a flight can come to', () => {
  expect(leavesOf(booster(3))).toBe(6);
  // What pruning took off stays in the file.
  const pruned = { ...STUMP, left: Int32Array.of(-1, -1, -1) };
  expect(leavesOf({ ...booster(0), trees: [pruned] })).toBe(1);
});

describe('the model that is graded', () => {
  const model = (leaves: number, auc: number, ...strange: string[]) => ({ leaves, auc, strange });
  const good = model(MOST_LEAVES, LEAST_AUC);
  test('is none where there is none', () => expect(gradedOf([])).toBeUndefined());
  test('is the smallest where none is small', () =>
    expect(gradedOf([model(900, 0.9), model(500, 0.7)])).toMatchObject({ leaves: 500 }));
  test('is the best of the small ones, however good a large one is', () =>
    expect(gradedOf([model(900, 0.9), model(10, 0.7), good])).toBe(good));
  test('is one that has all, where one has, though another does better with what it should not have read', () =>
    expect(gradedOf([model(300, 0.9, 's3://b/data/test/'), good])).toBe(good));
});

describe('a decision on warnings', () => {
  test.each([
    ['{', /no JSON/],
    ['[]', /version is undefined/],
    ['{"version": "2", "threshold": 0.2}', /version is "2"/],
    ['{"version": 2, "threshold": 20}', /threshold is 20/],
    ['null', /version is undefined/],
  ])('%s is none', (text, says) => expect(readWarnings(text)).toMatch(says));
  test('is a version and a threshold', () =>
    expect(readWarnings('{"version": 2, "threshold": 0.25, "why": "costs"}')).toEqual({ version: 2, threshold: 0.25 }));

  test('costs 1 for each needless warning and 5 for each that is missing', () => {
    // Scores: 0.27 for the first two, 0.73 for the others.
    const rows = { rows: 4, columns: 1, features: Float64Array.of(0, 0, 2, 2), labels: Uint8Array.of(0, 1, 0, 1) };
    expect(outcomeOf(booster(1), rows, 0.5)).toEqual({ warned: 0.5, cost: 6 / 4 });
    expect(outcomeOf(booster(1), rows, 0)).toEqual({ warned: 1, cost: 2 / 4 });
    expect(outcomeOf(booster(1), rows, 1)).toEqual({ warned: 0, cost: 10 / 4 });
  });
});
