import { LambdaClient, type InvokeCommand } from '@aws-sdk/client-lambda';
import type { CustomResourceEvent } from '../../../lib/infra/lambda/answer';
import { endIfOver } from '../../../lib/infra/lambda/expire';
import { removeRecordIfEmpty, startRecord } from '../../../lib/infra/lambda/record';
import { completeRecord, sweepBeforeDeletion } from '../../../lib/infra/lambda/sweep';
import { runFromEnvironment } from '../../../lib/infra/lambda/environment';
import { readRecord, writeRecord } from '../../../lib/teardown/record';
import { FakeCloud } from '../teardown/fake-cloud';
import { atWork, BUCKET, deployed, JOB_ROLE, OWNERSHIP } from '../teardown/scenes';

const HOUR = 3_600_000;
const soon = (cloud: FakeCloud): Date => new Date(cloud.time + 10 * 60_000);
const event = (cloud: FakeCloud, properties: object = {}): CustomResourceEvent => ({
  RequestType: 'Create',
  ResponseURL: 'https://localhost/answer',
  StackId: cloud.stackId(),
  RequestId: '1',
  ResourceType: 'Custom::MlaLabsRecord',
  LogicalResourceId: 'Record',
  ResourceProperties: { ServiceToken: 'arn', ...properties },
});

beforeEach(() => {
  process.env.MLA_LABS_LEASE_HOURS = '8';
});

describe('the record', () => {
  test('says who we are from the first moment, and what is ours from the last', async () => {
    const cloud = new FakeCloud();
    await startRecord(cloud.run(), event(cloud));
    expect(await readRecord(cloud.run())).toMatchObject({ stackId: cloud.stackId(), leaseHours: 8, buckets: [] });
    await completeRecord(cloud.run(), event(cloud, { buckets: [BUCKET], roles: [JOB_ROLE] }));
    expect(await readRecord(cloud.run())).toMatchObject({ buckets: [BUCKET], roles: [JOB_ROLE], leaseHours: 8 });
  });

  test('keeps what an earlier life left, but not its extension', async () => {
    const cloud = new FakeCloud();
    const stackId = cloud.stackId().replace('0123', 'earlier');
    await writeRecord(cloud.run(), { ...OWNERSHIP, stackId, extendedUntil: '2026-12-01T00:00:00Z' });
    await startRecord(cloud.run(), event(cloud));
    const record = await readRecord(cloud.run());
    expect(record?.buckets).toEqual([BUCKET]);
    expect(record?.extendedUntil).toBeUndefined();
  });

  test('keeps an extension when the stack is updated', async () => {
    const cloud = new FakeCloud();
    await writeRecord(cloud.run(), { ...OWNERSHIP, stackId: cloud.stackId(), extendedUntil: '2026-12-01T00:00:00Z' });
    await startRecord(cloud.run(), event(cloud));
    expect((await readRecord(cloud.run()))?.extendedUntil).toBe('2026-12-01T00:00:00Z');
  });

  // One server of IAM's may know the role, and the next not yet.
  test.each(['GetParameter', 'PutParameter'])(
    'waits for the permissions of a role that was made a moment ago: %s',
    async (refused) => {
      const cloud = new FakeCloud();
      let denials = 3;
      cloud.refuse = (command) =>
        command === refused && denials-- > 0
          ? Object.assign(new Error('not yet'), { name: 'AccessDeniedException' })
          : undefined;
      await startRecord(cloud.run(), event(cloud));
      expect(cloud.slept).toBe(3);
      expect(await readRecord(cloud.run())).toMatchObject({ stackId: cloud.stackId(), leaseHours: 8 });
    },
  );

  test('goes with the stack when nothing is left', async () => {
    const cloud = await deployed();
    cloud.stack!.status = 'DELETE_IN_PROGRESS';
    expect(await removeRecordIfEmpty(cloud.run(), soon(cloud))).toBe('Nothing is left; the record is removed.');
    expect(cloud.parameters.size).toBe(0);
  });

  test('stays when something is left, and says what; it never fails the deletion', async () => {
    const cloud = await deployed();
    atWork(cloud);
    cloud.stack!.status = 'DELETE_IN_PROGRESS';
    cloud.refuse = (command) =>
      command === 'DeleteDataQualityRuleset'
        ? Object.assign(new Error('no'), { name: 'AccessDeniedException' })
        : undefined;
    expect(await removeRecordIfEmpty(cloud.run(), soon(cloud))).toContain(
      'glue:ruleset my rules (AccessDeniedException: no)',
    );
    cloud.refuse = () => Object.assign(new Error('all is down'), { name: 'ServiceUnavailable' });
    expect(await removeRecordIfEmpty(cloud.run(), soon(cloud))).toContain('all is down');
    expect(cloud.parameters.size).toBe(1);
  });
});

