import { Aws, Duration, type CfnResource } from 'aws-cdk-lib';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import { captureUri } from '../../../lib/flights/serving';
import type { LabStack } from '../../../lib/infra/lab-stack';
import {
  APPROVAL_MINUTES,
  CAPTURE,
  LATEST,
  SOURCE_KEY,
  TEMPLATE_FILE,
  VERSION_VARIABLE,
  type DeploymentNames,
} from '../names';
import {
  stillApprovedStatements,
  deployStackStatements,
  invokeStatements,
  smokeStatements,
  sourceStatements,
  watchStatements,
} from '../permissions';
import { ActionRoles } from './action-roles';
import { labFunction } from './lab-function';
import type { Source } from './source';
import type { Verifier } from './verifier';

export interface PipelineProps {
  readonly names: DeploymentNames;
  readonly source: Source;
  readonly verifier: Verifier;
  /** Role that CloudFormation makes endpoints with. */
  readonly deployRoleArn: string;
  /** Role of the endpoints. */
  readonly endpointRoleArn: string;
  readonly canary: boolean;
  /** What staging runs on; production runs on instances. */
  readonly staging: 'serverless' | 'instance';
}

/** Name of the artifact that every stage after Source takes. */
const ARTIFACT = 'Source';
/** How long the old instances stand by, in seconds. */
const BAKE_SECONDS = 300;

/** Filled in by the pipeline. */
const EXECUTION = '#{codepipeline.PipelineExecutionId}';
const VERIFIED = '#{Verify.ModelPackageArn}';

type Action = codepipeline.CfnPipeline.ActionDeclarationProperty;

/** The pipeline from a source and a version to production, with a role for each action. */
export function addPipeline(stack: LabStack, props: PipelineProps): CfnResource {
  const { names } = props;
  const roles = new ActionRoles(stack);
  const parameters = endpointParameters(stack, props);
  const stages: codepipeline.CfnPipeline.StageDeclarationProperty[] = [
    stage('Source', sourceAction(stack, roles, props)),
    stage('Verify', verifyAction(roles, props.verifier, Object.keys(parameters('staging')))),
    stage('Staging', deployAction(stack, roles, props, 'staging', parameters('staging'))),
    stage('SmokeTest', smokeAction(stack, roles, names)),
    stage('Approval', approvalAction(stack)),
    stage(
      'Production',
      approvedAction(stack, roles, names),
      deployAction(stack, roles, props, 'production', parameters('production')),
    ),
    stage('Watch', watchAction(stack, roles, names)),
  ];
  const policy = roles.close();
  const made = new codepipeline.CfnPipeline(stack, 'Pipeline', {
    name: names.base,
    pipelineType: 'V2',
    // Of several releases that wait to enter a stage, the newest goes on.
    executionMode: 'SUPERSEDED',
    roleArn: roles.pipeline.roleArn,
    // Encrypted with the key that AWS manages for S3.
    artifactStore: { type: 'S3', location: stack.bucket.bucketName },
    variables: [
      {
        name: VERSION_VARIABLE,
        defaultValue: LATEST,
        description: 'ARN of the version to release, or latest: the newest approved one.',
      },
    ],
    stages,
  });
  made.addResourceDependency(policy);
  // A pipeline runs once when it is made, and must find a source then.
  made.addResourceDependency(props.source.seeded);
  stack.own('pipelines', names.base);
  stack.output('Pipeline', made.ref, 'Pipeline from a version to production');
  return made;
}

/** Actions one after the other. */
function stage(name: string, ...actions: Action[]): codepipeline.CfnPipeline.StageDeclarationProperty {
  return { name, actions: actions.map((action, at) => (at === 0 ? action : { ...action, runOrder: at + 1 })) };
}

function type(category: string, provider: string): codepipeline.CfnPipeline.ActionTypeIdProperty {
  return { category, owner: 'AWS', provider, version: '1' };
}

function sourceAction(stack: LabStack, roles: ActionRoles, { source }: PipelineProps): Action {
  return {
    name: 'Source',
    actionTypeId: type('Source', 'S3'),
    roleArn: roles.of('SourceRole', 'Takes source.zip.', sourceStatements(source.bucket, stack.bucket)),
    outputArtifacts: [{ name: ARTIFACT }],
    // Nothing polls: a rule of the stack starts the pipeline.
    configuration: { S3Bucket: source.bucket.bucketName, S3ObjectKey: SOURCE_KEY, PollForSourceChanges: 'false' },
  };
}

function verifyAction(roles: ActionRoles, verifier: Verifier, parameters: readonly string[]): Action {
  return {
    name: 'Verify',
    namespace: 'Verify',
    actionTypeId: type(verifier.provider === 'CodeBuild' ? 'Build' : 'Invoke', verifier.provider),
    roleArn: roles.of('VerifyActRole', `Starts the verification (${verifier.provider}).`, verifier.statements),
    inputArtifacts: [{ name: ARTIFACT }],
    configuration: verifier.configuration({
      modelPackageArn: `#{variables.${VERSION_VARIABLE}}`,
      executionId: EXECUTION,
      parameters,
    }),
  };
}

