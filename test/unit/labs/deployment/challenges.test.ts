import { asked } from '../../../../labs/deployment/challenges/silence';

const metric = { namespace: 'AWS/SageMaker', name: 'Invocations', dimensions: {}, stat: 'Sum', period: 300 };

test('an endpoint that nobody asks has no figures at all', () => {
  for (const name of ['Invocations', 'ModelLatency', 'Invocation5XXErrors'])
    expect(asked(0)({ ...metric, name })).toBeUndefined();
});

test('one that is asked counts by the period, and errors are 0', () => {
  expect(asked(2)(metric)).toBe(10);
  expect(asked(2)({ ...metric, stat: 'Average' })).toBe(1);
  expect(asked(2)({ ...metric, stat: 'SampleCount', name: 'ModelLatency' })).toBe(10);
  expect(asked(2)({ ...metric, name: 'Invocation5XXErrors' })).toBe(0);
  expect(asked(1)({ ...metric, period: 10 })).toBe(1);
});
