import { Aws, Duration, type CfnResource } from 'aws-cdk-lib';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { LabStack } from '../../../lib/infra/lab-stack';
import { LATEST, SOURCE_KEY, TEMPLATE_FILE, VERSION_VARIABLE, CAPTURE, type DeploymentNames } from '../names';
import {
  allow,
  deployStackStatements,
  invokeStatements,
  readArtifacts,
  smokeStatements,
  sourceStatements,
  watchStatements,
  writeArtifacts,
} from '../permissions';
import { labFunction } from './function';
import type { Source } from './source';
import type { Verifier } from './verify';

export interface PipelineProps {
  readonly names: DeploymentNames;
  readonly learner: string;
  readonly source: Source;
  readonly verifier: Verifier;
  /** Role that CloudFormation makes endpoints with. */
  readonly deployRoleArn: string;
  /** Role of the endpoints. */
  readonly endpointRoleArn: string;
  readonly canary: boolean;
}

/** Name of the artifact that every stage after Source takes. */
const ARTIFACT = 'Source';
/** How long the old instances stand by, in seconds. */
const BAKE_SECONDS = 300;
/** How long a release waits for a person. A lab's lease is 8 hours; an approval never outlives it by much. */
const APPROVAL_MINUTES = 8 * 60;

/** Filled in by the pipeline. */
const EXECUTION = '#{codepipeline.PipelineExecutionId}';
const VERIFIED = '#{Verify.ModelPackageArn}';

type Action = codepipeline.CfnPipeline.ActionDeclarationProperty;

/** The pipeline from a source and a version to production, with a role for each action. */
export function pipeline(stack: LabStack, props: PipelineProps): CfnResource {
  const { names } = props;
  const roles = new ActionRoles(stack);
  const parameters = endpointParameters(stack, props);
  const stages: codepipeline.CfnPipeline.StageDeclarationProperty[] = [
    stage('Source', sourceAction(stack, roles, props)),
    stage('Verify', verifyAction(roles, props.verifier, Object.keys(parameters('staging')))),
    stage('Staging', deployAction(stack, roles, props, 'staging', parameters('staging'))),
    stage('SmokeTest', smokeAction(stack, roles, names)),
    stage('Approval', approvalAction(stack)),
    stage('Production', deployAction(stack, roles, props, 'production', parameters('production'))),
    stage('Watch', watchAction(stack, roles, names)),
  ];
  const policy = roles.close();
  const made = new codepipeline.CfnPipeline(stack, 'Pipeline', {
    name: names.base,
    pipelineType: 'V2',
    // Of several releases that wait at a stage's door, the newest goes on.
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

/** The pipeline's own role and those of its actions. */
class ActionRoles {
  readonly pipeline: iam.Role;
  private readonly arns: string[] = [];

  constructor(private readonly stack: LabStack) {
    this.pipeline = stack.role('PipelineRole', 'codepipeline.amazonaws.com', 'Runs the pipeline.', [
      ...readArtifacts(stack.bucket),
      ...writeArtifacts(stack.bucket),
    ]);
  }

  /** @param id logical id, at most 13 characters */
  of(id: string, description: string, statements: readonly iam.PolicyStatement[]): string {
    const role = new iam.Role(this.stack, id, {
      assumedBy: new iam.ArnPrincipal(this.pipeline.roleArn),
      description,
      inlinePolicies: { Own: new iam.PolicyDocument({ statements: [...statements] }) },
    });
    this.stack.own('roles', role.roleArn);
    this.arns.push(role.roleArn);
    return role.roleArn;
  }

  /** The pipeline may take on these roles and no other. In a policy of its own: the roles name each other. */
  close(): CfnResource {
    const policy = new iam.CfnPolicy(this.stack, 'PipelinePolicy', {
      policyName: 'TakeOnActionRoles',
      roles: [this.pipeline.roleName],
      policyDocument: new iam.PolicyDocument({ statements: [allow(['sts:AssumeRole'], this.arns)] }),
    });
    return policy;
  }
}

function stage(name: string, action: Action): codepipeline.CfnPipeline.StageDeclarationProperty {
  return { name, actions: [action] };
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
function endpointParameters(stack: LabStack, { names, learner, endpointRoleArn, canary }: PipelineProps) {
  return (which: 'staging' | 'production'): Record<string, string> => ({
    ModelPackageArn: VERIFIED,
    EndpointName: which === 'staging' ? names.stagingEndpoint : names.productionEndpoint,
    Kind: which === 'staging' ? 'serverless' : 'instance',
    ExecutionRoleArn: endpointRoleArn,
    CaptureS3Uri: `s3://${stack.bucket.bucketName}/${CAPTURE}`,
    BakeSeconds: String(BAKE_SECONDS),
    Canary: canary ? 'on' : 'off',
    Learner: learner,
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
    entry: 'smoke',
    description: 'Asks the staging endpoint what production will be asked.',
    statements: smokeStatements(stack.bucket, names),
    logGroup: stack.logGroup('smoketest'),
    timeout: Duration.minutes(10),
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
