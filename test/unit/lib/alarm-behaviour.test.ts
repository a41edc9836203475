import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { actionsOf, delayOf, metricsOf, entersAlarm } from '../../../lib/aws/alarm-behaviour';
import { calculate, CannotCalculate } from '../../../lib/aws/metric-math';

describe('metric math on one value in place of each series', () => {
  const values: Record<string, number | undefined> = { m1: 6, m2: 4, none: undefined };
  const of = (id: string): number | undefined => {
    if (!(id in values)) throw new CannotCalculate(`${id} is not known`);
    return values[id];
  };
  test.each<[string, number | undefined]>([
    ['m1', 6],
    ['m1 + m2 * 2', 14],
    ['(m1+m2)/5', 2],
    ['2 ^ 3 ^ 1 - -1', 9],
    ['1.5e3', 1500],
    ['m1 > 5 AND m2 < 4', 0],
    ['m1 > 5 || none', undefined],
    ['m1 / 0', undefined],
    ['none + 1', undefined],
    ['FILL(none, 0)', 0],
    ['FILL(m1, 0)', 6],
    ['FILL(none, REPEAT)', undefined],
    ['MAX([m1, m2, none])', 6],
    ['AVG(m1, m2)', 5],
    ['SUM([none])', undefined],
    ['IF(m1 > m2, m1, m2)', 6],
    ['IF(m1 > 100, 1)', undefined],
    ['ceil(m1 / 4)', 2],
  ])('%s', (expression, value) => expect(calculate(expression, of)).toBe(value));

  test.each(['SEARCH("x")', 'RATE(m1)', 'm3', 'm1 +', '(m1', 'm1 m2', 'm1 ; m2'])('%s is refused', (expression) =>
    expect(() => calculate(expression, of)).toThrow(CannotCalculate),
  );
});

const alarm = (change: Partial<MetricAlarm> = {}): MetricAlarm => ({
  AlarmName: 'mine',
  AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:mine',
  Namespace: 'N',
  MetricName: 'M',
  Dimensions: [{ Name: 'EndpointName', Value: 'e' }],
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 3,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
  ...change,
});

const math = (Expression: string, more: Partial<MetricAlarm> = {}): MetricAlarm =>
  alarm({
    MetricName: undefined,
    Period: undefined,
    Metrics: [
      { Id: 'all', Expression, ReturnData: true },
      {
        Id: 'm',
        ReturnData: false,
        MetricStat: { Metric: { Namespace: 'N', MetricName: 'M' }, Stat: 'p99', Period: 120 },
      },
    ],
    ...more,
  });

describe('what an alarm would do', () => {
  test.each<[string, Partial<MetricAlarm>, number | undefined, boolean]>([
    ['above', {}, 6, true],
    ['at the threshold', {}, 5, false],
    ['at the threshold, or above', { ComparisonOperator: 'GreaterThanOrEqualToThreshold' }, 5, true],
    ['below', { ComparisonOperator: 'LessThanThreshold' }, 4, true],
    ['at the threshold, or below', { ComparisonOperator: 'LessThanOrEqualToThreshold' }, 5, true],
    ['nothing is published', {}, undefined, false],
    ['nothing is published, and that breaches', { TreatMissingData: 'breaching' }, undefined, true],
  ])('%s', (_what, change, value, expected) => expect(entersAlarm(alarm(change), () => value)).toBe(expected));

  test('of a calculation, the one that is returned decides', () => {
    expect(entersAlarm(math('m / 2'), () => 12)).toBe(true);
    expect(entersAlarm(math('FILL(m, 9)'), () => undefined)).toBe(true);
  });

  test('what is beyond us is said', () => {
    expect(entersAlarm(math('RATE(m)'), () => 1)).toMatch(/the function RATE is not known/);
    expect(entersAlarm(math('all + 1'), () => 1)).toMatch(/all is not known/);
    expect(entersAlarm(alarm({ ThresholdMetricId: 'band' }), () => 1)).toMatch(/a band/);
  });

  test('metrics, delay and statistic are read in both forms', () => {
    expect(metricsOf(alarm())).toEqual([
      { namespace: 'N', name: 'M', dimensions: { EndpointName: 'e' }, stat: 'Sum', period: 60 },
    ]);
    expect(metricsOf(math('m'))).toMatchObject([{ name: 'M', stat: 'p99', period: 120 }]);
    expect(delayOf(alarm({ DatapointsToAlarm: 2 }))).toEqual({ seconds: 120, datapoints: 2, period: 60 });
    expect(delayOf(math('m'))).toEqual({ seconds: 360, datapoints: 3, period: 120 });
  });

  test('it tells by its own actions, and by an alarm that rings whenever it does', () => {
    const around = (AlarmRule: string) => [{ AlarmRule, AlarmActions: ['other'] }];
    expect(actionsOf(alarm({ AlarmActions: ['own'] }), [])).toEqual(['own']);
    expect(actionsOf(alarm({ AlarmActions: ['own'], ActionsEnabled: false }), [])).toEqual([]);
    for (const rule of ['ALARM("mine")', "ALARM('x') OR ALARM(mine)", '(ALARM("mine"))'])
      expect(actionsOf(alarm(), around(rule))).toEqual(['other']);
    for (const rule of ['ALARM("mine") AND ALARM("x")', 'NOT ALARM("mine")', 'OK("mine")', 'ALARM("x")'])
      expect(actionsOf(alarm(), around(rule))).toEqual([]);
  });
});
