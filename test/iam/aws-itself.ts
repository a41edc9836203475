/**
 * What the labs' roles are allowed and no rehearsal asks for: what AWS's services ask with a role themselves where the local
 * cloud's do not, each with its source; and what only some other run of a lab asks for.
 */
export interface Entry {
  readonly labs: RegExp;
  /** Logical ids without their hash. */
  readonly roles: RegExp;
  readonly actions: readonly string[];
  readonly reason: string;
}

export interface ByAws extends Entry {
  readonly source: string;
}

const ANY = /./;
const sagemaker = 'https://docs.aws.amazon.com/sagemaker/latest/dg/';
const codepipeline = 'https://docs.aws.amazon.com/codepipeline/latest/userguide/';
const SAGEMAKER_JOBS = /^(Train|Endpoint|Monitor|Retrain)Role$/;
const WITH_IMAGES = /^(Train|Endpoint|Monitor|Retrain|Serve|Responder)Role$/;
const PIPELINE_ACTIONS = /^(Pipeline|Source|VerifyAct|Staging|SmokeAct|Product|WatchAct|AskAct)Role$/;

export const byAwsItself: readonly ByAws[] = [
  {
    labs: ANY,
    roles: /^(Lease|Seed|Smoke|Approved|Watch|Release|Verify|Serve|Responder)Role$/,
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    reason: 'Lambda writes a function’s log as its role; here the emulator writes it',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html',
  },
  {
    labs: /^data-prep$/,
    roles: /^CrawlerRole$/,
    actions: [
      's3:GetBucketLocation',
      'glue:BatchGetPartition',
      'glue:BatchUpdatePartition',
      'glue:CreatePartition',
      'glue:GetPartition',
      'glue:UpdatePartition',
    ],
    reason: 'a crawler looks where the bucket is, and compares and changes what an earlier crawl made',
    source: 'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSGlueServiceRole.html',
  },
  {
    labs: /^data-prep$/,
    roles: /^(Transform|Quality)Role$/,
    actions: [
      's3:GetBucketLocation',
      's3:ListBucketMultipartUploads',
      's3:AbortMultipartUpload',
      's3:DeleteObject',
      's3:ListMultipartUploadParts',
    ],
    reason: 'S3A uploads in parts, takes back those of failed tasks, and deletes its folder markers',
    source: 'https://hadoop.apache.org/docs/current/hadoop-aws/tools/hadoop-aws/assumed_roles.html',
  },
  {
    labs: /^data-prep$/,
    roles: /^(Transform|Quality)Role$/,
    actions: ['logs:DescribeLogStreams'],
    reason: 'Glue looks for its streams before it writes to them',
    source: 'https://docs.aws.amazon.com/glue/latest/dg/data-quality-authorization.html',
  },
  {
    labs: /^data-prep$/,
    roles: /^QualityRole$/,
    actions: [
      'glue:BatchGetPartition',
      'glue:GetDatabase',
      'glue:GetPartition',
      'glue:GetTables',
      'glue:GetDataQualityResult',
      'cloudwatch:PutMetricData',
    ],
    reason:
      'Data Quality reads the table through the catalog, looks up its own result, and publishes metrics from the console',
    source: 'https://docs.aws.amazon.com/glue/latest/dg/data-quality-authorization.html',
  },
  {
    labs: ANY,
    roles: WITH_IMAGES,
    actions: [
      'ecr:GetAuthorizationToken',
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetDownloadUrlForLayer',
    ],
    reason: 'SageMaker pulls the image of a job or model as its role, and looks it up as whoever registers a version',
    source: `${sagemaker}sagemaker-roles.html`,
  },
  {
    labs: ANY,
    roles: SAGEMAKER_JOBS,
    actions: ['cloudwatch:PutMetricData', 'logs:DescribeLogStreams', 's3:GetBucketLocation', 's3:AbortMultipartUpload'],
    reason: 'SageMaker measures jobs and endpoints, writes their logs and uploads what they made as their role',
    source: `${sagemaker}sagemaker-roles.html`,
  },
  {
    labs: ANY,
    roles: /^EndpointRole$/,
    actions: ['s3:ListBucket'],
    reason: 'an endpoint finds its model below a prefix',
    source: `${sagemaker}sagemaker-roles.html`,
  },
  {
    labs: ANY,
    roles: /^DeployRole$/,
    actions: [
      'sagemaker:DeleteTags',
      'cloudwatch:TagResource',
      'cloudwatch:UntagResource',
      'sagemaker:ListTags',
      'cloudwatch:ListTagsForResource',
    ],
    reason: 'CloudFormation reads the tags of what it made, and takes away those that a template has no more',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html',
  },
  {
    labs: ANY,
    roles: /^(Deploy|Lease)Role$/,
    actions: ['application-autoscaling:DeregisterScalableTarget'],
    reason: 'SageMaker deletes no endpoint that scales for somebody who may not deregister its target',
    source: `${sagemaker}endpoint-delete-with-scaling.html`,
  },
  {
    labs: /^deployment$/,
    roles: PIPELINE_ACTIONS,
    actions: [
      's3:GetObject',
      's3:GetObjectVersion',
      's3:PutObject',
      's3:AbortMultipartUpload',
      's3:GetBucketLocation',
      's3:GetBucketVersioning',
    ],
    reason: 'CodePipeline reads and writes artifacts, of which it asks for the version, as the role of an action',
    source: `${codepipeline}how-to-custom-role.html`,
  },
  {
    labs: /^deployment$/,
    roles: /^SourceRole$/,
    actions: ['s3:GetBucketAcl', 's3:GetObjectTagging', 's3:GetObjectVersionTagging', 's3:ListBucket'],
    reason: 'the source action looks at bucket and object before it takes the object',
    source: `${codepipeline}action-reference-S3.html`,
  },
  {
    labs: /^deployment$/,
    roles: PIPELINE_ACTIONS,
    actions: ['lambda:ListFunctions'],
    reason: 'the Lambda action looks for its function',
    source: `${codepipeline}action-reference-Lambda.html`,
  },
  {
    labs: /^deployment$/,
    roles: /^(Staging|Product)Role$/,
    actions: ['cloudformation:DescribeStackResources', 'cloudformation:GetTemplate'],
    reason: 'the CloudFormation action looks at what the stack has before it changes it',
    source: `${codepipeline}action-reference-CloudFormation.html`,
  },
  {
    labs: /^deployment$/,
    roles: /^(Release|Verify)Role$/,
    actions: ['s3:ListBucket'],
    reason: 'S3 says that an object is missing to those alone who may list; others it refuses',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html',
  },
  {
    labs: /^deployment$/,
    roles: /^BuildRole$/,
    actions: ['s3:GetBucketLocation', 's3:GetBucketVersioning', 's3:GetObjectVersion', 's3:ListBucket'],
    reason: 'CodeBuild fetches its source, of which it asks for the version',
    source: 'https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html',
  },
];

