import { jobName } from '../../../../labs/training/resources';

const at = (time: string, learner = 'me') => ({
  learner,
  clock: { now: () => new Date(time), sleep: async () => undefined },
});

test('two steps in the same second get two names', () => {
  const first = jobName(at('2026-11-23T20:00:00.000Z'), 'train');
  const second = jobName(at('2026-11-23T20:00:00.400Z'), 'train');
  expect(first).not.toBe(second);
});

test('the longest learner’s tuning job stays within 32 characters, for years', () => {
  const learner = 'a'.repeat(16);
  for (const time of ['2026-01-01T00:00:00Z', '2026-11-23T20:00:00Z', '2032-06-01T00:00:00Z']) {
    expect(jobName(at(time, learner), 'hpo')).toHaveLength(32);
  }
});
