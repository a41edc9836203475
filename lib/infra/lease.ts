import {
  CfnCondition,
  CfnParameter,
  CustomResource,
  Duration,
  Fn,
  RemovalPolicy,
  Stack,
  type CfnResource,
} from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { LabId } from '../course/names';
import { leaseTopic, partName } from '../course/names';
import { RETRIES } from '../target/retries';
import { LEASE_HOURS } from '../teardown/lease';
import { FUNCTION_RUNTIME, handlerCode } from './bundle';
import { ENVIRONMENT } from './lambda/environment';
import { leaseStatements, labNamesOf } from './permissions';

export interface LeaseProps {
  readonly lab: LabId;
  readonly learner: string;
  /** Hours from the stack's creation until the lab ends by itself. */
  readonly hours: CfnParameter;
  /** Whom to tell before and after; empty for nobody. */
  readonly email: CfnParameter;
  /** Name of the function's log group. */
  readonly logGroupName: string;
  /** Logical ids of the lab's buckets besides the data bucket. */
  readonly additionalBuckets: readonly string[];
}

/** How often the lease is looked at; a lab ends up to this much late. */
const EVERY_MINUTES = 15;

/**
 * The function that keeps the ownership record and ends the lab, its schedule, and the custom resource `Record`.
 * All of a stack's other resources come after these, so that they are there whatever happens later.
 */
export class Lease extends Construct {
  readonly handler: lambda.Function;
  /** What all other resources wait for. */
  readonly first: readonly CfnResource[];

  constructor(scope: Construct, id: string, props: LeaseProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const functionName = partName(props.lab, props.learner, 'lease');
    const logGroup = new logs.LogGroup(this, 'Log', {
      logGroupName: props.logGroupName,
      retention: logs.RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const topic = this.mail(props);
    const place = labNamesOf(props.lab, props.learner, stack.stackName, props.additionalBuckets);
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: `Keeps the record of ${stack.stackName}, sweeps it and ends it.`,
      // In the role itself, so that nothing can run without it and nothing can outlive it.
      inlinePolicies: {
        Lease: new iam.PolicyDocument({ statements: leaseStatements(place, functionName, props.logGroupName) }),
      },
    });
    this.handler = new lambda.Function(this, 'Function', {
      functionName,
      description: `Keeps the record of ${stack.stackName}, sweeps it and ends it.`,
      runtime: FUNCTION_RUNTIME,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: handlerCode(),
      memorySize: 512,
      timeout: Duration.minutes(15),
      logGroup,
      role: role.withoutPolicyUpdates(),
      environment: {
        ...RETRIES,
        [ENVIRONMENT.lab]: props.lab,
        [ENVIRONMENT.learner]: props.learner,
        [ENVIRONMENT.stackId]: stack.stackId,
        [ENVIRONMENT.leaseHours]: props.hours.valueAsString,
        [ENVIRONMENT.topic]: topic,
      },
    });
    const record = this.customResource('Record', { leaseHours: props.hours.valueAsString });

    const rule = new events.CfnRule(this, 'Rule', {
      description: `Asks whether the lease of ${stack.stackName} is over.`,
      scheduleExpression: `rate(${EVERY_MINUTES} minutes)`,
      state: 'ENABLED',
      targets: [{ id: 'Lease', arn: this.handler.functionArn }],
    });
    const permission = new lambda.CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: this.handler.functionName,
      principal: 'events.amazonaws.com',
      sourceArn: rule.attrArn,
    });
    rule.addResourceDependency(record);
    permission.addResourceDependency(record);
    this.first = [record, rule, permission];
  }

  /**
   * A topic with the learner's address, where one was given. Not encrypted: what it says goes out as plain e-mail.
   *
   * @returns its ARN, or an empty text
   */
  private mail({ lab, learner, email }: LeaseProps): string {
    const wanted = new CfnCondition(this, 'Mailed', {
      expression: Fn.conditionNot(Fn.conditionEquals(email.valueAsString, '')),
    });
    const topic = new sns.CfnTopic(this, 'Topic', {
      topicName: leaseTopic(lab, learner),
      displayName: `Lease of ${Stack.of(this).stackName}`,
    });
    const subscription = new sns.CfnSubscription(this, 'Mail', {
      topicArn: topic.ref,
      protocol: 'email',
      endpoint: email.valueAsString,
    });
    for (const one of [topic, subscription]) one.cfnOptions.condition = wanted;
    return Fn.conditionIf(wanted.logicalId, topic.ref, '').toString();
  }

  /** A custom resource that the function answers. CloudFormation waits an hour for it: a sweep may need more than one run. */
  customResource(
    id: 'Record' | 'Emptied' | 'Sweep',
    properties: Record<string, unknown>,
    scope: Construct = this,
  ): CfnResource {
    const resource = new CustomResource(scope, id, {
      serviceToken: this.handler.functionArn,
      resourceType: `Custom::MlaLabs${id}`,
      serviceTimeout: Duration.hours(1),
      properties,
    });
    return resource.node.defaultChild as CfnResource;
  }
}

/** The lease's hours as a parameter of the stack: `--parameters LeaseHours=24`. */
export function leaseParameter(scope: Construct): CfnParameter {
  return new CfnParameter(scope, 'LeaseHours', {
    type: 'Number',
    default: LEASE_HOURS.default,
    minValue: LEASE_HOURS.min,
    maxValue: LEASE_HOURS.max,
    description: 'Hours from the creation of this stack until it deletes itself, with everything made in it.',
  });
}

/** Whom the lease tells by e-mail: `--parameters LeaseEmail=you@example.com`. */
export function emailParameter(scope: Construct): CfnParameter {
  return new CfnParameter(scope, 'LeaseEmail', {
    type: 'String',
    default: '',
    allowedPattern: '|[^@\\s]+@[^@\\s]+\\.[^@\\s]+',
    constraintDescription: 'an e-mail address, or nothing',
    description: 'Address that is told an hour before this stack deletes itself, and when it does. Empty: nobody.',
  });
}
