/** Wrong baselines and untrue analyses are refused; the release of the incident is a model that fails as it should. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { readTarGz } from '../../../../lib/aws/archive';
import type { DriftSummary } from '../../../../labs/monitoring/analysis/analyses';
import { trainingColumns } from '../../../../labs/monitoring/analysis/distance';
import { carelessArchive } from '../../../../labs/monitoring/incident/careless-model';
import { barChart, escapeHtml, histogram, timeline } from '../../../../labs/monitoring/response/svg';
import { measureFault } from '../../../../labs/monitoring/steps/analyze';
import { baselineFault } from '../../../../labs/monitoring/steps/baseline';

const ROOT = path.resolve(__dirname, '../../../..');
const constraints = {
  features: [...trainingColumns().keys()].map((name) => ({ name })),
  monitoring_config: { distribution_constraints: { comparison_threshold: 0.1 } },
};
/** Statistics of the training data, with the means of some features moved by so many standard deviations. */
function statistics(moved: Readonly<Record<string, number>> = {}) {
  return {
    features: [...trainingColumns()].map(([name, values]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      return { name, numerical_statistics: { mean: mean + (moved[name] ?? 0) * spread } };
    }),
  };
}

describe('a baseline', () => {
  test('of the training data is right, of a sample of it too', () => {
    expect(baselineFault(statistics(), constraints)).toBeUndefined();
    expect(baselineFault(statistics({ temp: 0.02 }), constraints)).toBeUndefined();
  });

  test('of July is of other flights', () => {
    expect(baselineFault(statistics({ temp: 1.9, dewp: 1.7 }), constraints)).toMatch(
      /has other means .*\(2 features; temp: [\d.]+ instead of [\d.]+\): it was made of other flights/,
    );
  });

  test('of other columns', () => {
    const { features } = statistics();
    expect(baselineFault({ features: features.slice(1) }, constraints)).toMatch(/lacks the features sched_dep_minute/);
    expect(baselineFault({ features }, { ...constraints, features: [] })).toMatch(/lacks the features/);
    expect(baselineFault({}, {})).toMatch(/lacks the features/);
  });

  test('without a threshold', () => {
    expect(baselineFault(statistics(), { features: constraints.features })).toMatch(/without a comparison_threshold/);
  });
});

describe('an analysis', () => {
  const summary = { records: 1000, drifted: [], distances: { temp: 0.01 } } as unknown as DriftSummary;

  test('that tells the distance which is computed here', () => {
    expect(measureFault(summary, new Map([['temp', 0.02]]))).toBeUndefined();
  });

  test('that tells another', () => {
    expect(measureFault(summary, new Map([['temp', 0.84]]))).toMatch(
      /tells a distance of 0.010 for temp; computed here it is 0.840/,
    );
  });

  test('of too few records', () => {
    const fault = (few: Partial<DriftSummary>) => measureFault({ ...summary, ...few }, new Map());
    expect(fault({ records: 12 })).toBe('saw 12 different records only, and it takes 500 to compare');
    expect(fault({ records: 2500, different: 1 })).toBe('saw 1 different record only, and it takes 500 to compare');
    expect(fault({ records: 499, different: 499 })).toMatch(/^saw 499/);
    expect(fault({ records: 500, different: 500 })).toBeUndefined();
  });
});

describe('the release that errors', () => {
  const good = readFileSync(path.join(ROOT, 'data/prepared/model/model.tar.gz'));
  const folder = mkdtempSync(path.join(tmpdir(), 'mla-labs-careless-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has the same trees, and the same archive gives the same bytes', () => {
    const [before, after] = [readTarGz(good), readTarGz(carelessArchive(good))];
    expect(after.get('model.json')!.equals(before.get('model.json')!)).toBe(true);
    expect([...after.keys()]).toEqual([...before.keys()]);
    expect(carelessArchive(good).equals(carelessArchive(good))).toBe(true);
  });

  test('answers a flight with gusts, and fails on one without', () => {
    writeFileSync(path.join(folder, 'inference.py'), readTarGz(carelessArchive(good)).get('code/inference.py')!);
    const script = `
import sys; sys.path.insert(0, ${JSON.stringify(folder)})
import inference
inference._answer = lambda *_: "answered"
row = ["1"] * 36
print(inference.transform_fn(None, ",".join(row), "text/csv", "text/csv"))
row[10] = ""
try:
    inference.transform_fn(None, ",".join(row), "text/csv", "text/csv")
except ValueError as error:
    print(type(error).__name__, error)
`;
    const python = spawnSync(path.join(ROOT, '.venv/bin/python'), ['-c', script], { encoding: 'utf8' });
    expect(python.stdout).toBe("gusts of 1 mph\nanswered\nValueError could not convert string to float: ''\n");
  });
});

describe('the report', () => {
  test('what comes from outside is escaped', () => {
    expect(escapeHtml('<b a="1">&')).toBe('&lt;b a=&quot;1&quot;&gt;&amp;');
    expect(timeline([{ at: new Date(0), what: '<script>' }])).not.toContain('<script>');
  });

  test('pictures of anything have numbers in them, and no NaN', () => {
    const same = Float64Array.from([5, 5, 5]);
    const pictures = [
      histogram('temp', Float64Array.from([1, 2, 3]), Float64Array.from([7, 8])),
      histogram('engines', same, same),
      barChart(
        [
          { label: 'a', value: 0.4 },
          { label: 'b', value: 0.9 },
        ],
        0.5,
      ),
    ].join('');
    expect(pictures).toContain('<rect');
    expect(pictures).not.toMatch(/NaN|Infinity/);
  });
});