/** What the pipeline passes to the template of the endpoints. */
function endpointParameters(stack: LabStack, { names, endpointRoleArn, canary, staging }: PipelineProps) {
  return (which: 'staging' | 'production'): Record<string, string> => ({
    ModelPackageArn: VERIFIED,
    EndpointName: which === 'staging' ? names.stagingEndpoint : names.productionEndpoint,
    Kind: which === 'staging' ? staging : 'instance',
    Stage: which,
    ExecutionRoleArn: endpointRoleArn,
    CaptureS3Uri: captureUri(stack.bucket.bucketName, CAPTURE),
    BakeSeconds: String(BAKE_SECONDS),
    Canary: canary ? 'on' : 'off',
    Learner: names.learner,
  });
}

function deployAction(
  stack: LabStack,
  roles: ActionRoles,
  { names, deployRoleArn }: PipelineProps,
  which: 'staging' | 'production',
  parameters: Record<string, string>,
): Action {
  const staging = which === 'staging';
  const StackName = staging ? names.stagingStack : names.productionStack;
  stack.own('stacks', StackName);
  stack.own('endpoints', staging ? names.stagingEndpoint : names.productionEndpoint);
  return {
    name: staging ? 'DeployStaging' : 'DeployProduction',
    actionTypeId: type('Deploy', 'CloudFormation'),
    roleArn: roles.of(
      staging ? 'StagingRole' : 'ProductRole',
      `Makes and updates the stack of ${which}.`,
      deployStackStatements(StackName, deployRoleArn, stack.bucket, staging),
    ),
    inputArtifacts: [{ name: ARTIFACT }],
    configuration: {
      // A staging that failed may go and come again; production is never deleted by a release.
      ActionMode: staging ? 'REPLACE_ON_FAILURE' : 'CREATE_UPDATE',
      StackName,
      TemplatePath: `${ARTIFACT}::${TEMPLATE_FILE}`,
      RoleArn: deployRoleArn,
      ParameterOverrides: stack.toJsonString(parameters),
    },
  };
}

function smokeAction(stack: LabStack, roles: ActionRoles, names: DeploymentNames): Action {
  const smoke = labFunction(stack, 'Smoke', {
    entry: 'smoke-test',
    description: 'Asks the staging endpoint what production will be asked.',
    statements: smokeStatements(stack.bucket, names),
    logGroup: stack.logGroup('smoketest'),
    timeout: Duration.minutes(10),
    environment: { LEARNER: names.learner },
  });
  return {
    name: 'SmokeTest',
    namespace: 'Smoke',
    actionTypeId: type('Invoke', 'Lambda'),
    roleArn: roles.of('SmokeActRole', 'Starts the smoke test.', invokeStatements(smoke.functionArn, stack.bucket)),
    inputArtifacts: [{ name: ARTIFACT }],
    configuration: {
      FunctionName: smoke.functionName,
      UserParameters: stack.toJsonString({
        endpoint: names.stagingEndpoint,
        modelPackageArn: VERIFIED,
        claimedAuc: '#{Verify.Auc}',
        executionId: EXECUTION,
        dataBucket: stack.bucket.bucketName,
      }),
    },
  };
}

function approvalAction(stack: LabStack): Action {
  const evidence = `evidence/${EXECUTION}/smoke.json`;
  return {
    name: 'Approve',
    actionTypeId: type('Approval', 'Manual'),
    timeoutInMinutes: APPROVAL_MINUTES,
    configuration: {
      CustomData: `Version #{Verify.Version} in staging: AUC #{Smoke.Auc} on held-out flights, #{Smoke.Requests} requests, p50 #{Smoke.P50Ms} ms. It was registered with an AUC of #{Verify.Auc} on the whole test slice. Look at ${evidence} in the lab’s bucket before you decide.`,
      ExternalEntityLink: `https://${Aws.REGION}.console.aws.amazon.com/s3/object/${stack.bucket.bucketName}?prefix=${evidence}`,
    },
  };
}

/** An approval may take hours: the version that it was asked for may have been rejected since. */
function approvedAction(stack: LabStack, roles: ActionRoles, names: DeploymentNames): Action {
  const approved = labFunction(stack, 'Approved', {
    entry: 'still-approved',
    description: 'Asks the registry, right before production, whether the version is still approved.',
    statements: stillApprovedStatements(names),
    logGroup: stack.logGroup('production'),
    timeout: Duration.minutes(1),
    environment: { LEARNER: names.learner },
  });
  return {
    name: 'StillApproved',
    actionTypeId: type('Invoke', 'Lambda'),
    roleArn: roles.of('AskActRole', 'Starts the question to the registry.', invokeStatements(approved.functionArn)),
    configuration: {
      FunctionName: approved.functionName,
      UserParameters: stack.toJsonString({ group: names.base, modelPackageArn: VERIFIED }),
    },
  };
}

function watchAction(stack: LabStack, roles: ActionRoles, names: DeploymentNames): Action {
  const watch = labFunction(stack, 'Watch', {
    entry: 'watch',
    description: 'Compares what production serves with what was released.',
    statements: watchStatements(stack.bucket, names),
    logGroup: stack.logGroup('watch'),
    timeout: Duration.minutes(2),
  });
  return {
    name: 'Watch',
    actionTypeId: type('Invoke', 'Lambda'),
    roleArn: roles.of('WatchActRole', 'Starts the comparison.', invokeStatements(watch.functionArn, stack.bucket)),
    inputArtifacts: [{ name: ARTIFACT }],
    configuration: {
      FunctionName: watch.functionName,
      UserParameters: stack.toJsonString({
        stack: names.productionStack,
        endpoint: names.productionEndpoint,
        modelPackageArn: VERIFIED,
        executionId: EXECUTION,
        dataBucket: stack.bucket.bucketName,
      }),
    },
  };
}
