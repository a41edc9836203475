import { removeStack } from '../../../lib/target/stack-removal';

const ID = 'arn:aws:cloudformation:us-east-1:000000000000:stack/MlaLabs-DataPrep/1';
const NOW = new Date('2026-11-23T12:00:00Z');

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, unknown>;
}

/** CloudFormation with one stack, whose deletion goes through the given states, one a question. */
function cloudWith(
  states: string[],
  resources: object[] = [],
  events: object[] = [],
  onDeletion: (count: number) => void = () => undefined,
) {
  const deletions: Record<string, unknown>[] = [];
  let status = states.shift() ?? 'DELETE_COMPLETE';
  const send = async ({ constructor, input }: Sent): Promise<unknown> => {
    if (constructor.name === 'DescribeStacksCommand') {
      if (status === 'NONE') {
        throw Object.assign(new Error('Stack with id x does not exist'), { name: 'ValidationError' });
      }
      const answer = { Stacks: [{ StackName: 'MlaLabs-DataPrep', StackId: ID, StackStatus: status }] };
      if (deletions.length > 0) status = states.shift() ?? status;
      return answer;
    }
    if (constructor.name === 'DeleteStackCommand') {
      deletions.push(input);
      onDeletion(deletions.length);
      status = states.shift() ?? status;
      return {};
    }
    if (constructor.name === 'ListStackResourcesCommand') return { StackResourceSummaries: resources };
    if (constructor.name === 'DescribeStackEventsCommand') return { StackEvents: events };
    throw new Error(constructor.name);
  };
  const target = {
    name: 'local' as const,
    clients: { pollMs: 1, cloudformation: { send } } as never,
    clock: { now: () => NOW, sleep: async () => undefined },
  };
  return { target, deletions };
}

