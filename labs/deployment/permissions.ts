/** What each role of the lab may do: one role an action, none wider than its action. */
import { Aws } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { allow, anyAlarm, deregisterScaling, here, writeLog, type Conditions } from '../../lib/infra/statements';
import { CAPTURE, EVIDENCE, MODELS, RELEASES, SOURCE_KEY, type DeploymentNames } from './names';

export { allow, here, writeLog };

/**
 * Artifacts lie below the pipeline's name, of which CodePipeline takes the first 20 characters: `mla-labs-deployment-`.
 * No other pipeline has this bucket for a store.
 */
const ARTIFACTS = 'mla-labs-deployment-*';

export function readArtifacts(store: IBucket): iam.PolicyStatement[] {
  return [
    allow(['s3:GetObject', 's3:GetObjectVersion'], [store.arnForObjects(ARTIFACTS)]),
    allow(['s3:GetBucketVersioning', 's3:GetBucketLocation'], [store.bucketArn]),
  ];
}

export function writeArtifacts(store: IBucket): iam.PolicyStatement[] {
  return [allow(['s3:PutObject', 's3:AbortMultipartUpload'], [store.arnForObjects(ARTIFACTS)])];
}

/** @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html#edit-role-s3source */
export function sourceStatements(source: IBucket, store: IBucket): iam.PolicyStatement[] {
  return [
    allow(
      ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectTagging', 's3:GetObjectVersionTagging'],
      [source.arnForObjects(SOURCE_KEY)],
    ),
    allow(['s3:GetBucketVersioning', 's3:GetBucketAcl', 's3:GetBucketLocation', 's3:ListBucket'], [source.bucketArn]),
    ...readArtifacts(store),
    ...writeArtifacts(store),
  ];
}

/**
 * @param store where the action's artifacts are. @default - it takes none
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html#edit-role-lambda
 */
export function invokeStatements(functionArn: string, store?: IBucket): iam.PolicyStatement[] {
  return [
    allow(['lambda:InvokeFunction'], [functionArn]),
    // CodePipeline looks functions up; AWS checks that on none in particular.
    allow(['lambda:ListFunctions'], ['*']),
    ...(store ? readArtifacts(store) : []),
  ];
}

/** @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html#edit-role-codebuild */
export function startBuildStatements(projectArn: string, store: IBucket): iam.PolicyStatement[] {
  return [
    allow(['codebuild:StartBuild', 'codebuild:StopBuild', 'codebuild:BatchGetBuilds'], [projectArn]),
    ...readArtifacts(store),
  ];
}

/**
 * @param replace whether a stack that failed may be deleted and made anew
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html#edit-role-cloudformation
 */
export function deployStackStatements(
  stack: string,
  deployRoleArn: string,
  store: IBucket,
  replace: boolean,
): iam.PolicyStatement[] {
  return [
    allow(
      [
        'cloudformation:CreateStack',
        'cloudformation:UpdateStack',
        'cloudformation:DescribeStacks',
        'cloudformation:DescribeStackEvents',
        'cloudformation:DescribeStackResources',
        'cloudformation:GetTemplate',
        ...(replace ? ['cloudformation:DeleteStack'] : []),
      ],
      [here('cloudformation', `stack/${stack}/*`)],
    ),
    allow(['iam:PassRole'], [deployRoleArn], {
      StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
    }),
    ...readArtifacts(store),
  ];
}

/**
 * What Verify needs, in a build or in a function.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 */
export function verifyStatements(data: IBucket, { base }: DeploymentNames): iam.PolicyStatement[] {
  return [
    // AWS checks a listing on versions and not on their group, and does not say which ARN it looks for.
    allow(['sagemaker:ListModelPackages'], ['*']),
    allow(['sagemaker:DescribeModelPackage'], [here('sagemaker', `model-package/${base}/*`)]),
    allow(['s3:GetObject'], [data.arnForObjects(`${MODELS}*`)]),
    // Without it, S3 answers "forbidden" for a model that is not there.
    allow(['s3:ListBucket'], [data.bucketArn]),
    evidence(data, 'verify'),
  ];
}

/** An answer to a job; jobs have no ARN. */
export const answerJobs = (): iam.PolicyStatement =>
  allow(['codepipeline:PutJobSuccessResult', 'codepipeline:PutJobFailureResult'], ['*']);

export const evidence = (data: IBucket, what: string): iam.PolicyStatement =>
  allow(['s3:PutObject'], [data.arnForObjects(`${EVIDENCE}*/${what}.json`)]);

export function smokeStatements(data: IBucket, { stagingEndpoint }: DeploymentNames): iam.PolicyStatement[] {
  return [
    allow(['sagemaker:InvokeEndpoint'], [here('sagemaker', `endpoint/${stagingEndpoint}`)]),
    evidence(data, 'smoke'),
    answerJobs(),
  ];
}

/** One version, and nothing else: the pipeline says which. */
export function approvedStatements({ base }: DeploymentNames): iam.PolicyStatement[] {
  return [allow(['sagemaker:DescribeModelPackage'], [here('sagemaker', `model-package/${base}/*`)]), answerJobs()];
}

