/** An account in memory for what reads costs: answers by command, everything else empty. Every request is counted. */
import type { Clients } from '../../../lib/target/clients';
import type { LabId } from '../../../lib/course/names';
import { stackName, tagsOf } from '../../../lib/course/names';
import type { LabRun } from '../../../lib/course/run';
import { spendingOf, type Spending } from '../../../lib/cost/spending';
import { NO_NAMES, type Ownership, type OwnedNames } from '../../../lib/teardown/ownership';

export const NOW = new Date('2026-11-23T12:00:00Z');
export const ago = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);
export const ROLE = 'arn:aws:iam::123456789012:role/ours';
export const OTHERS = 'arn:aws:iam::123456789012:role/others';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Answer = (input: any) => unknown;

export class Account {
  answers: Record<string, Answer> = {};
  readonly asked: string[] = [];

  constructor(
    readonly lab: LabId,
    readonly names: Partial<OwnedNames> = {},
  ) {}

  /** What a look at the lab finds, deployed eight hours ago. */
  look(modes: Record<string, string> = {}, region = 'us-east-1'): Promise<Spending> {
    const ownership: Ownership = {
      lab: this.lab,
      learner: 'me',
      account: '123456789012',
      region,
      stackName: stackName(this.lab, 'me'),
      leaseHours: 8,
      ...NO_NAMES,
      roles: [ROLE],
      ...this.names,
    };
    const client = { send: async (command: object) => this.answer(command) };
    const clients = new Proxy({}, { get: () => client }) as Clients;
    const run: LabRun = {
      ...ownership,
      target: 'aws',
      outputs: {},
      modes,
      clients,
      clock: { now: () => NOW, sleep: async () => undefined },
      progress: () => undefined,
    };
    return spendingOf(run, ownership, ago(8));
  }

  private answer(command: object): unknown {
    const name = command.constructor.name.replace(/Command$/, '');
    const { input } = command as { input: { StackName?: string } };
    this.asked.push(name);
    const own = this.answers[name];
    if (own) return own(input);
    const stack = stackName(this.lab, 'me');
    if (name === 'DescribeStacks')
      return {
        Stacks: [
          { StackName: stack, StackId: `arn:aws:cloudformation:::stack/${stack}/1`, StackStatus: 'CREATE_COMPLETE' },
        ],
      };
    // The stack lists our role, so that a job with it is ours.
    if (name === 'ListStackResources')
      return { StackResourceSummaries: [{ ResourceType: 'AWS::IAM::Role', PhysicalResourceId: 'ours' }] };
    if (name === 'GetBucketTagging')
      return { TagSet: Object.entries(tagsOf(this.lab, 'me')).map(([Key, Value]) => ({ Key, Value })) };
    return {};
  }
}

export const denied: Answer = () => {
  throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
};

/** A serving endpoint of ours, made so many hours ago. */
export function endpoint(account: Account, more: object = {}, created = ago(5)): void {
  Object.assign(account.answers, {
    ListEndpoints: () => ({ Endpoints: [{ EndpointName: 'e' }] }),
    DescribeEndpoint: () => ({
      EndpointName: 'e',
      EndpointArn: 'arn:e',
      EndpointStatus: 'InService',
      CreationTime: created,
      EndpointConfigName: 'c',
      ProductionVariants: [{ VariantName: 'v', CurrentInstanceCount: 1 }],
      ...more,
    }),
    DescribeEndpointConfig: () => ({
      ExecutionRoleArn: ROLE,
      ProductionVariants: [{ VariantName: 'v', InstanceType: 'ml.t2.medium', InitialInstanceCount: 1 }],
    }),
    GetMetricStatistics: () => ({ Datapoints: [{ Timestamp: ago(1), Sum: 3, SampleCount: 3 }] }),
  });
}
