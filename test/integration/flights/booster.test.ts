/** The model run on this machine gives XGBoost's own numbers, to the last digit that CSV carries. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readTarGz } from '../../../lib/aws/archive';
import { asCsv, parseBooster, probabilities } from '../../../lib/flights/booster';
import { readRows } from '../../../lib/flights/rows';

const ROOT = resolve(__dirname, '../../..');
const DATA = join(ROOT, 'data', 'prepared');

/** Scores every flight of a file with XGBoost itself, as code/inference.py writes it. */
const XGBOOST = `
import gzip, sys, tarfile
import numpy as np, xgboost as xgb
with tarfile.open(sys.argv[1]) as tar:
    booster = xgb.Booster(model_file=bytearray(tar.extractfile("model.json").read()))
rows = np.genfromtxt(gzip.open(sys.argv[2], "rt"), delimiter=",", dtype=np.float64)[:, 1:]
for score in booster.predict(xgb.DMatrix(rows, feature_names=booster.feature_names)):
    print(f"{float(score):.6f}")
`;

test('27,234 flights of June: every probability is the one that XGBoost gives', () => {
  const archive = join(DATA, 'model', 'model.tar.gz');
  const flights = join(DATA, 'months', '2013-06.csv.gz');
  const asked = spawnSync(resolve(process.env.MLA_PYTHON ?? '.venv/bin/python'), ['-c', XGBOOST, archive, flights], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(asked.stderr).toBe('');
  const booster = parseBooster(readTarGz(readFileSync(archive)).get('model.json')!.toString());
  const text = gunzipSync(readFileSync(flights)).toString();
  const own = probabilities(booster, readRows([{ name: 'june', text }], booster.features.length));
  expect(own).toHaveLength(27_234);
  const theirs = asked.stdout.trim().split('\n');
  expect([...own].map(asCsv).filter((score, flight) => score !== theirs[flight])).toEqual([]);
});

test.each([
  [0.0078125, '0.007812'],
  [0.0234375, '0.023438'],
  [0.5, '0.500000'],
  [0.2134138, '0.213414'],
  [1, '1.000000'],
])('%d is written as Python writes it', (probability, text) => {
  expect(asCsv(probability)).toBe(text);
});

test.each([
  ['[2.5E-1]', 0.25],
  ['0.25', 0.25],
])('the base score %s is read, in brackets or without', (text, score) => {
  expect(parseBooster(model(text)).baseScore).toBe(score);
});

test('a base score that is no probability is refused', () => {
  expect(() => parseBooster(model('[2E0]'))).toThrow('"[2E0]", which is no probability');
});

function model(base_score: string): string {
  const tree = {
    left_children: [-1],
    right_children: [-1],
    split_indices: [0],
    split_conditions: [0.5],
    default_left: [0],
  };
  return JSON.stringify({
    learner: {
      learner_model_param: { base_score },
      objective: { name: 'binary:logistic' },
      gradient_booster: { name: 'gbtree', model: { trees: [tree] } },
    },
  });
}
