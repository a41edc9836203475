/** What each role of the lab may do: one role an action, none wider than its action. */
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  allow,
  anyAlarm,
  describeVersions,
  arnInStack,
  listVersions,
  makeLogs,
  passRole,
} from '../../lib/infra/statements';
import { EVIDENCE, MODELS, RELEASES, SOURCE_KEY, type DeploymentNames } from './names';

export { allow, arnInStack, makeLogs };

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
      [arnInStack('cloudformation', `stack/${stack}/*`)],
    ),
    passRole(deployRoleArn, 'cloudformation'),
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
    listVersions(),
    describeVersions(base),
    allow(['s3:GetObject'], [data.arnForObjects(`${MODELS}*`)]),
    // Without it, S3 answers "forbidden" for a model that is not there.
    allow(['s3:ListBucket'], [data.bucketArn]),
    writeEvidence(data, 'verify'),
  ];
}

/** An answer to a job; jobs have no ARN. */
export const reportJobResults = (): iam.PolicyStatement =>
  allow(['codepipeline:PutJobSuccessResult', 'codepipeline:PutJobFailureResult'], ['*']);

export const writeEvidence = (data: IBucket, what: string): iam.PolicyStatement =>
  allow(['s3:PutObject'], [data.arnForObjects(`${EVIDENCE}*/${what}.json`)]);

export function smokeStatements(data: IBucket, { stagingEndpoint }: DeploymentNames): iam.PolicyStatement[] {
  return [
    allow(['sagemaker:InvokeEndpoint'], [arnInStack('sagemaker', `endpoint/${stagingEndpoint}`)]),
    writeEvidence(data, 'smoke'),
    reportJobResults(),
  ];
}

/** One version, and nothing else: the pipeline says which. */
export function stillApprovedStatements({ base }: DeploymentNames): iam.PolicyStatement[] {
  return [describeVersions(base), reportJobResults()];
}

/** Reads only. What an endpoint runs on is known by generated names, so these cannot be narrowed by name. */
export function watchStatements(data: IBucket, names: DeploymentNames): iam.PolicyStatement[] {
  return [
    allow(['cloudformation:DescribeStacks'], [arnInStack('cloudformation', `stack/${names.productionStack}/*`)]),
    allow(['sagemaker:DescribeEndpoint'], [arnInStack('sagemaker', `endpoint/${names.productionEndpoint}`)]),
    allow(['sagemaker:DescribeEndpointConfig'], [arnInStack('sagemaker', 'endpoint-config/*')]),
    allow(['sagemaker:DescribeModel'], [arnInStack('sagemaker', 'model/*')]),
    anyAlarm(),
    writeEvidence(data, 'watch'),
    reportJobResults(),
  ];
}

export function startReleaseStatements(data: IBucket, { base }: DeploymentNames): iam.PolicyStatement[] {
  return [
    allow(['codepipeline:StartPipelineExecution'], [arnInStack('codepipeline', base)]),
    describeVersions(base),
    allow(['s3:GetObject', 's3:PutObject'], [data.arnForObjects(`${RELEASES}*`)]),
    // Without it, S3 answers "forbidden" for what is not there. Reading has no prefix that a condition could ask for.
    allow(['s3:ListBucket'], [data.bucketArn]),
  ];
}
