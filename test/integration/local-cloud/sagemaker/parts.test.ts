/** The parts of SageMaker that decide without a cloud. */
import { isWorse } from '../../../../local-cloud/services/sagemaker/earlyStopping';
import { filterAndPage } from '../../../../local-cloud/services/sagemaker/listing';
import { MetricLog } from '../../../../local-cloud/services/sagemaker/metrics';
import { readRanges } from '../../../../local-cloud/services/sagemaker/ranges';
import { localName } from '../../../../local-cloud/services/sagemaker/storage';
import { scriptMode } from '../../../../local-cloud/services/sagemaker/trainingScratch';

describe('metrics from a log', () => {
  it('are those that XGBoost prints, by set and name', () => {
    const log = new MetricLog(true);
    log.take('[10]\ttrain-auc:0.81\tvalidation-auc:7.5e-1');
    log.take('[11]\ttrain-auc:0.82\tvalidation-auc:0.76');
    log.take('the validation-auc:0.99 of my dreams');
    expect(log.series('validation:auc')).toEqual([0.75, 0.76]);
    expect(log.final().map(({ MetricName, Value }) => [MetricName, Value])).toEqual([
      ['train:auc', 0.82],
      ['validation:auc', 0.76],
    ]);
  });

  it('are those of the definitions for other images', () => {
    const log = new MetricLog(false, [{ Name: 'loss', Regex: 'loss=([0-9.]+)' }]);
    log.take('loss=0.5');
    log.take('loss=none');
    log.take('[1]\tvalidation-auc:0.7');
    expect(log.final().map(({ MetricName, Value }) => [MetricName, Value])).toEqual([['loss', 0.5]]);
  });
});

describe('early stopping', () => {
  const series = (value: number) => Array.from({ length: 20 }, () => value);
  it.each([
    ['worse than the median of those before it', 0.6, [0.7, 0.8, 0.5], true, true],
    ['better than the median', 0.75, [0.7, 0.8, 0.5], true, false],
    ['higher where low is good', 0.9, [0.7, 0.8], false, true],
    ['alone', 0.1, [0.7], true, false],
  ])('a training that is %s', (_what, now, finished, maximize, stops) => {
    expect(isWorse(series(now), finished.map(series), maximize)).toBe(stops);
  });

  it('waits until there is something to compare', () => {
    expect(isWorse([0.1], [series(0.9), series(0.8)], true)).toBe(false);
  });

  it('compares with the same point of the others, not with their end', () => {
    const rising = Array.from({ length: 100 }, (_, step) => step / 100);
    expect(isWorse(rising.slice(0, 20), [rising, rising], true)).toBe(false);
  });
});

describe('ranges', () => {
  it('are searched on a logarithmic scale by Auto only where they are wide', () => {
    const wide = { Name: 'a', MinValue: '0.0001', MaxValue: '1', ScalingType: 'Auto' as const };
    const narrow = { Name: 'b', MinValue: '0.1', MaxValue: '1', ScalingType: 'Auto' as const };
    const ranges = readRanges({ ContinuousParameterRanges: [wide, narrow] }, {}, 'Bayesian', 3);
    expect(ranges.map(({ scaling }) => scaling)).toEqual(['Logarithmic', 'Linear']);
  });

  it('on a reverse logarithmic scale end below 1', () => {
    const range = { Name: 'a', MinValue: '0.5', MaxValue: '1', ScalingType: 'ReverseLogarithmic' as const };
    expect(() => readRanges({ ContinuousParameterRanges: [range] }, {}, 'Random', 1)).toThrow('within 0 <= x < 1.0');
  });
});

describe('the name of an object below its prefix', () => {
  it.each([
    ['split/train/', 'split/train/a.csv', 'a.csv'],
    ['split/train', 'split/train/deep/a.csv', 'deep/a.csv'],
    ['split/train/a.csv', 'split/train/a.csv', 'a.csv'],
    ['split/tr', 'split/train/a.csv', 'train/a.csv'],
    ['', 'a/b.csv', 'a/b.csv'],
  ])('%s of %s', (prefix, key, name) => {
    expect(localName(prefix, key)).toBe(name);
  });
});

describe('script mode', () => {
  const base = { sagemaker_program: '"train.py"', sagemaker_submit_directory: 's3://b/k.tar.gz' };
  it('hands hyperparameters over by name, whether they are written as JSON or not', () => {
    const mode = scriptMode({
      ...base,
      max_depth: '"6"',
      eta: '1e-05',
      flag: 'true',
      a: 'x',
      _tuning_objective_metric: 'validation:auc',
      sagemaker_region: 'r',
    });
    expect(mode.argv).toEqual(['-a', 'x', '--eta', '1e-05', '--flag', 'True', '--max_depth', '6']);
    expect(mode.program).toBe('train.py');
  });

  it('or a command is all that there is', () => {
    expect(() => scriptMode({ max_depth: '6' })).toThrow('runs scripts only');
  });
});

describe('a list', () => {
  const things = ['b', 'a', 'c'].map((name, index) => ({
    name,
    created: new Date(1000 * index),
    status: index === 1 ? 'Failed' : 'Completed',
  }));
  const names = (input: object) => filterAndPage(things, (thing) => thing, input).items.map(({ name }) => name);
  it('is sorted and filtered', () => {
    expect(names({})).toEqual(['b', 'a', 'c']);
    expect(names({ SortBy: 'Name', SortOrder: 'Descending' })).toEqual(['c', 'b', 'a']);
    expect(names({ StatusEquals: 'Failed' })).toEqual(['a']);
    // Times come as epoch seconds.
    expect(names({ CreationTimeAfter: 1 })).toEqual(['a', 'c']);
    expect(names({ CreationTimeAfter: 0.5, CreationTimeBefore: 1.5 })).toEqual(['a']);
  });

  it('comes in pages', () => {
    const first = filterAndPage(things, (thing) => thing, { MaxResults: 2 });
    expect(first.items).toHaveLength(2);
    expect(names({ MaxResults: 2, NextToken: first.NextToken })).toEqual(['c']);
    expect(() => names({ NextToken: 'mine' })).toThrow('Invalid NextToken');
  });
});
