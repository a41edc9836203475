import { LABS, type LabEntry } from '../../lib/course/registry';
import { makeStack } from '../../labs/deployment/stack';
import { STAGES } from '../../labs/deployment/names';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { masked, ofType, only, statements, synthesize, written, type TemplateJson } from './template';

interface Action {
  readonly Name: string;
  readonly Namespace?: string;
  readonly RoleArn?: unknown;
  readonly RunOrder?: number;
  readonly TimeoutInMinutes?: number;
  readonly ActionTypeId: { readonly Provider: string; readonly Category: string };
  readonly Configuration: Readonly<Record<string, unknown>>;
}
interface Pipeline {
  readonly Name: string;
  readonly PipelineType: string;
  readonly ExecutionMode: string;
  readonly ArtifactStore: Record<string, unknown>;
  readonly Variables: { readonly Name: string; readonly DefaultValue: string }[];
  readonly Stages: { readonly Name: string; readonly Actions: readonly Action[] }[];
}

let template: TemplateJson;
beforeAll(async () => {
  const entry: LabEntry = {
    id: 'deployment',
    lab: async () => (await import('../../labs/deployment/lab')).lab,
    stack: async () => makeStack,
    faults: async () => [],
    challenges: async () => [],
  };
  if (!LABS.some(({ id }) => id === 'deployment')) (LABS as LabEntry[]).push(entry);
  template = await synthesize('deployment');
});

/** The template with other values of modes. */
function inMode(context: Record<string, string>): TemplateJson {
  const app = new App({ context, analyticsReporting: false, treeMetadata: false, autoSynth: false });
  return Template.fromStack(makeStack(app, 'me') as Stack).toJSON() as TemplateJson;
}

const pipelineOf = (from: TemplateJson): Pipeline => only<Pipeline>(from, 'AWS::CodePipeline::Pipeline');
const actionOf = (name: string, from = template): Action =>
  pipelineOf(from)
    .Stages.flatMap(({ Actions }) => Actions)
    .find(({ Name }) => Name === name)!;
/** A configuration that is JSON, with its tokens written out. */
const told = (value: unknown): Record<string, string> => JSON.parse(written(value)) as Record<string, string>;
const allowed = (role: string, from = template): string[] => [
  ...new Set(
    statements(from)
      .filter((one) => one.role.startsWith(role))
      .flatMap(({ actions }) => actions),
  ),
];

test('the template is as reviewed', () => {
  expect(masked(template)).toMatchSnapshot();
});

test('the outputs are those that steps read', () => {
  const wanted = [
    ...['DataBucket', 'SourceBucket', 'ModelPackageGroup', 'Pipeline', 'BuildProject', 'EndpointRole', 'DeployRole'],
    ...['StagingStack', 'ProductionStack', 'StagingEndpoint', 'ProductionEndpoint', 'XgboostImage', 'ReleaseFunction'],
    ...['ModeBuild', 'ModeCanary', 'ModeStaging'],
  ];
  expect(Object.keys(template.Outputs)).toEqual(expect.arrayContaining(wanted));
});