/** Reads only. What an endpoint runs on is known by generated names, so these cannot be narrowed by name. */
export function watchStatements(data: IBucket, names: DeploymentNames): iam.PolicyStatement[] {
  return [
    allow(['cloudformation:DescribeStacks'], [here('cloudformation', `stack/${names.productionStack}/*`)]),
    allow(['sagemaker:DescribeEndpoint'], [here('sagemaker', `endpoint/${names.productionEndpoint}`)]),
    allow(
      ['sagemaker:DescribeEndpointConfig', 'sagemaker:DescribeModel'],
      [here('sagemaker', 'endpoint-config/*'), here('sagemaker', 'model/*')],
    ),
    anyAlarm(),
    evidence(data, 'watch'),
    answerJobs(),
  ];
}

export function releaseStatements(data: IBucket, { base }: DeploymentNames): iam.PolicyStatement[] {
  return [
    allow(['codepipeline:StartPipelineExecution'], [here('codepipeline', base)]),
    allow(['sagemaker:DescribeModelPackage'], [here('sagemaker', `model-package/${base}/*`)]),
    allow(['s3:GetObject', 's3:PutObject'], [data.arnForObjects(`${RELEASES}*`)]),
    // Without it, S3 answers "forbidden" for what is not there. Reading has no prefix that a condition could ask for.
    allow(['s3:ListBucket'], [data.bucketArn]),
  ];
}

/**
 * What CloudFormation may do for the endpoint stacks. Models and configurations have generated names; only those that
 * carry the lab's tags may be made or deleted. All these types are tagged as they are made, says their schema, and its
 * handlers' permissions are all here.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html
 * @see https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-handlers
 */
export function deployStatements(
  endpointRoleArn: string,
  names: DeploymentNames,
  tags: Readonly<Record<string, string>>,
): iam.PolicyStatement[] {
  const tagged = (key: string): Conditions => ({
    StringEquals: Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`aws:${key}/${tag}`, value])),
  });
  const parts = [here('sagemaker', 'model/*'), here('sagemaker', 'endpoint-config/*')];
  const endpoints = [names.stagingEndpoint, names.productionEndpoint].map((name) =>
    here('sagemaker', `endpoint/${name}`),
  );
  return [
    allow(['sagemaker:CreateModel', 'sagemaker:CreateEndpointConfig'], parts, tagged('RequestTag')),
    allow(['sagemaker:DeleteModel', 'sagemaker:DeleteEndpointConfig'], parts, tagged('ResourceTag')),
    allow(['sagemaker:DescribeModel', 'sagemaker:DescribeEndpointConfig'], parts),
    // An endpoint is made and updated on its own ARN and on that of its configuration.
    allow(
      ['sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint'],
      [...endpoints, here('sagemaker', 'endpoint-config/*')],
    ),
    allow(['sagemaker:DescribeEndpoint', 'sagemaker:DeleteEndpoint'], endpoints),
    deregisterScaling(),
    allow(['sagemaker:AddTags', 'sagemaker:ListTags', 'sagemaker:DeleteTags'], [...parts, ...endpoints]),
    // A model made of a version is made on the version, too: so do the groups' own policies say it for other accounts.
    allow(
      ['sagemaker:DescribeModelPackage', 'sagemaker:CreateModel'],
      [here('sagemaker', `model-package/${names.base}/*`)],
    ),
    allow(['iam:PassRole'], [endpointRoleArn], { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } }),
    allow(
      [
        'cloudwatch:PutMetricAlarm',
        'cloudwatch:DeleteAlarms',
        // CloudFormation marks with its own tags what it makes.
        'cloudwatch:TagResource',
        'cloudwatch:UntagResource',
        'cloudwatch:ListTagsForResource',
      ],
      names.alarms.map((name) => here('cloudwatch', `alarm:${name}`)),
    ),
    anyAlarm(),
  ];
}

/**
 * What both endpoints may do.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createmodel-perms
 */
export function endpointStatements(
  data: IBucket,
  names: DeploymentNames,
  imageAccount: string,
  repository: string,
): iam.PolicyStatement[] {
  const logs = [names.stagingEndpoint, names.productionEndpoint].map((endpoint) =>
    here('logs', `log-group:/aws/sagemaker/Endpoints/${endpoint}`),
  );
  return [
    allow(['s3:GetObject'], [data.arnForObjects(`${MODELS}*`)]),
    allow(['s3:ListBucket', 's3:GetBucketLocation'], [data.bucketArn]),
    allow(['s3:PutObject'], [data.arnForObjects(`${CAPTURE}*`)]),
    // SageMaker pulls the image as this role; a token is for no repository in particular.
    allow(['ecr:GetAuthorizationToken'], ['*']),
    allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      [`arn:${Aws.PARTITION}:ecr:${Aws.REGION}:${imageAccount}:repository/${repository}`],
    ),
    allow(
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      logs.flatMap((group) => [group, `${group}:*`]),
    ),
    // Metrics have no ARN.
    allow(['cloudwatch:PutMetricData'], ['*'], { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } }),
    // While a release bakes, SageMaker asks for its alarms as this role.
    anyAlarm(),
  ];
}
