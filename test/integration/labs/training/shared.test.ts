import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { makeTarGz, readTarGz } from '../../../../lib/aws/archive';
import { dataPlan } from '../../../../lib/course/data-plan';
import { preparedManifest } from '../../../../lib/course/prepared-data';
import { imageUri } from '../../../../lib/facts/images';
import { lab } from '../../../../labs/training/lab';
import { chosenTraining } from '../../../../labs/training/answers/choice';
import { readDecision } from '../../../../labs/training/answers/decision';
import { fitLogistic } from '../../../../labs/training/models/logistic';
import { auc, BadRows, readRows } from '../../../../lib/flights/rows';
import { parameterRanges, readSearchSpace } from '../../../../labs/training/answers/search-space';
import type { TrainingAttempt } from '../../../../labs/training/models/trained';
import { parseBooster, scoreTrees } from '../../../../lib/flights/booster';
import { bestCalibratedVersion } from '../../../../labs/training/models/versions';

const file = (name: string): string => readFileSync(join(lab.folder, name), 'utf8');
const faults = (text: string): string => {
  const read = readSearchSpace(text);
  return 'faults' in read ? read.faults.join('; ') : 'none';
};
const space = (eta: object, more: object = {}): string =>
  JSON.stringify({
    eta: { type: 'continuous', min: 0.1, max: 0.3, ...eta },
    max_depth: { type: 'integer', min: 3, max: 6 },
    ...more,
  });

describe('the search space', () => {
  test('the template is refused, the solution is accepted and becomes SageMaker’s ranges', () => {
    expect(faults(file('exercises/space.json'))).toContain('eta: min 0 is not below max 0');
    const read = readSearchSpace(file('solutions/space.json'));
    if (!('space' in read)) throw new Error(read.faults.join());
    const ranges = parameterRanges(read.space);
    expect(ranges.IntegerParameterRanges).toEqual([
      { Name: 'max_depth', MinValue: '4', MaxValue: '8', ScalingType: 'Linear' },
    ]);
    expect(ranges.ContinuousParameterRanges).toContainEqual({
      Name: 'eta',
      MinValue: '0.1',
      MaxValue: '0.4',
      ScalingType: 'Logarithmic',
    });
  });

  test.each([
    ['min above max', space({ min: 0.4, max: 0.1 }), 'eta: min 0.4 is not below max 0.1'],
    ['beyond what makes sense', space({ max: 3 }), 'eta: 0.1 to 3 reaches beyond 0.01 to 1'],
    [
      'a logarithm of nothing',
      space({}, { gamma: { type: 'continuous', min: 0, max: 5, scale: 'logarithmic' } }),
      'gamma: a logarithmic scale needs a min above 0',
    ],
    ['text for a number', space({ min: '0.1' }), 'eta: min and max have to be numbers'],
    [
      'half a level',
      space({}, { max_depth: { type: 'integer', min: 2.5, max: 4 } }),
      'max_depth: min and max have to be whole numbers',
    ],
    ['another type', space({ type: 'integer' }), 'eta: type is "integer", it has to be continuous'],
    ['a name that XGBoost lacks', space({}, { depth: {} }), '"depth" is none of'],
    ['an inherited name', space({}, { constructor: {} }), '"constructor" is none of'],
    ['no depth', '{"eta":{"type":"continuous","min":0.1,"max":0.3}}', 'max_depth is missing'],
    ['a list', '[]', 'no JSON object'],
    ['no JSON', '{eta}', 'it is no JSON'],
  ])('%s is named', (_what, text, said) => expect(faults(text)).toContain(said));
});

