/** The learner's alarm: what is an alarm, and what one does over hours of traffic. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { wouldAlarm, readAlarmDefinition, type AlarmDefinition } from '../../../../labs/monitoring/alarms/definition';
import { alarmTrial } from '../../../../labs/monitoring/steps/alarm';

const FOLDER = path.resolve(__dirname, '../../../../labs/monitoring');
const solution = JSON.parse(readFileSync(path.join(FOLDER, 'solutions/alarm.json'), 'utf8')) as AlarmDefinition;
const but = (change: object): string => JSON.stringify({ ...solution, ...change });

test('the template is none yet', () => {
  expect(readAlarmDefinition(readFileSync(path.join(FOLDER, 'exercises/alarm.json'), 'utf8'))).toMatch(
    /^MetricName is ""/,
  );
});

test.each([
  ['no JSON', '{', /^it is no JSON/],
  ['a list', '[]', /^it is no object/],
  ['a name of its own', but({ AlarmName: 'mine' }), /^AlarmName does not belong here/],
  ['a metric that nobody publishes', but({ MetricName: 'Drift' }), /^MetricName is "Drift"/],
  ['a feature that the model does not have', but({ MetricName: 'feature_baseline_drift_month' }), /^MetricName/],
  ['a percentile', but({ Statistic: 'p90' }), /^Statistic is "p90"/],
  ['an operator of another language', but({ ComparisonOperator: '>' }), /^ComparisonOperator is ">"/],
  ['missing data as nobody treats it', but({ TreatMissingData: 'ok' }), /^TreatMissingData is "ok"/],
  ['a period of 45 seconds', but({ Period: 45 }), /^Period is 45/],
  ['a period as text', but({ Period: '300' }), /^Period is "300"/],
  ['no periods', but({ EvaluationPeriods: 0 }), /^EvaluationPeriods is 0/],
  ['two days', but({ Period: 3600, EvaluationPeriods: 48 }), /longer than a day/],
  ['more datapoints than periods', but({ DatapointsToAlarm: 2 }), /^DatapointsToAlarm is 2; it is 1 to 1/],
  ['a threshold as text', but({ Threshold: '0.1' }), /^Threshold is no number/],
])('%s is refused by name', (_what, text, says) => {
  expect(readAlarmDefinition(text)).toMatch(says);
});

describe('over hours', () => {
  const alarm = (change: Partial<AlarmDefinition>): AlarmDefinition => ({ ...solution, Threshold: 0.5, ...change });

  test.each([
    ['a figure above the line, in a period as long as the hour', {}, [0, 1], true],
    ['figures below the line', {}, [0, 0.5, 0.4], false],
    ['one of three periods of five minutes', { Period: 300, EvaluationPeriods: 3, DatapointsToAlarm: 1 }, [1], true],
    ['two of two periods of five minutes never come', { Period: 300, EvaluationPeriods: 2 }, [1, 1, 1], false],
    ['two hours in a row', { EvaluationPeriods: 2 }, [0, 1, 1], true],
    ['two hours, not in a row', { EvaluationPeriods: 2 }, [1, 0, 1], false],
    ['a night without traffic', {}, [0, undefined, undefined], false],
    ['a night, and missing data is breaching', { TreatMissingData: 'breaching' }, [0, undefined], true],
    ['five minutes, and missing data is breaching', { Period: 300, TreatMissingData: 'breaching' }, [0], true],
    ['a mean that dilutes two figures', { Period: 7200, Statistic: 'Average' }, [1, 0], false],
    ['the largest of two', { Period: 7200, Statistic: 'Maximum' }, [1, 0], true],
    ['below the line', { ComparisonOperator: 'LessThanThreshold' }, [0.4], true],
  ] as [string, Partial<AlarmDefinition>, (number | undefined)[], boolean][])('%s', (_what, change, figures, rings) => {
    expect(wouldAlarm(alarm(change), figures)).toBe(rings);
  });
});

describe('tried on flights', () => {
  test('the reference solution does right', () => {
    expect(alarmTrial(solution)).toBeUndefined();
  });

  test('so does the number of features that drifted', () => {
    expect(
      alarmTrial({
        ...solution,
        MetricName: 'FeaturesDrifted',
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      }),
    ).toBeUndefined();
  });

  test.each([
    ['a line just below July', { Threshold: 0.8 }, /goes off on July, and stays quiet in \d other months/],
    ['a line above July', { Threshold: 0.95 }, /stays quiet on three hours of July/],
    [
      'a feature that does not drift',
      { MetricName: 'feature_baseline_drift_distance' },
      /stays quiet on three hours of July/,
    ],
    ['how much traffic there is', { MetricName: 'Records', Threshold: 10 }, /goes off on held-out flights/],
    ['a line that chance crosses', { Threshold: 0, ComparisonOperator: 'GreaterThanOrEqualToThreshold' }, /held-out/],
    ['no traffic as an alarm', { TreatMissingData: 'breaching', Period: 3600 }, /night without traffic/],
    [
      'two periods of five minutes',
      { Period: 300, EvaluationPeriods: 2 },
      /stays quiet on three hours of July, .*: one period breaches, and so many as it asks for never do/,
    ],
    [
      'missing data as an alarm, between two analyses',
      { Period: 300, TreatMissingData: 'breaching' },
      /held-out flights: figures come once an hour, and a period of 300 s without one is breaching/,
    ],
    [
      'a line above July on whole figures',
      { MetricName: 'FeaturesDrifted', Threshold: 20 },
      /FeaturesDrifted is \d+, \d+, \d+$/,
    ],
  ] as [string, Partial<AlarmDefinition>, RegExp][])('%s does not', (_what, change, says) => {
    expect(alarmTrial({ ...solution, ...change })).toMatch(says);
  });

  test('the other months are not named', () => {
    expect(alarmTrial({ ...solution, Threshold: 0.8 })).not.toMatch(/2013/);
  });
});
