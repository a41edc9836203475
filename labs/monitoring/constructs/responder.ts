import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { labFunction } from '../../../lib/infra/lab-function';
import type { LabStack } from '../../../lib/infra/lab-stack';
import type { ImageSource } from '../../../lib/infra/statements';
import { COOL_DOWN_MINUTES, type MonitoringNames } from '../names';
import { responderStatements, retrainStatements } from '../permissions';
import { trainingCode } from '../../../lib/flights/training-code';
import type { EndpointRoles } from './endpoint';

export interface ResponderProps extends EndpointRoles {
  readonly names: MonitoringNames;
  readonly learner: string;
  readonly image: ImageSource & { readonly uri: string };
  readonly topic: sns.ITopic;
}

/** What acts on alarms, what wakes it again, and where goes what it could not do. */
export function addResponder(stack: LabStack, props: ResponderProps): void {
  const { names, image } = props;
  const deadLetters = new sqs.Queue(stack, 'DeadLetters', {
    retentionPeriod: Duration.days(14),
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  });
  stack.own('queues', deadLetters.queueUrl);
  stack.output('DeadLetters', deadLetters.queueUrl, 'Queue of what the responder could not do');
  const retrain = stack.role(
    'RetrainRole',
    'sagemaker.amazonaws.com',
    'Retrains: retraining/ and code/ to models/.',
    retrainStatements(stack.bucket, image),
  );
  stack.output('RetrainRole', retrain.roleArn, 'Role of retrainings');
  const made = labFunction(stack, 'Responder', {
    entry: 'labs/monitoring/runtime/responder/handler.ts',
    description: 'Acts on alarms: retrains on drift or a falling AUC, rolls back on errors or latency.',
    statements: responderStatements(
      stack.bucket,
      names,
      { ...props, retrainRoleArn: retrain.roleArn },
      deadLetters.queueArn,
      image,
    ),
    logGroup: stack.logGroup('responder'),
    timeout: Duration.minutes(15),
    memory: 1024,
    deadLetters,
    beside: trainingCode(),
    environment: {
      BUCKET: stack.bucket.bucketName,
      GROUP: names.base,
      ENDPOINT: names.endpoint,
      ENDPOINT_STACK: names.endpointStack,
      DEPLOY_ROLE: props.deployRoleArn,
      RETRAIN_ROLE: retrain.roleArn,
      IMAGE: image.uri,
      COMPUTE: stack.modes.compute ?? 'training',
      LEARNER: props.learner,
      DEAD_LETTERS: deadLetters.queueUrl,
      COOL_DOWN_MINUTES: String(COOL_DOWN_MINUTES),
    },
  });
  stack.output('Responder', made.functionName, 'Function that acts on alarms');
  subscribe(stack, props.topic, made);
  wakes(stack, names, made);
}

function subscribe(stack: LabStack, topic: sns.ITopic, made: lambda.Function): void {
  const permission = new lambda.CfnPermission(stack, 'TopicPermission', {
    action: 'lambda:InvokeFunction',
    functionName: made.functionArn,
    principal: 'sns.amazonaws.com',
    sourceArn: topic.topicArn,
  });
  const subscription = new sns.CfnSubscription(stack, 'Subscription', {
    topicArn: topic.topicArn,
    protocol: 'lambda',
    endpoint: made.functionArn,
  });
  subscription.addResourceDependency(permission);
}

/** A retraining outlives a function: its end wakes the responder, and so do four looks an hour, should an event get lost. */
function wakes(stack: LabStack, names: MonitoringNames, made: lambda.Function): void {
  const rule = (id: string, props: events.CfnRuleProps): void => {
    const one = new events.CfnRule(stack, `${id}Rule`, {
      ...props,
      state: 'ENABLED',
      targets: [{ id: 'Responder', arn: made.functionArn }],
    });
    new lambda.CfnPermission(stack, `${id}Permission`, {
      action: 'lambda:InvokeFunction',
      functionName: made.functionArn,
      principal: 'events.amazonaws.com',
      sourceArn: one.attrArn,
    });
  };
  for (const kind of ['Training', 'Processing'] as const) {
    rule(`${kind}Ended`, {
      description: `Wakes the responder when a retraining (${kind} job) has ended.`,
      eventPattern: {
        source: ['aws.sagemaker'],
        'detail-type': [`SageMaker ${kind} Job State Change`],
        detail: {
          [`${kind}JobName`]: [{ prefix: names.retrainPrefix }],
          [`${kind}JobStatus`]: ['Completed', 'Failed', 'Stopped'],
        },
      },
    });
  }
  rule('Look', {
    description: 'Lets the responder look for what it has begun and not ended.',
    scheduleExpression: 'rate(15 minutes)',
  });
}
