import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { CustomResource, Duration } from 'aws-cdk-lib';
import type { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import type { IDependable } from 'constructs';
import { tagsOf } from '../../../lib/course/names';
import { captureUri } from '../../../lib/flights/serving';
import { endpointTemplate } from '../../../lib/infra/endpoint-template';
import { labFunction } from '../../../lib/infra/lab-function';
import { deployEndpoints, serveModels } from '../../../lib/infra/endpoint-statements';
import type { LabStack } from '../../../lib/infra/lab-stack';
import type { ImageSource } from '../../../lib/infra/statements';
import { ROOT } from '../../../lib/infra/root';
import { CAPTURE, MODELS, type MonitoringNames } from '../names';
import { serveStatements } from '../permissions';

const MODEL = path.join(ROOT, 'data/prepared/model');

export interface EndpointProps {
  readonly names: MonitoringNames;
  readonly learner: string;
  readonly group: CfnModelPackageGroup;
  readonly image: ImageSource & { readonly uri: string };
  readonly topicArn: string;
}

export interface EndpointRoles {
  readonly endpointRoleArn: string;
  readonly deployRoleArn: string;
}

export interface AddedEndpoint extends EndpointRoles {
  /** What watches the endpoint and would leave something behind waits for this. */
  readonly endpoint: IDependable;
}

/** The first version, and the endpoint in a stack of its own: a release and a rollback are updates of that stack. */
export function addEndpoint(stack: LabStack, props: EndpointProps): AddedEndpoint {
  const { names, learner, image } = props;
  const role = stack.role(
    'EndpointRole',
    'sagemaker.amazonaws.com',
    'What the endpoint may do: read models, keep what was asked and answered, write logs and metrics.',
    serveModels({ bucket: stack.bucket, models: MODELS, capture: CAPTURE, endpoints: [names.endpoint], image }),
  );
  const deploy = stack.role(
    'DeployRole',
    'cloudformation.amazonaws.com',
    'Makes, updates and deletes the stack of the endpoint.',
    deployEndpoints(
      role.roleArn,
      { endpoints: [names.endpoint], alarms: [names.errorAlarm, names.latencyAlarm], group: names.base },
      tagsOf('monitoring', learner),
    ),
  );
  const template = JSON.stringify(endpointTemplate('monitoring'));
  const manifest = JSON.parse(readFileSync(path.join(MODEL, 'manifest.json'), 'utf8')) as { test: { auc: number } };
  const serve = labFunction(stack, 'Serve', {
    entry: 'labs/monitoring/runtime/endpoint-resource/handler.ts',
    description: `Makes the first version and the stack ${names.endpointStack}.`,
    // Known beforehand: it may call itself.
    name: names.serve,
    statements: serveStatements(stack.bucket, names, deploy.roleArn, image),
    logGroup: stack.logGroup('serve'),
    // An endpoint takes some five minutes. A function has fifteen; then the next run of it waits on.
    timeout: Duration.minutes(15),
    beside: { 'model.tar.gz': readFileSync(path.join(MODEL, 'model.tar.gz')) },
  });
  const made = new CustomResource(stack, 'Endpoint', {
    serviceToken: serve.functionArn,
    resourceType: 'Custom::MlaLabsEndpoint',
    serviceTimeout: Duration.hours(1),
    properties: {
      bucket: stack.bucket.bucketName,
      group: props.group.modelPackageGroupName,
      image: image.uri,
      testAuc: String(manifest.test.auc),
      stack: names.endpointStack,
      deployRole: deploy.roleArn,
      endpoint: names.endpoint,
      endpointRole: role.roleArn,
      capture: captureUri(stack.bucket.bucketName, CAPTURE),
      topic: props.topicArn,
      learner,
      // Another template is another update.
      template: createHash('sha256').update(template).digest('hex'),
    },
  });
  // Its name is known beforehand, so nothing else says that it must exist.
  made.node.addDependency(props.group);
  stack.sweepBetween(made, [role, deploy, stack.bucket, props.group]);
  for (const name of [names.errorAlarm, names.latencyAlarm]) stack.own('alarms', name);
  stack.own('stacks', names.endpointStack);
  stack.own('endpoints', names.endpoint);
  stack.output('Endpoint', names.endpoint, 'Endpoint that is watched');
  stack.output('EndpointStack', names.endpointStack, 'Stack of the endpoint; its parameter is the version');
  stack.output('EndpointRole', role.roleArn, 'Role of the endpoint');
  stack.output('DeployRole', deploy.roleArn, 'Role that CloudFormation changes the endpoint with');
  stack.output('ErrorAlarm', names.errorAlarm, 'Alarm on requests that failed');
  stack.output('LatencyAlarm', names.latencyAlarm, 'Alarm on slow answers');
  return { endpointRoleArn: role.roleArn, deployRoleArn: deploy.roleArn, endpoint: made };
}