describe('the choice', () => {
  const job = (name: string, value: number, trainAuc: number) => ({ name, auc: value, trainAuc }) as TrainingAttempt;
  const jobs = [job('a', 0.77, 0.81), job('b', 0.76, 0.9)];

  test('the solution picks the job that did best on flights it had not learnt from', () => {
    expect(chosenTraining(file('solutions/choice.json'), jobs)).toMatchObject({ name: 'a' });
    expect(chosenTraining('{"job":"b"}', jobs)).toMatchObject({ name: 'b' });
    expect(chosenTraining('{"metric":"train:auc","better":"higher"}', jobs)).toMatchObject({ name: 'b' });
  });

  test.each([
    ['the template', file('exercises/choice.json'), 'give the name of a job, or a metric'],
    ['a job that is none', '{"job":"c"}', '"c" is none of the search\'s jobs: a, b'],
    ['no direction', '{"metric":"validation:auc"}', 'higher'],
    ['no object', '3', 'no JSON object'],
  ])('%s chooses nothing', (_what, text, said) => expect(chosenTraining(text, jobs)).toContain(said));
});

describe('the decision', () => {
  test('the solution decides about versions 1 and 2', () => {
    expect(readDecision(file('solutions/decision.json'), [2, 1])).toMatchObject({
      approve: { version: 2 },
      reject: { version: 1 },
    });
  });

  const part = (version: number, reason = 'AUC 0.77 is higher'): object => ({ version, reason });
  test.each([
    ['the template', file('exercises/decision.json'), 'approve: there is no version 0; there is 1 and 2'],
    ['twice the same', JSON.stringify({ approve: part(1), reject: part(1) }), 'the same version'],
    [
      'a reason without a figure',
      JSON.stringify({ approve: part(2, 'it is simply better'), reject: part(1) }),
      'names no figure',
    ],
    ['nothing rejected', JSON.stringify({ approve: part(2) }), 'it lacks reject'],
    ['null', 'null', 'it lacks approve'],
  ])('%s is refused', (_what, text, said) => expect(readDecision(text, [2, 1])).toContain(said));

  test('the rule takes the highest AUC among the well calibrated', () => {
    const versions = [
      { n: 1, auc: 0.75, calibrationError: 0.01 },
      { n: 2, auc: 0.8, calibrationError: 0.05 },
      { n: 3, auc: 0.77, calibrationError: 0.02 },
    ];
    expect(bestCalibratedVersion(versions)?.n).toBe(3);
    expect(bestCalibratedVersion(versions.slice(1, 2))).toBeUndefined();
  });
});

