/** What the responder writes to S3 on a condition, where S3's first answer is lost. */
import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { s3Store } from '../../../../labs/monitoring/runtime/responder/store';

/** S3 that refuses a write at the attempt of this number, and holds a text. */
function refusing(attempts: number, holds: string): void {
  jest.spyOn(S3Client.prototype, 'send').mockImplementation(async (command: object) => {
    if (command.constructor.name === 'GetObjectCommand')
      return { Body: { transformToString: async () => holds }, ETag: 'theirs-or-ours' };
    const about = { name: 'PreconditionFailed', $fault: 'client', $metadata: { attempts } } as const;
    throw new S3ServiceException({ ...about, message: 'At least one of the pre-conditions did not hold' });
  });
}

const store = s3Store('bucket');
afterEach(() => jest.restoreAllMocks());

test('a write that was sent again is done, where what stands there is what was written', async () => {
  refusing(2, 'ours');
  expect(await store.replace('decisions/1.json', 'ours', 'before')).toBe('theirs-or-ours');
  expect(await store.create('locks/retrain.json', 'ours')).toBe('theirs-or-ours');
});

test.each([
  [2, 'theirs'],
  [1, 'ours'],
])('a write that is refused at attempt %s and finds %s was late', async (attempts, holds) => {
  refusing(attempts, holds);
  expect(await store.replace('decisions/1.json', 'ours', 'before')).toBeUndefined();
  expect(await store.create('locks/retrain.json', 'ours')).toBeUndefined();
});