describe('deleting a stack', () => {
  test('waits until it is gone', async () => {
    const { target, deletions } = cloudWith([
      'CREATE_COMPLETE',
      'DELETE_IN_PROGRESS',
      'DELETE_IN_PROGRESS',
      'DELETE_COMPLETE',
    ]);
    const stages: string[] = [];
    await removeStack(target, 'MlaLabs-DataPrep', (stage) => stages.push(stage));
    expect(deletions).toEqual([{ StackName: ID }]);
    expect(stages).toContain('Deleting the stack');
  });

  test('one that does not exist counts as deleted', async () => {
    const { target, deletions } = cloudWith(['NONE']);
    await removeStack(target, 'MlaLabs-DataPrep', () => undefined);
    expect(deletions).toEqual([]);
  });

  test('names the first resource that failed, and why', async () => {
    const events = [
      {
        Timestamp: NOW,
        LogicalResourceId: 'Role',
        ResourceType: 'AWS::IAM::Role',
        ResourceStatus: 'DELETE_FAILED',
        ResourceStatusReason: 'in use',
      },
      {
        Timestamp: NOW,
        LogicalResourceId: 'Bucket',
        ResourceType: 'AWS::S3::Bucket',
        ResourceStatus: 'DELETE_FAILED',
        ResourceStatusReason: 'not empty',
      },
      {
        Timestamp: new Date(0),
        LogicalResourceId: 'Old',
        ResourceType: 'AWS::S3::Bucket',
        ResourceStatus: 'DELETE_FAILED',
        ResourceStatusReason: 'last week',
      },
    ];
    const { target } = cloudWith(['CREATE_COMPLETE', 'DELETE_IN_PROGRESS', 'DELETE_FAILED'], [], events);
    await expect(removeStack(target, 'MlaLabs-DataPrep', () => undefined)).rejects.toMatchObject({
      message: 'The stack MlaLabs-DataPrep could not be deleted.',
      why: 'Bucket (AWS::S3::Bucket): not empty',
    });
  });

  test('lets go of a custom resource that kept an earlier deletion from ending, and of nothing else', async () => {
    const resources = [
      { LogicalResourceId: 'Sweep', ResourceType: 'Custom::MlaLabsSweep', ResourceStatus: 'DELETE_FAILED' },
      { LogicalResourceId: 'Record', ResourceType: 'Custom::MlaLabsRecord', ResourceStatus: 'CREATE_COMPLETE' },
      { LogicalResourceId: 'Bucket', ResourceType: 'AWS::S3::Bucket', ResourceStatus: 'DELETE_FAILED' },
    ];
    const stuck = cloudWith(['DELETE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE'], resources);
    await removeStack(stuck.target, 'MlaLabs-DataPrep', () => undefined);
    expect(stuck.deletions).toEqual([{ StackName: ID, RetainResources: ['Sweep'] }]);

    const standing = cloudWith(['CREATE_COMPLETE', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE'], resources);
    await removeStack(standing.target, 'MlaLabs-DataPrep', () => undefined);
    expect(standing.deletions).toEqual([{ StackName: ID }]);
  });
});

describe('functions that were deleted by hand', () => {
  const failed = (LogicalResourceId: string, ResourceStatusReason: string) => ({
    Timestamp: NOW,
    LogicalResourceId,
    ResourceType: `Custom::MlaLabs${LogicalResourceId}`,
    ResourceStatus: 'DELETE_FAILED',
    ResourceStatusReason,
  });
  const GONE = 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:lease (Service: Lambda)';
  const resources = [failed('Sweep', GONE)];

  test('the custom resources that they stood behind are let go of, one after the other, without being asked twice', async () => {
    const events = [failed('Sweep', GONE)];
    const states = ['CREATE_COMPLETE', 'DELETE_FAILED', 'DELETE_FAILED', 'DELETE_FAILED', 'DELETE_COMPLETE'];
    const { target, deletions } = cloudWith(states, resources, events, (count) => {
      if (count === 2) events.unshift(failed('Record', GONE));
    });
    await removeStack(target, 'MlaLabs-DataPrep', () => undefined);
    expect(deletions).toEqual([
      { StackName: ID },
      { StackName: ID, RetainResources: ['Sweep'] },
      { StackName: ID, RetainResources: ['Sweep'] },
    ]);
  });

  test('one that fails again ends it, and so does one whose function refuses', async () => {
    for (const reason of [GONE, 'Not everything could be removed: s3:objects']) {
      const { target, deletions } = cloudWith(['CREATE_COMPLETE', 'DELETE_FAILED'], resources, [
        failed('Sweep', reason),
      ]);
      await expect(removeStack(target, 'MlaLabs-DataPrep', () => undefined)).rejects.toMatchObject({
        why: `Sweep (Custom::MlaLabsSweep): ${reason}`,
      });
      expect(deletions).toHaveLength(reason === GONE ? 2 : 1);
    }
  });
});

describe('a role that was given policies by hand', () => {
  const failed = {
    Timestamp: NOW,
    LogicalResourceId: 'JobRole',
    PhysicalResourceId: 'mla-job-role',
    ResourceType: 'AWS::IAM::Role',
    ResourceStatus: 'DELETE_FAILED',
    ResourceStatusReason: 'Cannot delete entity, must detach all policies first. (Service: Iam, Status Code: 409)',
  };

  /** IAM, with what the role still has. */
  function iamWith(inline: string[], attached: string[]) {
    const taken: unknown[] = [];
    const send = async ({ constructor, input }: Sent): Promise<unknown> => {
      if (constructor.name === 'ListRolePoliciesCommand') return { PolicyNames: inline };
      if (constructor.name === 'ListAttachedRolePoliciesCommand')
        return { AttachedPolicies: attached.map((PolicyArn) => ({ PolicyArn })) };
      taken.push(input);
      return {};
    };
    return { iam: { send }, taken };
  }

  test('loses them, and the stack goes', async () => {
    const { target, deletions } = cloudWith(['CREATE_COMPLETE', 'DELETE_FAILED', 'DELETE_COMPLETE'], [], [failed]);
    const { iam, taken } = iamWith(['try'], ['arn:aws:iam::aws:policy/AmazonS3FullAccess']);
    Object.assign(target.clients, { iam });
    await removeStack(target, 'MlaLabs-DataPrep', () => undefined);
    expect(taken).toEqual([
      { RoleName: 'mla-job-role', PolicyName: 'try' },
      { RoleName: 'mla-job-role', PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3FullAccess' },
    ]);
    expect(deletions).toHaveLength(2);
  });

  test('is told of when it cannot be deleted even then', async () => {
    const { target, deletions } = cloudWith(['CREATE_COMPLETE', 'DELETE_FAILED'], [], [failed]);
    Object.assign(target.clients, { iam: iamWith([], []).iam });
    await expect(removeStack(target, 'MlaLabs-DataPrep', () => undefined)).rejects.toMatchObject({
      why: expect.stringContaining('must detach all policies first'),
    });
    expect(deletions).toHaveLength(2);
  });
});