describe('the sweep of a stack that is being deleted', () => {
  test('clears the way', async () => {
    const cloud = await deployed();
    atWork(cloud);
    cloud.stack!.status = 'DELETE_IN_PROGRESS';
    expect(await sweepBeforeDeletion(cloud.run(), event(cloud), soon(cloud))).toMatch(/^Removed \d+, left 0\.$/);
    expect(cloud.buckets.get(BUCKET)?.versions).toEqual([]);
  });

  test.each(['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'])(
    'touches nothing in %s: an update that replaces a custom resource deletes the old one, and the lab lives on',
    async (status) => {
      const cloud = await deployed();
      atWork(cloud);
      cloud.stack!.status = status;
      const before = cloud.inventory();
      expect(await sweepBeforeDeletion(cloud.run(), event(cloud), soon(cloud))).toContain('stays');
      expect(await removeRecordIfEmpty(cloud.run(), soon(cloud))).toContain('stays');
      expect(cloud.inventory()).toEqual(before);
      expect(await readRecord(cloud.run())).toBeDefined();
    },
  );

  test('works without a record: the stack itself says what is its own', async () => {
    const cloud = await deployed();
    atWork(cloud);
    cloud.parameters.clear();
    expect(await sweepBeforeDeletion(cloud.run(), event(cloud), soon(cloud))).toContain('left 0');
  });

  test('stops the deletion, naming what is in the way', async () => {
    const cloud = await deployed();
    atWork(cloud);
    cloud.refuse = (command) =>
      command === 'DeleteObjects' ? Object.assign(new Error('no'), { name: 'AccessDenied' }) : undefined;
    await expect(sweepBeforeDeletion(cloud.run(), event(cloud), soon(cloud))).rejects.toThrow(
      `s3:objects s3://${BUCKET}: AccessDenied`,
    );
  });

  test('hands over to another invocation when its time is over, and gives up after an hour of them', async () => {
    const cloud = await deployed();
    atWork(cloud);
    cloud.stopsAfter = 1_000_000;
    const send = jest.spyOn(LambdaClient.prototype, 'send').mockImplementation(() => undefined);
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'lease';
    const asked = { ...event(cloud), RequestType: 'Delete' as const };
    expect(await sweepBeforeDeletion(cloud.run(), asked, soon(cloud))).toBe('handed over');
    const { input } = send.mock.calls[0]![0] as InvokeCommand;
    expect(input).toMatchObject({ FunctionName: 'lease', InvocationType: 'Event' });
    const next = JSON.parse(Buffer.from(input.Payload as Uint8Array).toString()) as CustomResourceEvent;
    expect(next).toEqual({ ...asked, handedOver: 1 });
    await expect(sweepBeforeDeletion(cloud.run(), { ...next, handedOver: 3 }, soon(cloud))).rejects.toThrow(
      'glue:job-run',
    );
    expect(send).toHaveBeenCalledTimes(1);
    send.mockRestore();
  });

  test('does not stop it for what blocks nothing', async () => {
    const cloud = await deployed();
    atWork(cloud);
    cloud.refuse = (command) =>
      command === 'DeleteNamedQuery' ? Object.assign(new Error('no'), { name: 'AccessDeniedException' }) : undefined;
    expect(await sweepBeforeDeletion(cloud.run(), event(cloud), soon(cloud))).toContain('left 1');
  });
});

