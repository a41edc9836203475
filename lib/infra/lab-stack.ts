import { AspectPriority, Aspects, CfnOutput, Lazy, RemovalPolicy, Stack, Tags, type CfnResource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, type IDependable } from 'constructs';
import type { Mode } from '../course/model';
import { modeOutput } from '../course/modes';
import { type LabId, LEARNER_PATTERN, LEARNER_RULE, logPrefixOf, recordName, stackName, tagsOf } from '../course/names';
import { NAME_LISTS, type NameList } from '../teardown/ownership';
import { dataBucket, type DataBucketProps } from './data-bucket';
import { emailParameter, Lease, leaseParameter } from './lease';
import { modesFrom } from './modes';
import { CreationOrder } from './creation-order';

export interface LabStackProps extends DataBucketProps {
  readonly lab: LabId;
  /** The learner's name: many learners may share an account. */
  readonly learner: string;
  /** What the lab is, one sentence: the stack's description. */
  readonly summary: string;
  /**
   * The lab's variants; the values come from the context.
   * @default - none
   */
  readonly modes?: readonly Mode[];
  /**
   * Logical ids of the buckets that the lab makes with {@link LabStack.additionalBucket}: the sweep may empty these.
   * @default - none
   */
  readonly additionalBuckets?: readonly string[];
}

/**
 * What every lab's stack has: tags on everything, one data bucket, the ownership record, the lease, the sweep on deletion.
 *
 * A lab adds its resources in its constructor, and says their names with {@link own}, so that teardown can prove what is
 * the lab's when the stack is gone.
 *
 * @example
 * class MyStack extends LabStack {
 *   constructor(scope: Construct, learner: string) {
 *     super(scope, { lab: 'training', learner, summary: 'Train a model.' });
 *     const role = this.role('TrainRole', 'sagemaker.amazonaws.com', 'Trains.', []);
 *     this.output('TrainRole', role.roleArn, 'Role of the training job');
 *   }
 * }
 */
export class LabStack extends Stack {
  /** The lab's data bucket; `additionalBucket` makes others. */
  readonly bucket: s3.Bucket;
  /** Start of the names of this lab's own log groups: `/mla-labs/data-prep/me`. */
  readonly logPrefix: string;
  /** Value of each mode. */
  readonly modes: Readonly<Record<string, string>>;
  private readonly owned: Partial<Record<NameList, string[]>> = {};
  private readonly lease: Lease;
  private readonly outputs: Construct;
  private readonly additionalBuckets: readonly string[];

  constructor(scope: Construct, props: LabStackProps) {
    const { lab, learner } = props;
    if (!LEARNER_PATTERN.test(learner)) {
      throw new Error(`The learner's name ${JSON.stringify(learner)} does not fit: ${LEARNER_RULE}.`);
    }
    super(scope, stackName(lab, learner), { description: props.summary, tags: { ...tagsOf(lab, learner) } });
    // The stack's own tags are in its properties; these are its resources'.
    for (const [key, value] of Object.entries(tagsOf(lab, learner))) Tags.of(this).add(key, value);
    this.logPrefix = logPrefixOf(lab, learner);
    this.outputs = new Construct(this, 'Outputs');

    const hours = leaseParameter(this);
    const email = emailParameter(this);
    this.additionalBuckets = props.additionalBuckets ?? [];
    const logGroupName = `${this.logPrefix}/lease`;
    this.lease = new Lease(this, 'Lease', {
      lab,
      learner,
      hours,
      email,
      logGroupName,
      additionalBuckets: this.additionalBuckets,
    });
    this.own('logGroups', logGroupName);
    const sweep = this.sweep('Last');
    const emptied = this.lease.customResource('Emptied', {}, new Construct(this, 'Buckets'));
    const order = new CreationOrder(this.lease.first, this.lease, sweep, emptied);
    Aspects.of(this).add(order, { priority: AspectPriority.MUTATING });

    this.bucket = dataBucket(this, props);
    this.own('buckets', this.bucket.bucketName);
    this.modes = modesFrom(this.node, props.modes ?? []);

    this.output('DataBucket', this.bucket.bucketName, 'Bucket of the lab');
    this.output('LogPrefix', this.logPrefix, 'Start of the names of the log groups of the lab');
    this.output('RecordParameter', recordName(lab, learner), 'SSM parameter with the ownership record');
    this.output('LeaseHours', hours.valueAsString, 'Hours from creation until the stack deletes itself');
    for (const [name, value] of Object.entries(this.modes)) this.output(modeOutput(name), value, `Mode ${name}`);
  }

  /** Says that a name is the lab's: it goes into the ownership record. */
  own(list: NameList, name: string): void {
    (this.owned[list] ??= []).push(name);
  }

  /**
   * One more bucket like the data bucket, recorded; the stack's own sweep empties it.
   *
   * @param logicalId one of those that the stack's `additionalBuckets` names
   */
  additionalBucket(logicalId: string, props: DataBucketProps = {}): s3.Bucket {
    if (!this.additionalBuckets.includes(logicalId)) {
      throw new Error(`The bucket ${logicalId} is not among additionalBuckets: the sweep could not empty it.`);
    }
    const bucket = dataBucket(this, props, logicalId);
    this.own('buckets', bucket.bucketName);
    return bucket;
  }

  /**
   * Sweeps after a resource that makes things outside of the stack, and before what these need. The stack's own sweep is
   * made last of all: where the creation fails before that, CloudFormation would delete the roles of things that stay.
   */
  sweepBetween(maker: Construct, needed: readonly IDependable[]): void {
    const sweep = this.sweep('Early');
    sweep.node.addDependency(...needed);
    maker.node.addDependency(sweep);
  }

  /** A sweep on deletion. When it is made, it writes into the record what the lab owns. */
  private sweep(when: 'Early' | 'Last'): CfnResource {
    const names = NAME_LISTS.map((list) => [list, Lazy.any({ produce: () => this.owned[list] })] as const);
    return this.lease.customResource('Sweep', Object.fromEntries(names), new Construct(this, when));
  }

  /** An output with exactly this key. */
  output(key: string, value: string, description: string): void {
    new CfnOutput(this.outputs, key, { value, description }).overrideLogicalId(key);
  }

  /**
   * A role for a service's jobs, recorded: what uses it is the lab's.
   *
   * @param id logical id as it stands, at most 13 characters: it is part of the role's name, which has 64
   * @param statements the whole of what it may do
   */
  role(id: string, service: string, description: string, statements: readonly iam.PolicyStatement[]): iam.Role {
    const role = new iam.Role(this, id, {
      assumedBy: new iam.ServicePrincipal(service),
      description,
      inlinePolicies: { Own: new iam.PolicyDocument({ statements: [...statements] }) },
    });
    this.own('roles', role.roleArn);
    return role;
  }

  /** A log group of the lab's own, below its prefix, recorded; gone with the stack. */
  logGroup(name: string): logs.LogGroup {
    const logGroupName = `${this.logPrefix}/${name}`;
    const group = new logs.LogGroup(
      this,
      `Log${name.replace(/(^|\/)([a-z])/g, (_all, _cut, letter: string) => letter.toUpperCase())}`,
      {
        logGroupName,
        retention: logs.RetentionDays.ONE_WEEK,
        removalPolicy: RemovalPolicy.DESTROY,
      },
    );
    this.own('logGroups', logGroupName);
    return group;
  }
}
