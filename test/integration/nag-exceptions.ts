/**
 * What cdk-nag's AwsSolutions rules say of the stacks that is left as it is, each with its reason. One that no stack needs any
 * more fails the test, and so does a finding that has none.
 *
 * @see https://github.com/cdklabs/cdk-nag/blob/main/RULES.md#awssolutions
 */
export interface Exception {
  /** The rule, without `AwsSolutions-`. */
  readonly rule: string;
  /** Constructs that may have it, by their path below the stack. */
  readonly where: RegExp;
  /** For IAM5: what the resource with a wildcard looks like. @default any */
  readonly resource?: RegExp;
  readonly reason: string;
}

const LEASE = /\/Lease\/Role$/;
const NOT_LEASE = /^(?!.*\/Lease\/Role$)/;

export const EXCEPTIONS: readonly Exception[] = [
  {
    rule: 'S1',
    where: /Bucket$/,
    reason:
      'Server access logs need a bucket of their own, which would have to go too, and say hours later who read practice data. CloudTrail has who changed what.',
  },
  {
    rule: 'SNS3',
    where: /Topic$/,
    reason:
      'Only alarms and the lease publish, both by the SDK, which speaks TLS alone; what they say is a name and a time. Buckets, which hold data, do refuse plain HTTP.',
  },
  {
    rule: 'L1',
    where: /Function$/,
    reason:
      'The functions run on the Node.js that rehearsals run them on. A newer one is taken together with the local cloud’s, so that what is proven is what is deployed.',
  },
  {
    rule: 'CB4',
    where: /BuildProject$/,
    reason:
      'Build output is a verdict in JSON, in a bucket that is encrypted with S3’s keys. A key of one’s own costs a dollar a month and stays for a week after a deletion.',
  },
  {
    rule: 'GL1',
    where: /(RawCrawler|Transform)$/,
    reason:
      'A security configuration means a KMS key of one’s own for logs that hold file names and counts; CloudWatch encrypts them with its own.',
  },
  {
    rule: 'GL3',
    where: /Transform$/,
    reason: 'The job has no bookmark: it reads everything each time.',
  },
  {
    rule: 'IAM5',
    where: NOT_LEASE,
    resource: /^<DataBucket\.Arn>\//,
    reason: 'Objects below one prefix of the lab’s own bucket: their names are not known before they are written.',
  },
  {
    rule: 'IAM5',
    where: NOT_LEASE,
    resource: /:log-group:(<Log\w+>|\/(mla-labs|aws)\/[\w/-]+|\/aws-glue\/crawlers):\*$/,
    reason: 'The streams of one log group: a job, an endpoint or a function names its stream itself.',
  },
  {
    rule: 'IAM5',
    where: NOT_LEASE,
    resource: /:stack\/mla-labs-(deployment|monitoring)-me--(production|staging|endpoint)\/\*$/,
    reason: 'A stack’s ARN ends with an id that CloudFormation makes: this is one stack by its name.',
  },
  {
    rule: 'IAM5',
    where: /(Role)$/,
    resource: /:(model-package|processing-job|training-job)\/(mla-labs-\w+-me\/|mla-\w+-me--)\*$/,
    reason: 'Versions of the lab’s own group, and jobs whose names the lab itself begins so.',
  },
  {
    rule: 'IAM5',
    where: /\/(CrawlerRole|QualityRole|Lease\/Role)$/,
    resource: /:table\/mla_labs_data_prep_me\/\*$/,
    reason: 'Tables of the lab’s own database: the crawler makes them.',
  },
  {
    rule: 'IAM5',
    where: /DataPrep\/QualityRole$/,
    resource: /(:dataQualityRuleset\/\*|aws-glue-ml-data-quality-assets-<AWS::Region>\/\*)$/,
    reason:
      'A learner’s ruleset has a name of their choice; the other is AWS’s bucket with the library that Data Quality runs.',
  },
  {
    rule: 'IAM5',
    where: /\/(Deploy|Watch)Role$/,
    resource: /:(model|endpoint-config|scalable-target)\/\*$/,
    reason:
      'CloudFormation gives models and configurations of an endpoint stack names that end at random; each action is on what the stack made.',
  },
  {
    rule: 'IAM5',
    where: NOT_LEASE,
    resource: /^\*$/,
    reason:
      'Actions for which AWS supports no resource, or whose resource is a metric’s namespace that a condition names: test/service-authorization.json has both, and a test holds each role’s actions against it.',
  },
  {
    rule: 'IAM5',
    where: LEASE,
    reason:
      'The lease removes whatever the learner made, under names that it cannot know. IAM lets it act on a type; the code acts only on what tags or belonging prove to be the lab’s, and properties with look-alikes hold it to that.',
  },
];
