/** An exception class is not a diagnosis: what SageMaker says with one name has several causes, and each its own advice. */
import { withStartAdvice } from '../../../../labs/training/jobs/guards';
import { FakeAccount } from './fakeAccount';

const refusing = (name: string, message: string) => async (): Promise<never> => {
  throw Object.assign(new Error(message), { name });
};
const limit = (what: string, value: number, used: number): string =>
  `The account-level service limit '${what}' is ${value} Instances, with current utilization of ${used} Instances and a request delta of 1 Instances.`;

describe('ResourceLimitExceeded', () => {
  test.each([
    [
      'a quota of 0',
      'training',
      limit('ml.m5.large for training job usage', 0, 0),
      /quota of 0/,
      /--compute processing/,
    ],
    [
      'a quota in use',
      'training',
      limit('ml.m5.large for training job usage', 2, 2),
      /2 of 2 are in use/,
      /^Wait until other training jobs/,
    ],
    ['Processing of 0', 'processing', limit('ml.t3.medium for processing job usage', 0, 0), /is 0/, /--target local/],
    [
      'Processing in use',
      'processing',
      limit('ml.t3.medium for processing job usage', 4, 4),
      /4 of 4/,
      /^Wait until other Processing jobs/,
    ],
    [
      'another limit',
      'training',
      limit('Total number of instances', 20, 20),
      /but Total number of instances/,
      /more of that/,
    ],
  ] as const)('%s', async (_what, by, message, why, next) => {
    await expect(
      withStartAdvice(new FakeAccount().run, refusing('ResourceLimitExceeded', message), by),
    ).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      why: expect.stringMatching(why) as string,
      next: expect.stringMatching(next) as string,
    });
  });
});

describe('ValidationException', () => {
  test.each([
    ['no data', 'No S3 objects found under S3 URL "s3://bucket/data/train/"', /^Bring the data: .*step training data/],
    [
      'a new role',
      'Could not assume role arn:aws:iam::1:role/x. Please ensure that the role exists',
      /takes a minute.*wait/,
    ],
    ['something else', '1 validation error detected: Value at hyperParameters failed', /^Fix what it names/],
  ])('%s: SageMaker’s own words, and what helps there', async (_what, message, next) => {
    await expect(
      withStartAdvice(new FakeAccount().run, refusing('ValidationException', message)),
    ).rejects.toMatchObject({
      message: `SageMaker refused the job: ${message}`,
      next: expect.stringMatching(next) as string,
    });
  });
});
