/** What lab 2 prints and says when a job ends otherwise than it should. */
import { spawnSync } from 'node:child_process';
import { requestWord, variable } from '../../../../labs/training/shared/commands';
import { readDecision } from '../../../../labs/training/shared/decision';
import { requireModel } from '../../../../labs/training/shared/guards';
import { placeOf } from '../../../../labs/training/shared/place';
import { reasonOf } from '../../../../labs/training/shared/trained';
import { FakeAccount } from './fakeAccount';

test('a request as a shell word comes out as it went in, with the values of its variables', () => {
  const request = { Name: "it's", Uri: `s3://bucket/${variable('key')}`, Sum: '$(id) `id` "x"' };
  const { stdout } = spawnSync('sh', ['-c', `key='a b'; printf %s ${requestWord(request)}`], { encoding: 'utf8' });
  expect(JSON.parse(stdout)).toEqual({ ...request, Uri: 's3://bucket/a b' });
});

test('a training that SageMaker stopped at its limit has a reason, though SageMaker gives none', () => {
  const base = { StoppingCondition: { MaxRuntimeInSeconds: 900 } };
  const job = (more: object): string | undefined => reasonOf({ ...base, ...more } as Parameters<typeof reasonOf>[0]);
  expect(job({ SecondaryStatus: 'MaxRuntimeExceeded' })).toContain('past its limit of 900 seconds');
  expect(job({ SecondaryStatus: 'Stopped' })).toBeUndefined();
  expect(job({ SecondaryStatus: 'Failed', FailureReason: 'AlgorithmError' })).toBe('AlgorithmError');
});

test('a job that completed without a model is no success', async () => {
  const account = new FakeAccount();
  const place = placeOf(account.run);
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
  for (const wrong of [0, -1, 1.5, '2', null]) expect(readDecision(decision(wrong))).toContain('there is no version');
});
