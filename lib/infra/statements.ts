/** Statements of policies that labs write alike. */
import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

export type Conditions = Record<string, Record<string, string | string[]>>;

export function allow(actions: string[], resources: string[], conditions?: Conditions): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources, ...(conditions && { conditions }) });
}

/** ARN of a resource in this account and Region. */
export function arnInStack(service: string, resource: string): string {
  return `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
}

/** Reading alarms: a policy that names some lets a call see less than it asks for, or fail. */
export const anyAlarm = (): iam.PolicyStatement => allow(['cloudwatch:DescribeAlarms'], ['*']);

/** Some actions are checked on a log group's ARN, others on one that ends in `:*`. */
const logGroups = (names: readonly string[]): string[] =>
  names.flatMap((name) => [arnInStack('logs', `log-group:${name}`), arnInStack('logs', `log-group:${name}:*`)]);

/** Writing to a log group that exists. */
export function writeLog({ logGroupName }: ILogGroup): iam.PolicyStatement {
  return allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroups([logGroupName]));
}

/**
 * Writing to log groups as CodeBuild and Glue's crawlers do, whose own policies make the group, too; writers were seen that
 * write nothing without that, also where it exists. Teardown knows by its name a group that a late line brings back.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
 */
export function makeLogs(...names: readonly string[]): iam.PolicyStatement {
  return allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], logGroups(names));
}

/** The same for those that look for their streams, too, as SageMaker, Glue jobs and Data Quality do. */
export function makeAndDescribeLogs(...names: readonly string[]): iam.PolicyStatement {
  return allow(
    ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    logGroups(names),
  );
}

/** Logs that SageMaker writes as the role of a job or an endpoint. */
export function writeSageMakerLogs(...names: readonly string[]): iam.PolicyStatement {
  return makeAndDescribeLogs(...names.map((name) => `/aws/sagemaker/${name}`));
}

/** Listing is a request on the bucket; reading and writing are on prefixes of it. */
export const listBucket = (bucket: IBucket): iam.PolicyStatement =>
  allow(['s3:ListBucket', 's3:GetBucketLocation'], [bucket.bucketArn]);

/** ARN pattern of the versions in a group. */
export const versionsOf = (group: string): string => arnInStack('sagemaker', `model-package/${group}/*`);

/**
 * AWS checks a listing on versions and not on their group, and does not say which ARN it looks for.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 */
export const listVersions = (): iam.PolicyStatement => allow(['sagemaker:ListModelPackages'], ['*']);

export const describeVersions = (group: string): iam.PolicyStatement =>
  allow(['sagemaker:DescribeModelPackage'], [versionsOf(group)]);

/** AWS documents the versions as what is checked; policies that others publish name the group, too, which does no harm. */
export const registerVersions = (group: string): iam.PolicyStatement =>
  allow(['sagemaker:CreateModelPackage'], [versionsOf(group), arnInStack('sagemaker', `model-package-group/${group}`)]);

/** An image that a role pulls. */
export interface ImageSource {
  readonly account: string;
  readonly repository: string;
}

/** SageMaker pulls a role's image as this role; a token is for no repository in particular. */
export function pullImages(...repositories: readonly ImageSource[]): iam.PolicyStatement[] {
  return [
    allow(['ecr:GetAuthorizationToken'], ['*']),
    allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      repositories.map(
        ({ account, repository }) => `arn:${Aws.PARTITION}:ecr:${Aws.REGION}:${account}:repository/${repository}`,
      ),
    ),
  ];
}

/** Metrics have no ARN. */
export function putMetrics(...namespaces: string[]): iam.PolicyStatement {
  return allow(['cloudwatch:PutMetricData'], ['*'], { StringLike: { 'cloudwatch:namespace': namespaces } });
}

/**
 * SageMaker deletes no endpoint with a scalable target for somebody who may not deregister that, and a learner may have
 * made one. The ARNs of targets are random ids.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-delete-with-scaling.html
 */
export const deregisterScaling = (): iam.PolicyStatement =>
  allow(
    ['application-autoscaling:DeregisterScalableTarget'],
    [arnInStack('application-autoscaling', 'scalable-target/*')],
    {
      StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' },
    },
  );

export function passRole(arn: string, service: 'sagemaker' | 'cloudformation'): iam.PolicyStatement {
  return allow(['iam:PassRole'], [arn], { StringEquals: { 'iam:PassedToService': `${service}.amazonaws.com` } });
}
