/** What lab 2 prints and says when a job ends otherwise than it should. */
import { spawnSync } from 'node:child_process';
import { requestWord, variable } from '../../../../labs/training/aws-cli';
import { readDecision } from '../../../../labs/training/answers/decision';
import { requireModel, withStartAdvice } from '../../../../labs/training/jobs/guards';
import { resourcesOf } from '../../../../labs/training/resources';
import { failureReason } from '../../../../labs/training/models/trained';
import { FakeAccount } from './fakeAccount';

test('a request as a shell word comes out as it went in, with the values of its variables', () => {
  const request = { Name: "it's", Uri: `s3://bucket/${variable('key')}`, Sum: '$(id) `id` "x"' };
  const { stdout } = spawnSync('sh', ['-c', `key='a b'; printf %s ${requestWord(request)}`], { encoding: 'utf8' });
  expect(JSON.parse(stdout)).toEqual({ ...request, Uri: 's3://bucket/a b' });
});

test('a training that SageMaker stopped at its limit has a reason, though SageMaker gives none', () => {
  const base = { StoppingCondition: { MaxRuntimeInSeconds: 900, MaxWaitTimeInSeconds: 2700 } };
  const job = (more: object): string | undefined =>
    failureReason({ ...base, ...more } as Parameters<typeof failureReason>[0]);
  expect(job({ SecondaryStatus: 'MaxRuntimeExceeded' })).toContain('past its limit of 900 seconds');
  expect(job({ SecondaryStatus: 'MaxWaitTimeExceeded' })).toMatch(/no spot capacity .*2700 seconds.*--spot off/);
  expect(job({ SecondaryStatus: 'Stopped' })).toBeUndefined();
  expect(job({ SecondaryStatus: 'Failed', FailureReason: 'AlgorithmError' })).toBe('AlgorithmError');
});

test('a Processing job over the quota: the request for more, and to wait', async () => {
  const refused = async (): Promise<never> => {
    throw Object.assign(new Error('the limit is 4 Instances'), { name: 'ResourceLimitExceeded' });
  };
  await expect(withStartAdvice(new FakeAccount().run, refused, 'processing')).rejects.toMatchObject({
    message: 'Your account may start no Processing job on ml.t3.medium now: the limit is 4 Instances',
    why: expect.stringContaining('--quota-code L-0CE343FE --desired-value 1') as string,
    next: expect.stringContaining('have ended') as string,
  });
});

test('a job that completed without a model is no success', async () => {
  const account = new FakeAccount();
  const place = resourcesOf(account.run);
  await expect(requireModel(account.run, place, 'job', 'training')).rejects.toThrow(
    'completed and left no model: s3://bucket/models/job/output/model.tar.gz',
  );
  account.put('models/job/output/model.tar.gz', 'x');
  await expect(requireModel(account.run, place, 'job', 'training')).resolves.toBeUndefined();
});

test('a decision is read before the versions are known, but its numbers have to be numbers', () => {
  const decision = (version: unknown): string =>
    JSON.stringify({
      approve: { version, reason: 'AUC is 0.77 here' },
      reject: { version: 1, reason: 'AUC is 0.75 here' },
    });
  expect(readDecision(decision(2))).toMatchObject({ approve: { version: 2 } });
  expect(readDecision(decision(2).replace('AUC is 0.75', 'AUC is\\n0.75'))).toMatch(/^reject: .*more than one line/);
  for (const wrong of [0, -1, 1.5, '2', null]) expect(readDecision(decision(wrong))).toContain('there is no version');
});
