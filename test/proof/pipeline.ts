/** A small pipeline of its own in a private local cloud: source, function, build, stack, approval, stack. */
import { CreateStackCommand, DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  type PipelineExecutionSummary,
  PutApprovalResultCommand,
  type StageState,
} from '@aws-sdk/client-codepipeline';
import { UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { buildSync } from 'esbuild';
import { strToU8, zipSync } from 'fflate';
import type { Target } from '../../lib/target';
import { openPrivateTarget } from './private-target';
import { until } from './until';

export const STACK = 'small';
export const PIPELINE = 'small-pipeline';
const ACCOUNT = '000000000000';
const REGION = 'us-east-1';
/** A function brings the SDK along: there is none where it runs. */
function bundled(contents: string): string {
  const stdin = { contents, resolveDir: __dirname };
  const { outputFiles } = buildSync({
    stdin,
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    write: false,
  });
  return outputFiles[0]!.text;
}

/** Answers as its user parameters say: a value for the stack, a failure, or nothing at all. */
const FUNCTION = bundled(`
const { CodePipelineClient, PutJobSuccessResultCommand, PutJobFailureResultCommand } = require('@aws-sdk/client-codepipeline');
exports.handler = async (event) => {
  const { id, data } = event['CodePipeline.job'];
  const asked = data.actionConfiguration.configuration.UserParameters;
  const client = new CodePipelineClient({});
  if (asked === 'throw') throw new Error('this function is broken');
  if (asked === 'refuse') {
    const failureDetails = { type: 'JobFailed', message: 'The value is not good enough.' };
    await client.send(new PutJobFailureResultCommand({ jobId: id, failureDetails }));
    return;
  }
  if (!data.continuationToken) {
    await client.send(new PutJobSuccessResultCommand({ jobId: id, continuationToken: 'again' }));
    return;
  }
  const outputVariables = { Value: asked + '-' + data.continuationToken, Artifact: data.inputArtifacts[0].name };
  await client.send(new PutJobSuccessResultCommand({ jobId: id, outputVariables }));
};
`);

const BUILDSPEC = JSON.stringify({
  version: 0.2,
  env: { 'exported-variables': ['BUILT'] },
  phases: { build: { commands: ['test -f template.json', 'export BUILT="$VALUE"'] } },
  artifacts: { files: ['**/*'] },
});

export const TEMPLATE = JSON.stringify({
  Parameters: { Name: { Type: 'String' }, Value: { Type: 'String' } },
  Resources: {
    Parameter: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Name: { Ref: 'Name' }, Value: { Ref: 'Value' } },
    },
  },
  Outputs: { Deployed: { Value: { Ref: 'Value' } } },
});

const trust = (principal: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
});

function role(name: string, principal: object, statements: readonly [string | readonly string[], unknown][]) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: name,
      AssumeRolePolicyDocument: trust(principal),
      Policies: [
        {
          PolicyName: 'own',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: statements.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource })),
          },
        },
      ],
    },
  };
}

const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const actionRole = { AWS: { 'Fn::GetAtt': ['PipelineRole', 'Arn'] } };
const SOURCE = 'arn:aws:s3:::small-source';
const STORE = 'arn:aws:s3:::small-artifacts';
const STACKS = ['staging', 'production'].map(
  (name) => `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/small-${name}/*`,
);

function deploy(name: string, value: string) {
  return {
    Name: 'Deploy',
    ActionTypeId: { Category: 'Deploy', Owner: 'AWS', Provider: 'CloudFormation', Version: '1' },
    InputArtifacts: [{ Name: 'Built' }],
    RoleArn: { 'Fn::GetAtt': ['DeployRole', 'Arn'] },
    Namespace: name === 'staging' ? 'Staging' : 'Production',
    Configuration: {
      ActionMode: 'CREATE_UPDATE',
      StackName: `small-${name}`,
      TemplatePath: 'Built::template.json',
      RoleArn: { 'Fn::GetAtt': ['StackRole', 'Arn'] },
      ParameterOverrides: JSON.stringify({ Name: `/small/${name}`, Value: value }),
    },
  };
}

