/** What the lab's roles need, each odd permission with its reason. */
import { Aws } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { allow, arnInStack, listBucket, makeAndDescribeLogs, makeLogs } from '../../../lib/infra/statements';

export { allow, listBucket };

/** Glue checks a catalog action on the catalog, the database and the table alike. @see https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html */
export function catalogStatement(database: string, actions: string[]): iam.PolicyStatement {
  return allow(
    actions.map((action) => `glue:${action}`),
    [
      arnInStack('glue', 'catalog'),
      arnInStack('glue', `database/${database}`),
      arnInStack('glue', `table/${database}/*`),
    ],
  );
}

export function readObjects(bucket: IBucket, ...prefixes: string[]): iam.PolicyStatement {
  return allow(
    ['s3:GetObject'],
    prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`)),
  );
}

/**
 * Writing as Glue 6.0 does, whose S3A deletes what it overwrites and its folder markers, and takes back uploads of failed tasks.
 * @see https://hadoop.apache.org/docs/current/hadoop-aws/tools/hadoop-aws/assumed_roles.html
 */
export function writeObjectsWithS3a(bucket: IBucket, ...prefixes: string[]): iam.PolicyStatement[] {
  return [
    allow(
      ['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`)),
    ),
    allow(['s3:ListBucketMultipartUploads'], [bucket.bucketArn]),
  ];
}

/**
 * The lab's own log groups. The stack makes them; logs:CreateLogGroup is here because AWS's policies for these writers all
 * have it. A late line can then bring a group back that the stack deleted: teardown knows it by its name.
 * @see https://docs.aws.amazon.com/glue/latest/dg/data-quality-authorization.html
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSGlueServiceRole.html
 */
export const writeJobLogs = makeAndDescribeLogs;

/**
 * The group that all crawlers of an account share: Glue makes it on the first crawl, as the crawler's role.
 * @see https://docs.aws.amazon.com/glue/latest/dg/monitor-crawler.html
 */
export const writeCrawlerLogs = (): iam.PolicyStatement => makeLogs('/aws-glue/crawlers');

/**
 * What Data Quality does as the role beside reading the table: it fetches its engine from a bucket of AWS's, looks up its
 * own run, reads the ruleset and publishes the result. Runs are known to IAM as rulesets only. The console publishes
 * metrics too, unless told otherwise.
 * @see https://docs.aws.amazon.com/glue/latest/dg/data-quality-authorization.html
 * @see https://docs.aws.amazon.com/glue/latest/dg/data-quality-trouble.html
 */
export function evaluateRulesets(): iam.PolicyStatement[] {
  return [
    allow(['s3:GetObject'], [`arn:${Aws.PARTITION}:s3:::aws-glue-ml-data-quality-assets-${Aws.REGION}/*`]),
    allow(
      [
        'glue:GetDataQualityRuleset',
        'glue:GetDataQualityRulesetEvaluationRun',
        'glue:GetDataQualityResult',
        'glue:PublishDataQuality',
      ],
      [arnInStack('glue', 'dataQualityRuleset/*')],
    ),
    allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': 'Glue Data Quality' } }),
  ];
}
