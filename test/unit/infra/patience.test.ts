import { startRecord } from '../../../lib/infra/lambda/record';
import { readRecord } from '../../../lib/teardown/record';
import { FakeCloud } from '../teardown/fake-cloud';

test('the record is written though the next server of IAM’s does not know the new role yet', async () => {
  process.env.MLA_LABS_LEASE_HOURS = '8';
  const cloud = new FakeCloud();
  let denials = 2;
  cloud.refuse = (command) =>
    command === 'PutParameter' && denials-- > 0
      ? Object.assign(new Error('not yet'), { name: 'AccessDeniedException' })
      : undefined;
  await startRecord(cloud.run(), {
    RequestType: 'Create',
    ResponseURL: 'https://localhost/answer',
    StackId: cloud.stackId(),
    RequestId: '1',
    ResourceType: 'Custom::MlaLabsRecord',
    LogicalResourceId: 'Record',
    ResourceProperties: { ServiceToken: 'arn' },
  });
  expect(await readRecord(cloud.run())).toMatchObject({ stackId: cloud.stackId(), leaseHours: 8 });
});
