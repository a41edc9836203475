import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { StackStatus } from '@aws-sdk/client-cloudformation';

import { brokenFunctions } from '../../../lib/target/stack-functions';
import { waitUntilStable, removeStack } from '../../../lib/target/stack-removal';
import { TREATMENTS, treatmentOf } from '../../../lib/target/stack-states';

const NAME = 'MlaLabs-DataPrep';
const ID = `arn:aws:cloudformation:us-east-1:000000000000:stack/${NAME}/1`;
const NOW = new Date('2026-11-23T12:00:00Z');
/** What CloudFormation makes of a state by itself, where somebody only waits. */
const AFTER: Readonly<Record<string, string>> = {
  CREATE_IN_PROGRESS: 'CREATE_COMPLETE',
  ROLLBACK_IN_PROGRESS: 'ROLLBACK_COMPLETE',
  UPDATE_IN_PROGRESS: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'UPDATE_COMPLETE',
  UPDATE_ROLLBACK_IN_PROGRESS: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'UPDATE_ROLLBACK_COMPLETE',
  IMPORT_IN_PROGRESS: 'IMPORT_COMPLETE',
  IMPORT_ROLLBACK_IN_PROGRESS: 'IMPORT_ROLLBACK_COMPLETE',
  DELETE_IN_PROGRESS: 'DELETE_COMPLETE',
};

const failure = (name: string, message = name): Error => Object.assign(new Error(message), { name });

/** CloudFormation with one stack, which refuses what it refuses on AWS; with Lambda and IAM beside it. */
class FakeFormation {
  readonly requests: string[] = [];
  readonly deletions: object[] = [];
  functions = new Map([['lease', 'lease-role']]);
  roles = new Set(['lease-role']);
  /** Custom resources that kept a deletion from ending. */
  readonly failed = new Set<string>();
  refuse: (command: string) => Error | undefined = () => undefined;
  roleExists = true;
  toolkit = true;
  private hours = 0;

  constructor(public status: string) {}

  readonly target = {
    name: 'aws' as const,
    clients: {
      pollMs: 1,
      ...Object.fromEntries(
        ['cloudformation', 'lambda', 'iam'].map((name) => [
          name,
          { send: async (command: object) => this.answer(command as never) },
        ]),
      ),
    } as never,
    clock: {
      now: () => new Date(NOW.getTime() + this.hours * 3_600_000),
      sleep: async () => void (this.status = AFTER[this.status] ?? this.status),
    },
  };

  private answer({ constructor, input }: { constructor: { name: string }; input: Record<string, string> }): unknown {
    const command = constructor.name.replace(/Command$/, '');
    this.requests.push(command);
    const error = this.refuse(command);
    if (error) throw error;
    switch (command) {
      case 'DescribeStacks': {
        if (input.StackName === 'CDKToolkit')
          return { Stacks: this.toolkit ? [{ StackName: 'CDKToolkit', StackStatus: 'CREATE_COMPLETE' }] : [] };
        return { Stacks: [{ StackName: NAME, StackId: ID, StackStatus: this.status, RoleARN: 'arn:exec' }] };
      }
      case 'DescribeStackEvents':
        return {
          StackEvents: [...this.failed].map((LogicalResourceId) => ({
            Timestamp: this.target.clock.now(),
            LogicalResourceId,
            ResourceType: `Custom::MlaLabs${LogicalResourceId}`,
            ResourceStatus: 'DELETE_FAILED',
            ResourceStatusReason: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:lease',
          })),
        };
      case 'ListStackResources':
        return {
          StackResourceSummaries: [
            { LogicalResourceId: 'Lease', ResourceType: 'AWS::Lambda::Function', PhysicalResourceId: 'lease' },
            ...['Sweep', 'Emptied', 'Record'].map((LogicalResourceId) => ({
              LogicalResourceId,
              ResourceType: `Custom::MlaLabs${LogicalResourceId}`,
              ResourceStatus: this.failed.has(LogicalResourceId) ? 'DELETE_FAILED' : 'CREATE_COMPLETE',
            })),
          ],
        };
      case 'CancelUpdateStack':
        if (this.status !== 'UPDATE_IN_PROGRESS') throw failure('ValidationError');
        this.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
        return {};
      case 'DeleteStack':
        return this.delete(input);
      case 'GetFunctionConfiguration':
        if (!this.functions.has('lease')) throw failure('ResourceNotFoundException');
        return { Role: `arn:aws:iam::000000000000:role/${this.functions.get('lease')}` };
      case 'DeleteFunction':
        this.functions.delete('lease');
        return {};
      case 'GetRole':
        if (!this.roles.has(input.RoleName!)) throw failure('NoSuchEntityException');
        return {};
      default:
        throw new Error(command);
    }
  }

  private delete(input: { RetainResources?: readonly string[] }): unknown {
    if (!['delete', 'retain'].includes(TREATMENTS[this.status as keyof typeof TREATMENTS]))
      throw failure('ValidationError', `Stack [${ID}] cannot be deleted while in status ${this.status}`);
    if (input.RetainResources && this.status !== 'DELETE_FAILED')
      throw failure('ValidationError', 'RetainResources can only be specified for a stack in DELETE_FAILED state');
    if (!this.roleExists) throw failure('ValidationError', 'Role arn:exec is invalid or cannot be assumed');
    this.deletions.push(input);
    this.status = 'DELETE_IN_PROGRESS';
    const next = ['Sweep', 'Emptied', 'Record'].find((one) => !input.RetainResources?.includes(one));
    if (this.functions.has('lease')) {
      // One whose role is gone starts never: CloudFormation waits for its service timeout.
      if (!this.roles.has(this.functions.get('lease')!)) this.hours += 1;
    } else if (next !== undefined) {
      this.failed.add(next);
      this.status = 'DELETE_FAILED';
    }
    return {};
  }
}