describe('judging without believing', () => {
  test('AUC counts pairs, ties half', () => {
    expect(auc(Uint8Array.of(0, 1, 0, 1), Float64Array.of(1, 2, 3, 4))).toBe(0.75);
    expect(auc(Uint8Array.of(0, 1), Float64Array.of(5, 5))).toBe(0.5);
    expect(auc(Uint8Array.of(1, 1), Float64Array.of(1, 2))).toBeNaN();
  });

  test('a logistic regression finds the line in the validation flights, and none when labels are shuffled', () => {
    const plain = gunzipSync(readFileSync(join(lab.folder, '../../data/prepared/validation.csv.gz'))).toString();
    const rows = readRows([{ name: 'validation.csv', text: plain }], dataPlan().features.length);
    expect(rows.rows).toBe(20_304);
    expect(auc(rows.labels, fitLogistic(rows)(rows))).toBeGreaterThan(0.7);
    // At the best weights what is predicted adds up to what was seen, over all flights and along every column.
    const errors = fitLogistic(rows)(rows).map((logit, row) => rows.labels[row]! - 1 / (1 + Math.exp(-logit)));
    for (let column = 0; column < rows.columns; column += 1) {
      let [along, size] = [0, 1];
      for (let row = 0; row < rows.rows; row += 1) {
        const value = rows.features[row * rows.columns + column]!;
        // A missing value counts as the mean, which adds nothing once errors add up to nothing: only whole columns are asked.
        if (Number.isNaN(value)) [along, size] = [NaN, NaN];
        along += errors[row]! * value;
        size += value * value;
      }
      if (!Number.isNaN(along)) expect(Math.abs(along) / Math.sqrt(size * rows.rows)).toBeLessThan(1e-3);
    }
    expect(Math.abs(errors.reduce((sum, error) => sum + error, 0) / rows.rows)).toBeLessThan(1e-3);
    let state = 1;
    const random = (below: number): number => (state = (state * 48271) % 2147483647) % below;
    const shuffled = rows.labels.slice();
    for (let i = shuffled.length - 1; i > 0; i -= 1) {
      const j = random(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    expect(auc(shuffled, fitLogistic({ ...rows, labels: shuffled })(rows))).toBeLessThan(0.55);
  });

  test.each([
    ['a row too short', '1,2\n', 'a.csv, line 1, has 2 columns instead of 3'],
    ['no label', '1,2,3\n2,2,3\n', 'line 2, begins with "2"'],
    ['text', '1,x,3\n', 'line 1, column 2: "x" is no number'],
  ])('%s is named', (_what, text, said) => {
    const read = (): unknown => readRows([{ name: 'a.csv', text }], 2);
    expect(read).toThrow(BadRows);
    expect(read).toThrow(said);
  });

  /** One split: feature 0 below 3 goes left; a missing value goes right. */
  const TREE = {
    left_children: [1, -1, -1],
    right_children: [2, -1, -1],
    split_indices: [0, 0, 0],
    split_conditions: [3, -0.5, 0.25],
    default_left: [0, 0, 0],
  };
  const model = (tree: object, objective = 'binary:logistic'): string =>
    JSON.stringify({
      learner: {
        feature_names: ['a'],
        objective: { name: objective },
        gradient_booster: { name: 'gbtree', model: { trees: [tree] } },
      },
    });

  test('trees score as XGBoost does: below goes left, missing goes its way', () => {
    const rows = readRows([{ name: 'a', text: '0,2\n0,3\n0,\n' }], 1);
    expect([...scoreTrees(parseBooster(model(TREE)), rows)]).toEqual([-0.5, 0.25, 0.25]);
  });

  test('a forged tree with a circle ends, and a model of another sort is refused', () => {
    const rows = readRows([{ name: 'a', text: '0,2\n' }], 1);
    expect(scoreTrees(parseBooster(model({ ...TREE, left_children: [0, -1, -1] })), rows)).toHaveLength(1);
    expect(() => parseBooster(model(TREE, 'reg:squarederror'))).toThrow('reg:squarederror');
    expect(() => parseBooster(model({}))).toThrow('lacks left_children');
  });
});

describe('what goes up and comes down', () => {
  test('an archive holds what was put in, and is the same every time', () => {
    const files = [
      { name: 'train.py', content: Buffer.from('print(1)\n') },
      { name: 'code/empty', content: Buffer.alloc(0) },
      { name: 'big.bin', content: Buffer.alloc(1500, 7) },
    ];
    const archive = makeTarGz(files);
    expect([...readTarGz(archive)]).toEqual(files.map(({ name, content }) => [name, content]));
    expect(makeTarGz(files).equals(archive)).toBe(true);
  });

  test('what is no archive, or cut off, is refused', () => {
    expect(() => readTarGz(Buffer.from('no'))).toThrow();
    expect(() => readTarGz(gzipSync(Buffer.alloc(1024, 65)))).toThrow('no tar archive');
    const tar = gunzipSync(makeTarGz([{ name: 'a', content: Buffer.alloc(5000, 1) }]));
    expect(() => readTarGz(gzipSync(tar.subarray(0, 2000)))).toThrow('cut off');
  });

  test('the code’s features are those of the plan, and of the shipped data', () => {
    const names = dataPlan().features.map(({ name }) => name);
    expect(JSON.parse(file('../../lib/flights/runtime/features.json'))).toEqual(names);
    expect(preparedManifest().columns).toEqual([dataPlan().label.name, ...names]);
  });

  test('the image is the Region’s own; a Region without one is refused by name', () => {
    expect(imageUri('xgboost', 'eu-central-1')).toBe(
      '492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.2-0',
    );
    expect(imageUri('scikitLearn', 'us-east-1')).toBe(
      '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3',
    );
    expect(() => imageUri('xgboost', 'sa-east-1')).toThrow(/no SageMaker images in the Region sa-east-1; .*us-east-1/);
  });
});
