/** The flawed models that are released for practice: what XGBoost itself makes of them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { figuresOn, flightsOf } from '../../../../labs/deployment/model/flights';
import { readBooster, flawedArchive, THIN_TREES, type Flaw } from '../../../../labs/deployment/model/archive';
import { testRows } from '../../../../labs/deployment/model/first-model';
import { makeTarGz } from '../../../../lib/aws/archive';
import type { Booster } from '../../../../lib/flights/booster';

const GOOD = readFileSync(resolve('data/prepared/model/model.tar.gz'));
const SAMPLE = flightsOf(readFileSync(resolve('labs/deployment/source/tests/flights.csv'), 'utf8').trim().split('\n'));
const PYTHON = resolve(process.env.MLA_PYTHON ?? '.venv/bin/python');

/** Loads an archive as code/inference.py does and prints how it does on the smoke test’s flights. */
const JUDGE = `
import json, sys, tarfile, tempfile
sys.path[:0] = ["lib/flights/runtime", "labs/training/runtime"]
import inference, measures, numpy as np
with tempfile.TemporaryDirectory() as folder:
    tarfile.open(sys.argv[1]).extractall(folder, filter="data")
    model = inference.model_fn(folder)
rows = np.genfromtxt("labs/deployment/source/tests/flights.csv", delimiter=",")
scores = inference.xgb.Booster.predict(model, inference.xgb.DMatrix(rows[:, 1:], feature_names=model.feature_names))
error = measures.calibration_error(measures.calibration(rows[:, 0], scores))
print(json.dumps({"auc": measures.auc(rows[:, 0], scores), "calibrationError": error, "trees": model.num_boosted_rounds()}))
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mla-labs-models-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function judged(archive: Buffer): { auc: number; calibrationError: number; trees: number } | string {
  const file = join(folder, 'model.tar.gz');
  writeFileSync(file, archive);
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', JUDGE, file], { encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as { auc: number; calibrationError: number; trees: number }) : stderr;
}

test('a broken model does not load', () => {
  const archive = flawedArchive(GOOD, 'broken');
  expect(judged(archive)).toMatch(/XGBoostError/);
  expect(readBooster(archive)).toMatch(/JSON/);
});

test.each<[Flaw, number, (figures: { auc: number; calibrationError: number }) => void]>([
  ['worse', 150, ({ auc }) => expect(auc).toBeLessThan(0.3)],
  [
    'thin',
    THIN_TREES,
    ({ auc, calibrationError }) => {
      expect(auc).toBeGreaterThan(0.7);
      expect(auc).toBeLessThan(0.75);
      expect(calibrationError).toBeGreaterThan(0.05);
    },
  ],
])('a model that is %s loads with %d trees, and does here what XGBoost says', (flaw, trees, bad) => {
  const archive = flawedArchive(GOOD, flaw);
  const theirs = judged(archive);
  if (typeof theirs === 'string') throw new Error(theirs);
  const own = figuresOn(readBooster(archive) as Booster, SAMPLE.rows);
  bad(own);
  expect(theirs.trees).toBe(trees);
  expect(own.auc).toBeCloseTo(theirs.auc, 6);
  expect(own.calibrationError).toBeCloseTo(theirs.calibrationError, 5);
});

test('the good model’s own figures are those of its manifest', () => {
  const { test } = JSON.parse(readFileSync(resolve('data/prepared/model/manifest.json'), 'utf8')) as {
    test: { auc: number; calibrationError: number };
  };
  const own = figuresOn(readBooster(GOOD) as Booster, testRows());
  expect(own.auc).toBeCloseTo(test.auc, 5);
  expect(own.calibrationError).toBeCloseTo(test.calibrationError, 5);
});

test('the same model is made flawed in the same way: a second try registers no second version', () => {
  expect(flawedArchive(GOOD, 'thin').equals(flawedArchive(GOOD, 'thin'))).toBe(true);
});

test.each([
  ['nothing', Buffer.from(''), /unexpected end|header/i],
  ['no archive', Buffer.from('hello'), /header/i],
  ['no model', makeTarGz([{ name: 'other.txt', content: Buffer.from('x') }]), /no model\.json, but other\.txt/],
  ['no script', makeTarGz([{ name: 'model.json', content: Buffer.from('{}') }]), /no code\/inference\.py/],
])('an archive with %s says so', (_what, archive, says) => {
  expect(readBooster(archive)).toMatch(says);
});