describe('the pipeline', () => {
  test('has the stages and actions that checks and exercises speak of', () => {
    const { Stages } = pipelineOf(template);
    const all = Stages.flatMap(({ Name, Actions }) => Actions.map((action) => ({ stage: Name, action: action.Name })));
    expect(all).toEqual([...STAGES]);
  });

  test('asks the registry again before production is touched, and only about versions of the lab', () => {
    const production = pipelineOf(template).Stages.find(({ Name }) => Name === 'Production')!;
    expect(production.Actions.map(({ Name, RunOrder = 1 }) => [Name, RunOrder])).toEqual([
      ['StillApproved', 1],
      ['DeployProduction', 2],
    ]);
    expect(told(actionOf('StillApproved').Configuration.UserParameters)).toEqual({
      group: 'mla-labs-deployment-me',
      modelPackageArn: '#{Verify.ModelPackageArn}',
    });
    const may = statements(template).filter(({ role }) => role.startsWith('ApprovedRole'));
    expect(may.flatMap(({ actions }) => actions).filter((action) => !/^(logs|codepipeline):/.test(action))).toEqual([
      'sagemaker:DescribeModelPackage',
    ]);
    const on = may.find(({ actions }) => actions.includes('sagemaker:DescribeModelPackage'))!.resources;
    expect(on.every((arn) => arn.endsWith(':model-package/mla-labs-deployment-me/*'))).toBe(true);
  });

  test('is of the second sort, lets newer releases overtake, and has a version as a variable', () => {
    expect(pipelineOf(template)).toMatchObject({
      PipelineType: 'V2',
      ExecutionMode: 'SUPERSEDED',
      Variables: [{ Name: 'ModelPackageArn', DefaultValue: 'latest' }],
    });
  });

  test('keeps its artifacts without a key of its own', () => {
    expect(pipelineOf(template).ArtifactStore).toEqual({ Type: 'S3', Location: { Ref: 'DataBucket' } });
    expect(ofType(template, 'AWS::KMS::Key')).toEqual([]);
  });

  test('neither polls nor needs a trail: a rule on the one object starts it', () => {
    expect(actionOf('Source').Configuration.PollForSourceChanges).toBe('false');
    expect(ofType(template, 'AWS::CloudTrail::Trail')).toEqual([]);
    const rule = template.Resources.SourceRule!.Properties as Record<string, unknown>;
    expect(rule.EventPattern).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [{ Ref: 'SourceBucket' }] }, object: { key: ['source.zip'] } },
    });
    const bucket = template.Resources.SourceBucket!.Properties;
    expect(bucket).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
  });

  test('finds a source when it runs on its creation', () => {
    const seed = ofType(template, 'Custom::MlaLabsFirstSource')[0]![0];
    const [, pipeline] = ofType(template, 'AWS::CodePipeline::Pipeline')[0]!;
    expect(pipeline.DependsOn).toEqual(expect.arrayContaining([seed, 'PipelinePolicy']));
  });

  test('a version that is approved starts a release, and no other change of a version does', () => {
    const rule = template.Resources.ApprovedRule!.Properties as { EventPattern: Record<string, unknown> };
    expect(rule.EventPattern).toEqual({
      source: ['aws.sagemaker'],
      'detail-type': ['SageMaker Model Package State Change'],
      detail: { ModelPackageGroupName: ['mla-labs-deployment-me'], ModelApprovalStatus: ['Approved'] },
    });
  });

  test('deploys the verified version to both stacks as the one role of CloudFormation', () => {
    for (const [name, mode, kind] of [
      ['DeployStaging', 'REPLACE_ON_FAILURE', 'serverless'],
      ['DeployProduction', 'CREATE_UPDATE', 'instance'],
    ] as const) {
      const { Configuration } = actionOf(name);
      expect(Configuration).toMatchObject({
        ActionMode: mode,
        TemplatePath: 'Source::endpoint.template.yaml',
        RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^DeployRole/), 'Arn'] },
      });
      const overrides = told(Configuration.ParameterOverrides);
      expect(overrides).toMatchObject({ ModelPackageArn: '#{Verify.ModelPackageArn}', Kind: kind, Canary: 'off' });
      // CodePipeline takes 1 KB of overrides; names and ARNs in place of the tokens make them longer.
      expect(JSON.stringify(overrides).length).toBeLessThan(700);
    }
  });

  test('tells the person who approves what the smoke test measured, and waits no longer than a lease', () => {
    const { Configuration, TimeoutInMinutes } = actionOf('Approve');
    const text = written(Configuration.CustomData);
    for (const variable of ['#{Verify.Version}', '#{Smoke.Auc}', '#{Smoke.Requests}', '#{Smoke.P50Ms}'])
      expect(text).toContain(variable);
    expect(written(Configuration.ExternalEntityLink)).toContain('smoke.json');
    expect(TimeoutInMinutes).toBe(480);
  });

  test('every action but the approval has a role of its own, which only the pipeline takes on', () => {
    const roles = pipelineOf(template)
      .Stages.flatMap(({ Actions }) => Actions)
      .filter(({ Name }) => Name !== 'Approve')
      .map(({ RoleArn }) => written(RoleArn).slice(2, -5));
    expect(new Set(roles).size).toBe(7);
    const pipelineRole = ofType(template, 'AWS::IAM::Role').find(([id]) => id.startsWith('PipelineRole'))![0];
    for (const role of roles) {
      const trust = template.Resources[role]!.Properties.AssumeRolePolicyDocument as { Statement: object[] };
      expect(trust.Statement).toEqual([
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { AWS: { 'Fn::GetAtt': [pipelineRole, 'Arn'] } },
        },
      ]);
    }
    const takes = template.Resources.PipelinePolicy!.Properties.PolicyDocument as {
      Statement: { Resource: unknown[] }[];
    };
    expect(takes.Statement[0]!.Resource).toHaveLength(7);
  });
});