/** What a run that is not recorded asks for: what goes wrong, a further mode. */
export const NOT_RECORDED: readonly Entry[] = [
  {
    labs: ANY,
    roles: /^LeaseRole$/,
    actions: ['ssm:AddTagsToResource', 'lambda:InvokeFunction', 'sns:Publish', 'cloudformation:DescribeStackEvents'],
    reason:
      'the lease writes a record anew with its tags, runs again where a sweep takes long, and tells of it, and of why a stack stays',
  },
  {
    labs: /^deployment$/,
    roles: /^LeaseRole$/,
    actions: ['cloudwatch:ListTagsForResource'],
    reason: 'of alarms that only the record names, once the stack is gone, the tags prove whose they are',
  },
  {
    labs: /^deployment$/,
    roles: /^VerifyActRole$/,
    actions: ['codebuild:StopBuild'],
    reason: 'a release that is stopped stops its build',
  },
  {
    labs: /^deployment$/,
    roles: /^StagingRole$/,
    actions: ['cloudformation:DeleteStack'],
    reason: 'a staging that never stood goes before it is made anew',
  },
  {
    labs: /^deployment$/,
    roles: /^ReleaseRole$/,
    actions: ['sagemaker:DescribeModelPackage', 's3:ListBucket'],
    reason: 'of two events about one approval the second reads the version, or that nothing was written',
  },
  {
    labs: /^monitoring$/,
    roles: /^ServeRole$/,
    actions: [
      's3:GetObject',
      's3:GetBucketLocation',
      's3:ListBucket',
      'cloudformation:TagResource',
      'cloudformation:UpdateStack',
      'lambda:InvokeFunction',
    ],
    reason:
      'SageMaker looks at the model as whoever registers it; the stack is changed by an update of the lab, and waited for by another run',
  },
  {
    labs: /^monitoring$/,
    roles: /^ResponderRole$/,
    actions: ['s3:GetBucketLocation', 'sagemaker:StopTrainingJob', 'sagemaker:StopProcessingJob'],
    reason:
      'SageMaker looks at the bucket of what it registers; and it stops a retraining that it gives up in the middle',
  },
];
