/** A right is taken out of a role's policy, and nothing else. */
import { withoutResource } from '../../../../lib/aws/role-policy';
import type { LabRun } from '../../../../lib/course/run';

const run = { lab: 'training', learner: 'me', target: 'local', stackName: 'MlaLabs-Training' } as LabRun;

const policy = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const list = { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::b' };
const read = (...keys: string[]): object => ({
  Effect: 'Allow',
  Action: ['s3:GetObject'],
  Resource: keys.map((key) => `arn:aws:s3:::b/${key}`),
});

test.each([
  ['one resource of several', policy(list, read('data/*', 'code/*')), policy(list, read('code/*'))],
  [
    'a statement of nothing else',
    policy(list, { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/data/*' }),
    policy(list),
  ],
])('%s goes, and the rest stays as it is', (_what, before, after) => {
  expect(JSON.parse(withoutResource(run, before, 's3:GetObject', '/data/*'))).toEqual(JSON.parse(after));
});

test.each([
  ['another action', policy(list, read('code/*'))],
  ['no such resource', policy({ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::b/data/*' })],
])('a policy with %s is refused, and not taken for broken', (_what, document) => {
  expect(() => withoutResource(run, document, 's3:GetObject', '/data/*')).toThrow('lacks s3:GetObject on /data/*');
});
