/** A creation that fails takes along what it made outside of its stack, while the roles that this needs still stand. */
import { describeStack } from '../../lib/teardown/stack';
import { Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  // The account may have no endpoint at all.
  stage = await Stage.open('monitoring', 'me', ['endpoint-quota-0']);
});
afterAll(() => stage?.close());

test('an endpoint that cannot be made: the stack rolls back, and no stack, version or object of it is left', async () => {
  const run = await stage.run();
  const before = await stage.target.inventory();
  await expect(stage.up()).rejects.toThrow(/ResourceLimitExceeded|service limit|quota/i);
  const left = (await stage.target.inventory()).filter((one) => !before.includes(one));
  expect((await describeStack(run))?.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(left).toEqual([expect.stringMatching(/^cloudformation\/.*\/MlaLabs-Monitoring$/)]);
});
