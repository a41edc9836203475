import { Duration, type CfnResource } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { SOURCE_KEY, type DeploymentNames } from '../names';
import { allow, arnInStack, startReleaseStatements } from '../permissions';
import { labFunction } from './lab-function';

/** What starts the pipeline: a version that is approved, and a new source. Neither polls, neither needs a trail. */
export function addReleaseTriggers(
  stack: LabStack,
  names: DeploymentNames,
  sourceBucket: string,
  pipeline: CfnResource,
): void {
  onApproval(stack, names);
  onSource(stack, names, sourceBucket, pipeline);
}

/** EventBridge cannot pass a version on to a pipeline, so a function does, once for each approval. */
function onApproval(stack: LabStack, names: DeploymentNames): void {
  const release = labFunction(stack, 'Release', {
    entry: 'start-release',
    description: 'Starts a release when a version is approved, once for each approval.',
    statements: startReleaseStatements(stack.bucket, names),
    logGroup: stack.logGroup('release'),
    timeout: Duration.minutes(1),
    environment: {
      PIPELINE: names.base,
      MODEL_PACKAGE_GROUP: names.base,
      DATA_BUCKET: stack.bucket.bucketName,
    },
  });
  const rule = new events.CfnRule(stack, 'ApprovedRule', {
    description: `Tells when a version of ${names.base} is approved.`,
    eventPattern: {
      source: ['aws.sagemaker'],
      'detail-type': ['SageMaker Model Package State Change'],
      // Without the status, versions that nobody approved would be released.
      detail: { ModelPackageGroupName: [names.base], ModelApprovalStatus: ['Approved'] },
    },
    state: 'ENABLED',
    targets: [{ id: 'Release', arn: release.functionArn }],
  });
  new lambda.CfnPermission(stack, 'ApprovedPermission', {
    action: 'lambda:InvokeFunction',
    functionName: release.functionArn,
    principal: 'events.amazonaws.com',
    sourceArn: rule.attrArn,
  });
  stack.output('ReleaseFunction', release.functionName, 'Function that starts a release');
}

function onSource(stack: LabStack, names: DeploymentNames, sourceBucket: string, pipeline: CfnResource): void {
  const role = stack.role('OnSourceRole', 'events.amazonaws.com', 'Starts the pipeline on a new source.', [
    allow(['codepipeline:StartPipelineExecution'], [arnInStack('codepipeline', names.base)]),
  ]);
  const rule = new events.CfnRule(stack, 'SourceRule', {
    description: `Starts ${names.base} when a new ${SOURCE_KEY} is uploaded.`,
    eventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [sourceBucket] }, object: { key: [SOURCE_KEY] } },
    },
    state: 'ENABLED',
    targets: [{ id: 'Pipeline', arn: arnInStack('codepipeline', names.base), roleArn: role.roleArn }],
  });
  rule.addResourceDependency(pipeline);
}
