import { Aws, Duration } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { RETRIES } from '../../../lib/target/retries';
import type { DeploymentNames } from '../names';
import {
  allow,
  reportJobResults,
  invokeStatements,
  makeLogs,
  readArtifacts,
  startBuildStatements,
  verifyStatements,
} from '../permissions';
import { labFunction } from './lab-function';

/** The action that verifies, by what does it. */
export interface Verifier {
  readonly provider: 'CodeBuild' | 'Lambda';
  /** What the role of the action may do. */
  readonly statements: readonly iam.PolicyStatement[];
  /** The action's configuration. @param facts what is to be verified */
  configuration(facts: VerifyFacts): Record<string, string>;
}

export interface VerifyFacts {
  /** Expressions of the pipeline. */
  readonly modelPackageArn: string;
  readonly executionId: string;
  /** Names of the parameters that are passed to the template. */
  readonly parameters: readonly string[];
}

/** A CodeBuild project that runs the source's buildspec.yml. */
export function buildVerifier(stack: LabStack, names: DeploymentNames): Verifier {
  const logGroup = stack.logGroup('verify');
  const role = stack.role('BuildRole', 'codebuild.amazonaws.com', 'Verifies a release in a build.', [
    ...verifyStatements(stack.bucket, names),
    ...readArtifacts(stack.bucket),
    makeLogs(logGroup.logGroupName),
  ]);
  const project = new codebuild.CfnProject(stack, 'BuildProject', {
    name: names.buildProject,
    description: 'Verifies a release: the version, the endpoint’s template, the model’s contract.',
    serviceRole: role.roleArn,
    source: { type: 'CODEPIPELINE', buildSpec: 'buildspec.yml' },
    artifacts: { type: 'CODEPIPELINE' },
    environment: {
      type: 'LINUX_CONTAINER',
      computeType: 'BUILD_GENERAL1_SMALL',
      image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
      environmentVariables: [
        { name: 'DATA_BUCKET', value: stack.bucket.bucketName },
        { name: 'MODEL_PACKAGE_GROUP', value: names.base },
        { name: 'LEARNER', value: names.learner },
        ...Object.entries(RETRIES).map(([name, value]) => ({ name, value })),
      ],
    },
    logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: logGroup.logGroupName } },
    timeoutInMinutes: 15,
    // A build that waits for another's end would hold the pipeline.
    queuedTimeoutInMinutes: 15,
  });
  stack.own('buildProjects', names.buildProject);
  stack.output('BuildProject', project.ref, 'CodeBuild project that verifies a release');
  return {
    provider: 'CodeBuild',
    statements: startBuildStatements(project.attrArn, stack.bucket),
    configuration: (facts) => ({
      ProjectName: project.ref,
      EnvironmentVariables: JSON.stringify([
        { name: 'MODEL_PACKAGE_ARN', value: facts.modelPackageArn, type: 'PLAINTEXT' },
        { name: 'EXECUTION_ID', value: facts.executionId, type: 'PLAINTEXT' },
        { name: 'PARAMETERS', value: facts.parameters.join(','), type: 'PLAINTEXT' },
      ]),
    }),
  };
}

/** A function that does what it can of the same. */
export function functionVerifier(stack: LabStack, names: DeploymentNames): Verifier {
  const verify = labFunction(stack, 'Verify', {
    entry: 'verify',
    description: `Verifies a release of ${Aws.STACK_NAME} without a build.`,
    statements: [
      ...verifyStatements(stack.bucket, names),
      // A template that is only looked at belongs to no stack.
      allow(['cloudformation:ValidateTemplate'], ['*']),
      reportJobResults(),
    ],
    logGroup: stack.logGroup('verify'),
    timeout: Duration.minutes(5),
    environment: { LEARNER: names.learner },
  });
  return {
    provider: 'Lambda',
    statements: invokeStatements(verify.functionArn, stack.bucket),
    configuration: (facts) => ({
      FunctionName: verify.functionName,
      UserParameters: stack.toJsonString({
        modelPackageArn: facts.modelPackageArn,
        executionId: facts.executionId,
        parameters: facts.parameters.join(','),
        group: names.base,
        dataBucket: stack.bucket.bucketName,
      }),
    }),
  };
}