const stages = [
  {
    Name: 'Source',
    Actions: [
      {
        Name: 'Source',
        ActionTypeId: { Category: 'Source', Owner: 'AWS', Provider: 'S3', Version: '1' },
        OutputArtifacts: [{ Name: 'SourceOutput' }],
        RoleArn: { 'Fn::GetAtt': ['SourceRole', 'Arn'] },
        Configuration: { S3Bucket: { Ref: 'SourceBucket' }, S3ObjectKey: 'source.zip', PollForSourceChanges: false },
      },
    ],
  },
  {
    Name: 'Check',
    Actions: [
      {
        Name: 'Ask',
        ActionTypeId: { Category: 'Invoke', Owner: 'AWS', Provider: 'Lambda', Version: '1' },
        InputArtifacts: [{ Name: 'SourceOutput' }],
        RoleArn: { 'Fn::GetAtt': ['InvokeRole', 'Arn'] },
        Namespace: 'Ask',
        Configuration: { FunctionName: { Ref: 'Function' }, UserParameters: '#{variables.Wish}' },
      },
    ],
  },
  {
    Name: 'Build',
    Actions: [
      {
        Name: 'Build',
        ActionTypeId: { Category: 'Build', Owner: 'AWS', Provider: 'CodeBuild', Version: '1' },
        InputArtifacts: [{ Name: 'SourceOutput' }],
        OutputArtifacts: [{ Name: 'Built' }],
        RoleArn: { 'Fn::GetAtt': ['BuildActionRole', 'Arn'] },
        Namespace: 'Build',
        Configuration: {
          ProjectName: { Ref: 'Project' },
          EnvironmentVariables: '[{"name":"VALUE","value":"#{Ask.Value}","type":"PLAINTEXT"}]',
        },
      },
    ],
  },
  { Name: 'Staging', Actions: [deploy('staging', '#{Build.BUILT}')] },
  {
    Name: 'Approval',
    Actions: [
      {
        Name: 'Approve',
        ActionTypeId: { Category: 'Approval', Owner: 'AWS', Provider: 'Manual', Version: '1' },
        Configuration: { CustomData: 'Staging has #{Staging.Deployed}' },
      },
    ],
  },
  { Name: 'Production', Actions: [deploy('production', '#{Staging.Deployed}')] },
];

const RESOURCES = {
  SourceBucket: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketName: 'small-source',
      VersioningConfiguration: { Status: 'Enabled' },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    },
  },
  Store: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'small-artifacts' } },
  PipelineRole: role('small-pipeline', { Service: 'codepipeline.amazonaws.com' }, [
    ['sts:AssumeRole', ['small-source', 'small-invoke', 'small-build-action', 'small-deploy'].map(roleArn)],
  ]),
  SourceRole: role('small-source', actionRole, [
    [['s3:GetBucketVersioning', 's3:ListBucket'], SOURCE],
    [['s3:GetObject', 's3:GetObjectVersion'], `${SOURCE}/*`],
    ['s3:PutObject', `${STORE}/*`],
  ]),
  InvokeRole: role('small-invoke', actionRole, [
    ['lambda:InvokeFunction', { 'Fn::GetAtt': ['Function', 'Arn'] }],
    ['s3:GetObject', `${STORE}/*`],
  ]),
  BuildActionRole: role('small-build-action', actionRole, [
    [['codebuild:StartBuild', 'codebuild:BatchGetBuilds'], { 'Fn::GetAtt': ['Project', 'Arn'] }],
  ]),
  BuildRole: role('small-build', { Service: 'codebuild.amazonaws.com' }, [
    [['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'], `${STORE}/*`],
    [['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], '*'],
  ]),
  Project: {
    Type: 'AWS::CodeBuild::Project',
    Properties: {
      Name: 'small-project',
      ServiceRole: { 'Fn::GetAtt': ['BuildRole', 'Arn'] },
      Source: { Type: 'CODEPIPELINE', BuildSpec: BUILDSPEC },
      Artifacts: { Type: 'CODEPIPELINE' },
      Environment: {
        Type: 'LINUX_CONTAINER',
        ComputeType: 'BUILD_GENERAL1_SMALL',
        Image: 'aws/codebuild/standard:7.0',
      },
    },
  },
  DeployRole: role('small-deploy', actionRole, [
    [['cloudformation:CreateStack', 'cloudformation:UpdateStack', 'cloudformation:DescribeStack*'], STACKS],
    ['iam:PassRole', roleArn('small-stack')],
    ['s3:GetObject', `${STORE}/*`],
  ]),
  StackRole: role('small-stack', { Service: 'cloudformation.amazonaws.com' }, [['ssm:*', '*']]),
  FunctionRole: role('small-function', { Service: 'lambda.amazonaws.com' }, [
    [['codepipeline:PutJobSuccessResult', 'codepipeline:PutJobFailureResult'], '*'],
    [['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], '*'],
  ]),
  RuleRole: role('small-rule', { Service: 'events.amazonaws.com' }, [
    ['codepipeline:StartPipelineExecution', `arn:aws:codepipeline:${REGION}:${ACCOUNT}:${PIPELINE}`],
  ]),
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'small-function',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] },
      Code: { ZipFile: 'exports.handler = async () => undefined;' },
      Timeout: 60,
    },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: ['small-source'] }, object: { key: ['source.zip'] } },
      },
      Targets: [
        {
          Id: 'pipeline',
          Arn: { 'Fn::Sub': `arn:aws:codepipeline:\${AWS::Region}:\${AWS::AccountId}:${PIPELINE}` },
          RoleArn: { 'Fn::GetAtt': ['RuleRole', 'Arn'] },
        },
      ],
    },
  },
  Pipeline: {
    Type: 'AWS::CodePipeline::Pipeline',
    DependsOn: ['SourceRole', 'InvokeRole', 'BuildActionRole', 'DeployRole'],
    Properties: {
      Name: PIPELINE,
      PipelineType: 'V2',
      ExecutionMode: 'SUPERSEDED',
      RoleArn: { 'Fn::GetAtt': ['PipelineRole', 'Arn'] },
      ArtifactStore: { Type: 'S3', Location: { Ref: 'Store' } },
      Variables: [{ Name: 'Wish', DefaultValue: 'one' }],
      Stages: stages,
      Tags: [{ Key: 'mla-labs:lab', Value: 'none' }],
    },
  },
};

