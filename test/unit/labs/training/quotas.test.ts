/** The quotas that the lab says it needs are those that its jobs are counted against. */
import { allModes, inModes } from '../../../../lib/course/modes';
import { lab } from '../../../../labs/training/lab';
import { trainingQuota } from '../../../../labs/training/quotas';
import { TUNING_LIMITS } from '../../../../labs/training/jobs/requests';

const codesIn = (given: Record<string, string>): string[] =>
  (lab.quotas ?? []).filter((need) => inModes(need, allModes(lab, given))).map(({ quota }) => quota.code);

test.each([
  [{}, ['L-611FA074', 'L-0CE343FE']],
  [{ spot: 'on' }, ['L-29688C85', 'L-0CE343FE']],
  [{ compute: 'processing' }, ['L-0CE343FE']],
  [{ compute: 'processing', spot: 'on' }, ['L-0CE343FE']],
])('in %j: %j', (modes: Record<string, string>, codes) => {
  expect(codesIn(modes)).toEqual(codes);
});

test('as many trainings as tuning runs at a time', () => {
  expect(trainingQuota({ spot: 'off' })).toMatchObject({ value: TUNING_LIMITS.parallel });
  expect(trainingQuota({ spot: 'on' }).quota.name).toBe('ml.m5.large for spot training job usage');
});

test('modes and their values, in needs and in ways on, are modes of the lab', () => {
  for (const { when = {}, ways = [] } of lab.quotas ?? []) {
    const named = [...Object.entries(when), ...ways.flatMap(({ modes }) => Object.entries(modes))];
    for (const [name, values] of named) {
      const mode = lab.modes.find((one) => one.name === name);
      for (const value of [values].flat()) expect(mode?.values).toContain(value);
    }
  }
});