describe('permissions', () => {
  test('on everything only what IAM cannot narrow', () => {
    const wide = statements(template)
      .filter(({ role, resources }) => !role.startsWith('Lease') && resources.includes('*'))
      .flatMap(({ actions }) => actions);
    expect([...new Set(wide)].sort()).toEqual([
      'cloudwatch:DescribeAlarms',
      'cloudwatch:PutMetricData',
      'codepipeline:PutJobFailureResult',
      'codepipeline:PutJobSuccessResult',
      'ecr:GetAuthorizationToken',
      'lambda:ListFunctions',
      'sagemaker:ListModelPackages',
    ]);
  });

  test('what may not be there is looked for with the right to list: S3 would say forbidden', () => {
    for (const role of ['ReleaseRole', 'BuildRole', 'EndpointRole']) {
      const list = statements(template).find(
        (one) => one.role.startsWith(role) && one.actions.includes('s3:ListBucket'),
      );
      expect(list?.Condition).toBeUndefined();
      expect(list?.resources).toEqual(['${DataBucket.Arn}']);
    }
  });

  test('CloudFormation makes and deletes only what carries the lab’s tags, and passes one role to SageMaker alone', () => {
    const own = statements(template).filter(({ role }) => role.startsWith('DeployRole'));
    const condition = (action: string) => own.find(({ actions }) => actions.includes(action))?.Condition;
    expect(condition('sagemaker:CreateModel')).toEqual({
      StringEquals: { 'aws:RequestTag/mla-labs:lab': 'deployment', 'aws:RequestTag/mla-labs:learner': 'me' },
    });
    expect(condition('sagemaker:DeleteModel')).toEqual({
      StringEquals: { 'aws:ResourceTag/mla-labs:lab': 'deployment', 'aws:ResourceTag/mla-labs:learner': 'me' },
    });
    expect(condition('iam:PassRole')).toEqual({ StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } });
    expect(own.flatMap(({ actions }) => actions).filter((action) => action.endsWith('*'))).toEqual([]);
    const versions = own.find(({ actions }) => actions.includes('sagemaker:DescribeModelPackage'));
    expect(versions?.actions).toContain('sagemaker:CreateModel');
  });

  test('a release may not delete production, and may replace a staging that failed', () => {
    expect(allowed('ProductRole')).not.toContain('cloudformation:DeleteStack');
    expect(allowed('StagingRole')).toContain('cloudformation:DeleteStack');
  });

  test('what tests and watches a release changes nothing', () => {
    for (const role of ['SmokeRole', 'WatchRole', 'BuildRole', 'ApprovedRole']) {
      const changes = allowed(role).filter((action) => /:(Create|Update|Delete|Put|Start)/.test(action));
      expect(changes.filter((action) => !/^(logs:|s3:PutObject$|codepipeline:PutJob)/.test(action))).toEqual([]);
    }
  });

  test('an endpoint reads models and writes what it captured, its logs and metrics', () => {
    const own = statements(template).filter(({ role }) => role.startsWith('EndpointRole'));
    const on = (action: string) =>
      own.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);
    expect(on('s3:GetObject')).toEqual(['${DataBucket.Arn}/models/*']);
    expect(on('s3:PutObject')).toEqual(['${DataBucket.Arn}/capture/*']);
    expect(
      on('logs:CreateLogStream').every((arn) => arn.includes('/aws/sagemaker/Endpoints/mla-labs-deployment-me-')),
    ).toBe(true);
  });
});