export class SmallPipeline {
  private constructor(readonly target: Target) {}

  static async open(): Promise<SmallPipeline> {
    const target = await openPrivateTarget({ region: REGION });
    return new SmallPipeline(target);
  }

  async up(): Promise<void> {
    const { cloudformation } = this.target.clients;
    const TemplateBody = JSON.stringify({
      Resources: RESOURCES,
      Outputs: {
        Name: { Value: { Ref: 'Pipeline' } },
        Version: { Value: { 'Fn::GetAtt': ['Pipeline', 'Version'] } },
      },
    });
    const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
    await cloudformation.send(new CreateStackCommand({ StackName: STACK, TemplateBody, Capabilities }));
    const ended = await this.stackEnded(STACK);
    if (ended !== 'CREATE_COMPLETE') throw new Error(`the stack ended as ${ended}`);
    // With the SDK it is too large for a template.
    const ZipFile = zipSync({ 'index.js': strToU8(FUNCTION) });
    await this.target.clients.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'small-function', ZipFile }));
  }

  async delete(StackName: string): Promise<string> {
    await this.target.clients.cloudformation.send(new DeleteStackCommand({ StackName }));
    return this.stackEnded(StackName);
  }

  async stack(StackName: string) {
    const { cloudformation } = this.target.clients;
    return (await cloudformation.send(new DescribeStacksCommand({ StackName }))).Stacks![0]!;
  }

  private async stackEnded(name: string): Promise<string> {
    return this.until(async () => {
      try {
        const { StackStatus } = await this.stack(name);
        return StackStatus!.endsWith('_IN_PROGRESS') ? undefined : StackStatus;
      } catch {
        return 'DELETE_COMPLETE';
      }
    });
  }

  async putSource(files: Readonly<Record<string, string>> = { 'template.json': TEMPLATE }): Promise<void> {
    const entries = Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)]);
    const Body = zipSync(Object.fromEntries(entries) as Record<string, Uint8Array>);
    await this.target.clients.s3.send(new PutObjectCommand({ Bucket: 'small-source', Key: 'source.zip', Body }));
  }

  /** Executions, newest first. */
  async executions(): Promise<PipelineExecutionSummary[]> {
    const { codepipeline } = this.target.clients;
    const answer = await codepipeline.send(new ListPipelineExecutionsCommand({ pipelineName: PIPELINE }));
    return answer.pipelineExecutionSummaries!;
  }

  async execution(pipelineExecutionId: string) {
    const { codepipeline } = this.target.clients;
    const input = { pipelineName: PIPELINE, pipelineExecutionId };
    return (await codepipeline.send(new GetPipelineExecutionCommand(input))).pipelineExecution!;
  }

  async stage(name: string): Promise<StageState> {
    const { codepipeline } = this.target.clients;
    const { stageStates } = await codepipeline.send(new GetPipelineStateCommand({ name: PIPELINE }));
    return stageStates!.find(({ stageName }) => stageName === name)!;
  }

  async actions(pipelineExecutionId: string) {
    const { codepipeline } = this.target.clients;
    const input = { pipelineName: PIPELINE, filter: { pipelineExecutionId } };
    return (await codepipeline.send(new ListActionExecutionsCommand(input))).actionExecutionDetails!;
  }

  /** Waits until the execution has ended, and gives its status. */
  async ended(id: string): Promise<string> {
    return this.until(async () => {
      const { status } = await this.execution(id);
      return status === 'InProgress' || status === 'Stopping' ? undefined : status;
    });
  }

  /** Waits until an execution waits for approval, and gives its token. */
  async token(id: string): Promise<string> {
    return this.until(async () => {
      const { actionStates, latestExecution } = await this.stage('Approval');
      const { status } = await this.execution(id);
      if (status !== 'InProgress') throw new Error(`the execution ended as ${status}`);
      return latestExecution?.pipelineExecutionId === id ? actionStates![0]!.latestExecution?.token : undefined;
    });
  }

  async decide(token: string, status: 'Approved' | 'Rejected', summary: string): Promise<void> {
    await this.target.clients.codepipeline.send(
      new PutApprovalResultCommand({
        pipelineName: PIPELINE,
        stageName: 'Approval',
        actionName: 'Approve',
        token,
        result: { status, summary },
      }),
    );
  }

  async until<T>(look: () => Promise<T | undefined>): Promise<T> {
    return until(look, this.target.clients.pollMs);
  }
}
