/** What the lease's function may do, lab by lab, as IAM would get it. */
import { LAB_IDS } from '../../../lib/course/names';
import { leasePolicy } from './lease-policy';

/** Characters, without white space, that all inline policies of a role may have. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const INLINE_LIMIT = 10_240;

const LEARNER = 'a-learner-of-16c';

test.each(LAB_IDS)('the lease of %s may do what its kinds need, within what a role’s own policies may hold', (lab) => {
  const policy = leasePolicy(lab, { learner: LEARNER, account: '123456789012', region: 'ap-southeast-1' });
  expect(policy.length).toBeLessThan(INLINE_LIMIT - 200);
  expect(policy).not.toContain('iam:');
});
