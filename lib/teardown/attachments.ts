/**
 * What others can hang on things that the labs make, and what teardown does about each.
 *
 * `removed`: a kind finds it and takes it away. `goes`: AWS takes it away with ours. `named`: it is somebody else's, and it
 * stays; the receipt tells of it. `none`: it cannot keep ours from going, and nothing of it stays.
 */
export interface Attachment {
  readonly what: string;
  /** What it hangs on: the id of its kind, or one like it for what only CloudFormation removes. */
  readonly on: string;
  readonly decision: 'removed' | 'goes' | 'named' | 'none';
  /** The kind that removes it; for `removed`. */
  readonly kind?: string;
  readonly why: string;
  readonly source: string;
}

const DOCS = 'https://docs.aws.amazon.com';
const API = `${DOCS}/sagemaker/latest/APIReference`;

export const ATTACHMENTS: readonly Attachment[] = [
  {
    what: 'scalable targets of an endpoint’s variants, with their policies, scheduled actions and alarms',
    on: 'sagemaker:endpoint',
    decision: 'removed',
    kind: 'autoscaling:scalable-target',
    why: 'SageMaker refuses to delete the endpoint for a caller who may not deregister them; the rest goes with the target',
    source: `${DOCS}/sagemaker/latest/dg/endpoint-delete-with-scaling.html`,
  },
  {
    what: 'monitoring schedules of an endpoint',
    on: 'sagemaker:endpoint',
    decision: 'removed',
    kind: 'sagemaker:monitoring-schedule',
    why: 'SageMaker deletes no endpoint that a schedule watches',
    source: `${API}/API_DeleteEndpoint.html`,
  },
  {
    what: 'alarms on metrics of an endpoint',
    on: 'sagemaker:endpoint',
    decision: 'removed',
    kind: 'cloudwatch:alarm',
    why: 'an alarm outlives what it watches, and is billed',
    source: `${DOCS}/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html`,
  },
  {
    what: 'anomaly detectors on metrics of an endpoint',
    on: 'sagemaker:endpoint',
    decision: 'removed',
    kind: 'cloudwatch:anomaly-detector',
    why: 'a detector outlives its alarm, and is billed',
    source: `${DOCS}/AmazonCloudWatch/latest/APIReference/API_DeleteAnomalyDetector.html`,
  },
  {
    what: 'dashboards of nothing but metrics of an endpoint',
    on: 'sagemaker:endpoint',
    decision: 'removed',
    kind: 'cloudwatch:dashboard',
    why: 'beyond three, each is billed',
    source: `${DOCS}/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html`,
  },
  {
    what: 'alarms, and widgets of dashboards, that watch our metrics beside others’',
    on: 'sagemaker:endpoint',
    decision: 'named',
    why: 'They are somebody’s own; they show no data any more.',
    source: `${DOCS}/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html`,
  },
  {
    what: 'endpoint configurations of others that use one of our models among others',
    on: 'sagemaker:model',
    decision: 'named',
    why: 'SageMaker deletes a model that a configuration names; such an endpoint cannot be updated or scaled any more.',
    source: `${API}/API_DeleteModel.html`,
  },
  {
    what: 'resource policies of a model package group',
    on: 'sagemaker:model-package-group',
    decision: 'goes',
    why: 'the policy is a part of the group',
    source: `${API}/API_DeleteModelPackageGroupPolicy.html`,
  },
  {
    what: 'subscription filters, metric filters and transformers of a log group',
    on: 'logs:group',
    decision: 'goes',
    why: 'a log group is deleted with its filters; a role or stream that they write to is its owner’s',
    source: `${DOCS}/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html`,
  },
  {
    what: 'saved queries over a log group',
    on: 'logs:group',
    decision: 'removed',
    kind: 'logs:query-definition',
    why: 'a saved query outlives its log groups',
    source: `${DOCS}/AmazonCloudWatchLogs/latest/APIReference/API_DeleteQueryDefinition.html`,
  },
  {
    what: 'event source mappings, function URLs, aliases, versions and resource policies of a function',
    on: 'lambda:function',
    decision: 'goes',
    why: 'Lambda deletes them with the function',
    source: `${DOCS}/lambda/latest/api/API_DeleteFunction.html`,
  },
  {
    what: 'event source mappings from a queue to a function of others',
    on: 'sqs:queue',
    decision: 'named',
    why: 'The mapping is its function’s; Lambda turns it off once the queue is gone, and it costs nothing.',
    source: `${DOCS}/lambda/latest/dg/with-sqs.html`,
  },
  {
    what: 'rules with no targets but our functions and pipelines',
    on: 'codepipeline:pipeline',
    decision: 'removed',
    kind: 'events:rule',
    why: 'a rule outlives what it calls, and would call whatever has the name next',
    source: `${DOCS}/eventbridge/latest/APIReference/API_DeleteRule.html`,
  },
  {
    what: 'rules that call ours beside others',
    on: 'codepipeline:pipeline',
    decision: 'named',
    why: 'The rule is somebody’s own; EventBridge counts failed calls of the target that is gone.',
    source: `${DOCS}/eventbridge/latest/userguide/eb-targets.html`,
  },
  {
    what: 'more targets on a rule of the stack',
    on: 'events:rule',
    decision: 'goes',
    why: 'CloudFormation takes all targets of a rule away before it deletes the rule',
    source: `${DOCS}/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html`,
  },
  {
    what: 'subscriptions of a topic',
    on: 'sns:topic',
    decision: 'goes',
    why: 'SNS deletes them with the topic; those that nobody confirmed go by themselves after 48 hours',
    source: `${DOCS}/sns/latest/api/API_DeleteTopic.html`,
  },
  {
    what: 'notifications, replication rules, policies and inventory of a bucket',
    on: 's3:bucket',
    decision: 'goes',
    why: 'they are settings of the bucket; copies that replication made are in their owner’s bucket',
    source: `${DOCS}/AmazonS3/latest/userguide/delete-bucket.html`,
  },
  {
    what: 'access points of a bucket',
    on: 's3:bucket',
    decision: 'named',
    why: 'S3 deletes a bucket that has some only once they are gone: aws s3control list-access-points shows them.',
    source: `${DOCS}/AmazonS3/latest/userguide/access-points-delete.html`,
  },
  {
    what: 'pipelines of others that read our bucket',
    on: 's3:bucket',
    decision: 'none',
    why: 'a reader holds nothing; its next run fails',
    source: `${DOCS}/codepipeline/latest/userguide/action-reference-S3.html`,
  },
  {
    what: 'policies that somebody attached to a role, or wrote into it',
    on: 'iam:role',
    decision: 'removed',
    kind: 'iam:role',
    why: 'IAM deletes no role that has policies; down takes them away when CloudFormation cannot',
    source: `${DOCS}/IAM/latest/APIReference/API_DeleteRole.html`,
  },
  {
    what: 'instance profiles with a role of ours',
    on: 'iam:role',
    decision: 'named',
    why: 'IAM deletes no role that is in one: aws iam list-instance-profiles-for-role shows it, remove-role-from-instance-profile ends it.',
    source: `${DOCS}/IAM/latest/APIReference/API_DeleteRole.html`,
  },
  {
    what: 'tables and functions that others made in a database',
    on: 'glue:database',
    decision: 'removed',
    kind: 'glue:table',
    why: 'a table in our database is ours; functions go with the database',
    source: `${DOCS}/glue/latest/webapi/API_DeleteDatabase.html`,
  },
  {
    what: 'prepared statements and saved queries of a workgroup',
    on: 'athena:workgroup',
    decision: 'removed',
    kind: 'athena:prepared-statement',
    why: 'Athena deletes no workgroup that holds some unless it is told to',
    source: `${DOCS}/athena/latest/APIReference/API_DeleteWorkGroup.html`,
  },
  {
    what: 'grants on KMS keys',
    on: 'kms:key',
    decision: 'none',
    why: 'no lab makes a key; those that AWS manages keep their own grants',
    source: `${DOCS}/kms/latest/developerguide/grants.html`,
  },
];