test('every status that CloudFormation has is treated, and the page says how', () => {
  expect(Object.keys(TREATMENTS).sort()).toEqual(Object.values(StackStatus).sort());
  const page = readFileSync(resolve(__dirname, '../../../docs/teardown.md'), 'utf8');
  const rows = page.matchAll(/^\| `([A-Z_]+)` +\| (\w+)/gm);
  expect(Object.fromEntries([...rows].map(([, status, treatment]) => [status, treatment]))).toEqual(TREATMENTS);
});

test.each([
  ['SOMETHING_NEW_IN_PROGRESS', 'wait'],
  ['SOMETHING_NEW_FAILED', 'delete'],
])('a status that AWS adds one day, %s, is known by its end', (status, treatment) => {
  expect(treatmentOf(status)).toBe(treatment);
});

test.each(Object.keys(TREATMENTS).filter((status) => status !== 'DELETE_COMPLETE'))(
  'a stack that is %s goes, with the least that is needed, and CloudFormation is asked for nothing that it refuses',
  async (status) => {
    const cloud = new FakeFormation(status);
    await removeStack(cloud.target, NAME, () => undefined);
    expect(cloud.status).toBe('DELETE_COMPLETE');
    expect(cloud.deletions).toEqual(status === 'DELETE_IN_PROGRESS' ? [] : [{ StackName: ID }]);
    expect(cloud.requests.filter((one) => one === 'CancelUpdateStack')).toHaveLength(
      status === 'UPDATE_IN_PROGRESS' ? 1 : 0,
    );
  },
);

test('an update that ends just before it is cancelled is waited for', async () => {
  const cloud = new FakeFormation('UPDATE_IN_PROGRESS');
  cloud.refuse = (command) => (command === 'CancelUpdateStack' ? failure('ValidationError', 'too late') : undefined);
  expect(await waitUntilStable(cloud.target, NAME, () => undefined)).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
});

test('a state that never ends is told after 75 minutes', async () => {
  const cloud = new FakeFormation('CREATE_IN_PROGRESS');
  let minutes = 0;
  const clock = { now: () => new Date(NOW.getTime() + (minutes += 10) * 60_000), sleep: async () => undefined };
  await expect(waitUntilStable({ ...cloud.target, clock }, NAME, () => undefined)).rejects.toThrow(
    'still CREATE_IN_PROGRESS after 75 minutes',
  );
});

describe('where the function that the stack asks was broken by hand', () => {
  test('its role is gone: the function is deleted first, so that CloudFormation does not wait for it for an hour', async () => {
    const cloud = new FakeFormation('CREATE_COMPLETE');
    cloud.roles.clear();
    expect(await brokenFunctions(cloud.target, ID)).toEqual([{ name: 'lease', lacks: 'role' }]);
    await removeStack(cloud.target, NAME, () => undefined);
    expect(cloud.status).toBe('DELETE_COMPLETE');
    expect(cloud.target.clock.now()).toEqual(NOW);
    expect(cloud.deletions).toEqual([
      { StackName: ID },
      { StackName: ID, RetainResources: ['Sweep'] },
      { StackName: ID, RetainResources: ['Sweep', 'Emptied'] },
      { StackName: ID, RetainResources: ['Sweep', 'Emptied', 'Record'] },
    ]);
  });

  test('it is gone itself: the custom resources are let go of', async () => {
    const cloud = new FakeFormation('UPDATE_ROLLBACK_FAILED');
    cloud.functions.clear();
    expect(await brokenFunctions(cloud.target, ID)).toEqual([{ name: 'lease', lacks: 'function' }]);
    await removeStack(cloud.target, NAME, () => undefined);
    expect(cloud.status).toBe('DELETE_COMPLETE');
  });

  test('nothing is wrong: nothing is deleted beside the stack', async () => {
    const cloud = new FakeFormation('CREATE_COMPLETE');
    await removeStack(cloud.target, NAME, () => undefined);
    expect(cloud.requests).not.toContain('DeleteFunction');
  });

  test.each(['GetFunctionConfiguration', 'GetRole'])('who may not ask (%s) deletes as ever', async (command) => {
    const cloud = new FakeFormation('CREATE_COMPLETE');
    cloud.refuse = (asked) => (asked === command ? failure('AccessDenied') : undefined);
    await removeStack(cloud.target, NAME, () => undefined);
    expect(cloud.status).toBe('DELETE_COMPLETE');
    expect(cloud.requests).not.toContain('DeleteFunction');
  });
});

test.each([
  [true, 'aws cloudformation delete-stack --stack-name MlaLabs-DataPrep --role-arn'],
  [false, 'npx cdk bootstrap aws://000000000000/us-east-1'],
])(
  'the role of the CDK is gone, its stack stands: %s. The message says who can delete it then',
  async (stands, next) => {
    const cloud = new FakeFormation('CREATE_COMPLETE');
    cloud.roleExists = false;
    cloud.toolkit = stands;
    await expect(removeStack(cloud.target, NAME, () => undefined)).rejects.toMatchObject({
      message: expect.stringContaining('arn:exec is gone'),
      next: expect.stringContaining(next),
    });
  },
);