describe('deletion', () => {
  test('sweeps before anything of the lab is gone, with the names of what the pipeline made', () => {
    const [id, sweep] = ofType(template, 'Custom::MlaLabsSweep')[0]!;
    const others = Object.keys(template.Resources).filter((name) => name !== id && !/^Lease/.test(name));
    expect(sweep.DependsOn).toEqual(expect.arrayContaining(others));
    expect(sweep.Properties).toMatchObject({
      stacks: ['mla-labs-deployment-me--staging', 'mla-labs-deployment-me--production'],
      endpoints: ['mla-labs-deployment-me--staging', 'mla-labs-deployment-me--production'],
      pipelines: ['mla-labs-deployment-me'],
      buildProjects: ['mla-labs-deployment-me--verify'],
      alarms: ['mla-labs-deployment-me--production-errors', 'mla-labs-deployment-me--production-latency'],
      buckets: [{ Ref: 'DataBucket' }, { Ref: 'SourceBucket' }],
    });
  });

  test('every function writes to a log group of the stack, and reserves no concurrency', () => {
    for (const [, { Properties }] of ofType(template, 'AWS::Lambda::Function')) {
      expect(Properties.LoggingConfig).toMatchObject({ LogGroup: { Ref: expect.any(String) } });
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
      expect(Properties.Runtime).toBe('nodejs22.x');
    }
  });
});

describe('modes', () => {
  test('with --build lambda a function verifies, and there is no build project', () => {
    const other = inMode({ build: 'lambda' });
    expect(ofType(other, 'AWS::CodeBuild::Project')).toEqual([]);
    expect(other.Outputs).not.toHaveProperty('BuildProject');
    const action = actionOf('Verify', other);
    expect(action).toMatchObject({ Namespace: 'Verify', ActionTypeId: { Category: 'Invoke', Provider: 'Lambda' } });
    expect(told(action.Configuration.UserParameters)).toMatchObject({
      modelPackageArn: '#{variables.ModelPackageArn}',
    });
    // Their messages name commands of the learner whose lab it is.
    for (const id of ['VerifyFunction', 'SmokeFunction', 'ApprovedFunction']) {
      const [, { Properties }] = ofType(other, 'AWS::Lambda::Function').find(([name]) => name.startsWith(id))!;
      expect(Properties.Environment).toMatchObject({ Variables: { LEARNER: 'me' } });
    }
  });

  test('with a build, the build is told the version of the variable, and whose lab it is', () => {
    const { Environment } = only<{ Environment: { EnvironmentVariables: object[] } }>(
      template,
      'AWS::CodeBuild::Project',
    );
    expect(Environment.EnvironmentVariables).toContainEqual({ Name: 'LEARNER', Value: 'me' });
    const { Configuration, ActionTypeId } = actionOf('Verify');
    expect(ActionTypeId).toMatchObject({ Category: 'Build', Provider: 'CodeBuild' });
    expect(written(Configuration.EnvironmentVariables)).toContain('#{variables.ModelPackageArn}');
  });

  test('both modes pass the same parameters to the template, and Verify asks for all of them', () => {
    const passed = Object.keys(told(actionOf('DeployProduction').Configuration.ParameterOverrides)).join(',');
    expect(written(actionOf('Verify').Configuration.EnvironmentVariables)).toContain(passed);
  });

  test('with --canary on production changes over by a canary', () => {
    const overrides = told(actionOf('DeployProduction', inMode({ canary: 'on' })).Configuration.ParameterOverrides);
    expect(overrides.Canary).toBe('on');
  });

  test('with --staging instance staging runs on an instance, and nothing else is different', () => {
    const [usual, other] = [inMode({}), inMode({ staging: 'instance' })];
    const overrides = (name: string, from?: TemplateJson) =>
      told(actionOf(name, from).Configuration.ParameterOverrides);
    expect(overrides('DeployStaging')).toMatchObject({ Kind: 'serverless', Stage: 'staging' });
    expect(overrides('DeployStaging', other)).toEqual({ ...overrides('DeployStaging'), Kind: 'instance' });
    expect(overrides('DeployProduction', other)).toEqual(overrides('DeployProduction'));
    expect(overrides('DeployProduction')).toMatchObject({ Kind: 'instance', Stage: 'production' });
    expect(other.Outputs.ModeStaging).toMatchObject({ Value: 'instance' });
    // The names of both endpoints are the same, and so is all that may be done to them.
    expect(statements(other)).toEqual(statements(usual));
    const changed = Object.keys(other.Resources).filter(
      (id) => JSON.stringify(other.Resources[id]) !== JSON.stringify(usual.Resources[id]),
    );
    expect(changed).toEqual(['Pipeline']);
  });
});
