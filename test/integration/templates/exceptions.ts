/**
 * What the judges say of the stacks that is left as it is, each with its reason. One that no stack needs any more fails the
 * test, and so does a finding that has none.
 */
export interface Exception {
  /**
   * The rules, as their judges call them; each of them finds something there.
   *
   * `AwsSolutions-`: https://github.com/cdklabs/cdk-nag/blob/main/RULES.md#awssolutions;
   * `CKV_`: https://www.checkov.io/5.Policy%20Index/cloudformation.html;
   * letters and four digits: https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md, which the CDK follows.
   */
  readonly rules: readonly string[];
  /** Constructs that may have it, by their path below the stack. */
  readonly where: RegExp;
  /** What the judge says of it; for AwsSolutions-IAM5, the resource with a wildcard. @default any */
  readonly what?: RegExp;
  readonly reason: string;
}

const LEASE = /\/Lease\/Role$/;
const NOT_LEASE = /^(?!.*\/Lease\/Role$)/;

export const EXCEPTIONS: readonly Exception[] = [
  {
    rules: ['AwsSolutions-S1', 'CKV_AWS_18'],
    where: /Bucket$/,
    reason:
      'Server access logs need a bucket of their own, which would have to go too, and say hours later who read practice data. CloudTrail has who changed what.',
  },
  {
    rules: ['CKV_AWS_158', 'CKV_AWS_173'],
    where: /\/(Log\w*|Lease\/Log|\w*Function)$/,
    reason:
      'Logs and variables hold names, counts and verdicts, and AWS encrypts both with keys of its own. A key of one’s own costs a dollar a month and stays for a week after a deletion.',
  },
  {
    rules: ['CKV_AWS_26'],
    where: /\/Topic$/,
    reason:
      'What topics say is a name and a time, and goes out as plain e-mail. CloudWatch’s alarms cannot publish to a topic under AWS’s own key: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html.',
  },
  {
    rules: ['CKV_AWS_27'],
    where: /\/DeadLetters$/,
    reason: 'It is encrypted, with SQS’s own keys; the rule knows those of KMS only.',
  },
  {
    rules: ['CKV_AWS_117'],
    where: /Function$/,
    reason:
      'The functions call AWS’s public APIs and nothing else. In a VPC they would need a NAT gateway or a dozen endpoints, at dollars a day.',
  },
  {
    rules: ['CKV_AWS_115'],
    where: /Function$/,
    reason:
      'A new account may have a concurrency of 10, of which Lambda lets nobody reserve anything: the stack could not be made. https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html',
  },
  {
    rules: ['CKV_AWS_116'],
    where: /\/(Lease\/|Seed|Serve)Function$/,
    reason:
      'CloudFormation waits for their answers, and says when there is none; what the lease could not do, it does the next time that it is asked, minutes later.',
  },
  {
    rules: ['CKV_AWS_116'],
    where: /\/(Verify|Smoke|Approved|Watch)Function$/,
    reason: 'The pipeline waits for their results, and its action fails when there is none.',
  },
  {
    rules: ['CKV_AWS_116'],
    where: /\/ReleaseFunction$/,
    reason:
      'An approval that Lambda’s three attempts could not pass on is a version without a release: the step’s check says so, with the command that starts one.',
  },
  {
    rules: ['CKV_AWS_370'],
    where: /^Model$/,
    reason:
      'Serverless endpoints do not have network isolation, and staging is one: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html. The image is AWS’s, the code the learner’s own.',
  },
  {
    rules: ['W3005'],
    where: /\/(Last|Early)\/Sweep\/Default$/,
    what: /^'\w+' dependency already enforced/,
    reason:
      'The order of creation and deletion is said for every resource of a stack, also where a name in the ownership record says it as well.',
  },
  {
    rules: ['W3005'],
    where: /Function$/,
    what: /^'\w*Role\w+' dependency already enforced/,
    reason: 'The CDK lets a function wait for its role and the role’s policies, and leaves this rule out of its own.',
  },
  {
    rules: ['W8003'],
    where: /^Conditions\/Guarded$/,
    reason:
      'The rule knows the default of a parameter only. A rollback passes its version in both parameters, and then they are equal.',
  },
  {
    rules: ['AwsSolutions-SNS3'],
    where: /Topic$/,
    reason:
      'Only alarms and the lease publish, both by the SDK, which speaks TLS alone; what they say is a name and a time. Buckets, which hold data, do refuse plain HTTP.',
  },
  {
    rules: ['AwsSolutions-L1'],
    where: /Function$/,
    reason:
      'The functions run on the Node.js that rehearsals run them on. A newer one is taken together with the local cloud’s, so that what is proven is what is deployed.',
  },
  {
    rules: ['AwsSolutions-CB4'],
    where: /BuildProject$/,
    reason:
      'Build output is a verdict in JSON, in a bucket that is encrypted with S3’s keys. A key of one’s own costs a dollar a month and stays for a week after a deletion.',
  },
  {
    rules: ['AwsSolutions-GL1', 'CKV_AWS_195'],
    where: /(RawCrawler|Transform)$/,
    reason:
      'A security configuration means a KMS key of one’s own for logs that hold file names and counts; CloudWatch encrypts them with its own.',
  },
  {
    rules: ['AwsSolutions-GL3'],
    where: /Transform$/,
    reason: 'The job has no bookmark: it reads everything each time.',
  },
  {
    rules: ['AwsSolutions-IAM5'],
    where: NOT_LEASE,
    what: /^<DataBucket\.Arn>\//,
    reason: 'Objects below one prefix of the lab’s own bucket: their names are not known before they are written.',
  },
  {
    rules: ['AwsSolutions-IAM5'],
    where: NOT_LEASE,
    what: /:log-group:(<Log\w+>|\/(mla-labs|aws)\/[\w/-]+|\/aws-glue\/crawlers):\*$/,
    reason: 'The streams of one log group: a job, an endpoint or a function names its stream itself.',
  },
  {
    rules: ['AwsSolutions-IAM5'],
    where: NOT_LEASE,
    what: /:stack\/mla-labs-(deployment|monitoring)-me--(production|staging|endpoint)\/\*$/,
    reason: 'A stack’s ARN ends with an id that CloudFormation makes: this is one stack by its name.',
  },
  {
    rules: ['AwsSolutions-IAM5'],
    where: /(Role)$/,
    what: /:(model-package|processing-job|training-job)\/(mla-labs-\w+-me\/|mla-\w+-me--)\*$/,
    reason: 'Versions of the lab’s own group, and jobs whose names the lab itself begins so.',
  },
  {
    rules: ['AwsSolutions-IAM5'],
    where: /\/(CrawlerRole|QualityRole|Lease\/Role)$/,
    what: /:table\/mla_labs_data_prep_me\/\*$/,
    reason: 'Tables of the lab’s own database: the crawler makes them.',
  },
  {
    rules: ['AwsSolutions-IAM5'],
    where: /DataPrep\/QualityRole$/,
    what: /(:dataQualityRuleset\/\*|aws-glue-ml-data-quality-assets-<AWS::Region>\/\*)$/,
    reason:
      'A learner’s ruleset has a name of their choice; the other is AWS’s bucket with the library that Data Quality runs.',
  },
  {
    rules: ['AwsSolutions-IAM5'],
    where: /\/(Deploy|Watch)Role$/,
    what: /:(model|endpoint-config|scalable-target)\/\*$/,
    reason:
      'CloudFormation gives models and configurations of an endpoint stack names that end at random; each action is on what the stack made.',
  },
  {
    rules: ['AwsSolutions-IAM5'],
    where: NOT_LEASE,
    what: /^\*$/,
    reason:
      'Actions for which AWS supports no resource, or whose resource is a metric’s namespace that a condition names: test/service-authorization.json has both, and a test holds each role’s actions against it.',
  },
  {
    rules: ['AwsSolutions-IAM5'],
    where: LEASE,
    reason:
      'The lease removes whatever the learner made, under names that it cannot know. IAM lets it act on a type; the code acts only on what tags or belonging prove to be the lab’s, and properties with look-alikes hold it to that.',
  },
];
