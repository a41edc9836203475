import {
  checkExpression,
  hourFolders,
  nextRun,
  offset,
  windowOf,
} from '../../../../local-cloud/services/sagemaker/monitoringTimes';

const at = (time: string) => new Date(`2026-07-01T${time}Z`);

test.each([
  ['cron(0 * ? * * *)', '05:20:00', '2026-07-01T06:00:00.000Z'],
  ['cron(0 * ? * * *)', '06:00:00', '2026-07-01T07:00:00.000Z'],
  ['cron(0 5 ? * * *)', '05:20:00', '2026-07-02T05:00:00.000Z'],
  ['cron(0 2/6 ? * * *)', '08:30:00', '2026-07-01T14:00:00.000Z'],
  ['cron(0 2/6 ? * * *)', '20:30:00', '2026-07-02T02:00:00.000Z'],
])('%s after %s is due at %s', (expression, after, expected) => {
  expect(nextRun(expression, at(after)).toISOString()).toBe(expected);
});

test('a run looks back to the one before', () => {
  expect(windowOf('cron(0 * ? * * *)', at('06:00:00'), undefined, undefined).start).toEqual(at('05:00:00'));
  expect(windowOf('cron(0 0/6 ? * * *)', at('06:00:00'), undefined, undefined).start).toEqual(at('00:00:00'));
  expect(windowOf('NOW', at('06:30:00'), '-PT2H', '-PT30M')).toEqual({ start: at('04:30:00'), end: at('06:00:00') });
});

test('a window touches whole hours of capture', () => {
  expect(hourFolders({ start: at('04:30:00'), end: at('06:00:00') })).toEqual(['2026/07/01/04', '2026/07/01/05']);
  expect(hourFolders({ start: at('05:30:00'), end: at('06:30:00') })).toEqual(['2026/07/01/05', '2026/07/01/06']);
});

test('durations are relative', () => {
  expect(offset('-P1DT2H', 'x')).toBe(-26 * 3_600_000);
  expect(offset('-PT0H', 'x')).toBe(-0);
  for (const wrong of ['1h', 'PT', '-P', '']) expect(() => offset(wrong, 'x')).toThrow('ISO 8601');
});

test.each(['cron(0 24 ? * * *)', 'cron(0 1/25 ? * * *)', 'cron(5 * ? * * *)', 'rate(1 hour)', 'now'])(
  '%s is no schedule expression of Model Monitor',
  (expression) => expect(() => checkExpression(expression)).toThrow('is not valid'),
);