describe('the lease of a stack whose deletion failed', () => {
  test('lets go of custom resources that failed, for instance because somebody deleted their function; not of others', async () => {
    const cloud = await deployed();
    cloud.stack!.status = 'DELETE_FAILED';
    cloud.stack!.resources.push(
      { type: 'Custom::MlaLabsEndpoint', id: 'Endpoint', status: 'DELETE_FAILED' },
      { type: 'Custom::MlaLabsRecord', id: 'Record', status: 'CREATE_COMPLETE' },
      { type: 'AWS::SNS::Topic', id: 'Topic', status: 'DELETE_FAILED' },
    );
    cloud.time += 9 * HOUR;
    expect(await endIfOver(cloud.run(), soon(cloud))).toMatchObject({ did: 'deleted' });
    expect(cloud.deletions).toEqual([{ StackName: cloud.stackId(), RetainResources: ['Endpoint'] }]);
  });
});

describe('the lease', () => {
  test('lets a lab live', async () => {
    const cloud = await deployed();
    cloud.time += 7 * HOUR;
    expect((await endIfOver(cloud.run(), soon(cloud))).did).toBe('nothing');
  });

  test('sweeps, then deletes the stack once', async () => {
    const cloud = await deployed();
    atWork(cloud);
    cloud.time += 8 * HOUR;
    expect((await endIfOver(cloud.run(), soon(cloud))).did).toBe('deleted');
    expect(await endIfOver(cloud.run(), soon(cloud))).toEqual({
      did: 'nothing',
      why: 'the stack is DELETE_IN_PROGRESS',
    });
    expect(cloud.changes.filter((change) => change.startsWith('DeleteStack'))).toHaveLength(1);
    expect(cloud.changes.findIndex((change) => change.startsWith('DeleteStack'))).toBe(cloud.changes.length - 1);
  });

  test('honours an extension', async () => {
    const cloud = await deployed();
    await writeRecord(cloud.run(), { ...OWNERSHIP, extendedUntil: new Date(cloud.time + 12 * HOUR).toISOString() });
    cloud.time += 11 * HOUR;
    expect((await endIfOver(cloud.run(), soon(cloud))).did).toBe('nothing');
    cloud.time += 1 * HOUR;
    expect((await endIfOver(cloud.run(), soon(cloud))).did).toBe('deleted');
  });

  test('takes the hours from the deployment, not from the record', async () => {
    const cloud = await deployed();
    await writeRecord(cloud.run(), { ...OWNERSHIP, leaseHours: 1 });
    cloud.time += 2 * HOUR;
    expect((await endIfOver(cloud.run(), soon(cloud))).did).toBe('nothing');
  });

  test('goes on in the next run where something would not stop, and does not delete the stack before', async () => {
    const cloud = await deployed();
    atWork(cloud);
    cloud.time += 8 * HOUR;
    cloud.stopsAfter = 1_000_000;
    expect((await endIfOver(cloud.run(), soon(cloud))).did).toBe('swept');
    cloud.stopsAfter = 1;
    expect((await endIfOver(cloud.run(), soon(cloud))).did).toBe('deleted');
  });

  test('tries again where the deletion failed', async () => {
    const cloud = await deployed();
    cloud.time += 9 * HOUR;
    cloud.stack!.status = 'DELETE_FAILED';
    expect((await endIfOver(cloud.run(), soon(cloud))).did).toBe('deleted');
  });

  test.each(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'])(
    'leaves a stack alone that is %s',
    async (status) => {
      const cloud = await deployed();
      atWork(cloud);
      cloud.time += 9 * HOUR;
      cloud.stack!.status = status;
      const before = cloud.inventory();
      expect((await endIfOver(cloud.run(), soon(cloud))).did).toBe('nothing');
      expect(cloud.inventory()).toEqual(before);
    },
  );
});

test.each([
  ['no lab', { MLA_LABS_LAB: 'cooking', MLA_LABS_LEARNER: 'me' }],
  ['no learner', { MLA_LABS_LAB: 'data-prep', MLA_LABS_LEARNER: '../x' }],
])('an environment that names %s makes no run', (_what, env) => {
  const cloud = new FakeCloud();
  expect(() =>
    runFromEnvironment({ ...env, MLA_LABS_STACK_ID: cloud.stackId() }, cloud.run().clients, cloud.clock),
  ).toThrow('is no');
});
