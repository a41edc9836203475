/** A caller who may do all but ask IAM, as with AWS's PowerUserAccess. */
import { inventory, sweep } from '../../../lib/teardown/sweep';
import { readOwnership } from '../../../lib/teardown/record';
import type { Ownership } from '../../../lib/teardown/ownership';
import { FakeCloud } from './fake-cloud';
import { atWork, deployed, JOB_ROLE } from './scenes';

const denied = (command: string): Error | undefined =>
  command === 'ListRoleTags'
    ? Object.assign(new Error('User: u is not authorized to perform: iam:ListRoleTags'), { name: 'AccessDenied' })
    : undefined;

/** The account after the stack went, which CloudFormation still tells of by its id. */
async function afterDeletion(roles: string): Promise<{ cloud: FakeCloud; ownership: Ownership }> {
  const cloud = await deployed();
  atWork(cloud);
  const ownership = (await readOwnership(cloud.run()))!;
  cloud.stack = undefined;
  cloud.roles.clear();
  cloud.refuse = denied;
  const told = {
    StackResourceSummaries: [
      { ResourceType: 'AWS::IAM::Role', PhysicalResourceId: 'MlaLabs-DataPrep-TransformRole-1', ResourceStatus: roles },
    ],
  };
  const fake = cloud as unknown as { onListStackResources(input: { StackName: string }): unknown };
  const before = fake.onListStackResources.bind(cloud);
  fake.onListStackResources = (input) => (input.StackName === cloud.stackId() ? told : before(input));
  return { cloud, ownership };
}

test('learns from the deleted stack that its roles are gone, and finds what used them', async () => {
  const { cloud, ownership } = await afterDeletion('DELETE_COMPLETE');
  const found = await inventory(cloud.run(), ownership);
  expect(found.find(({ because }) => because === `it uses our role ${JOB_ROLE}`)).toBeDefined();
  expect((await sweep(cloud.run(), ownership)).left).toEqual([]);
});

test('is told that the roles could not be looked at where the stack did not delete them', async () => {
  const { cloud, ownership } = await afterDeletion('DELETE_SKIPPED');
  const { left } = await sweep(cloud.run(), ownership);
  expect(left.map(({ found }) => found.kind)).toContain('iam:role');
  expect(left.find(({ found }) => found.kind === 'iam:role')?.error).toContain('iam:ListRoleTags');
});
