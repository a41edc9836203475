/** What no rehearsal asks for, and a learner needs all the same; each with the reason. */
import type { PolicyStatement } from '../../lib/target/learner-policy';

export interface Addition {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: PolicyStatement['Condition'];
  readonly reason: string;
}

const here = (service: string, resource: string): string => `arn:PARTITION:${service}:REGION:ACCOUNT:${resource}`;

export const BEYOND: readonly Addition[] = [
  {
    actions: ['ssm:AddTagsToResource'],
    resources: [here('ssm', 'parameter/mla-labs/*')],
    reason: 'AWS asks for it where a new parameter brings tags, as a record that is written anew does',
  },
  {
    actions: ['ssm:GetParameter', 'ssm:ListTagsForResource'],
    resources: ['arn:PARTITION:ssm:*:ACCOUNT:parameter/mla-labs/*'],
    reason: 'a lab in a Region that was not meant goes on costing: its record is looked for in all that the labs know',
  },
  {
    actions: [
      'iam:ListRolePolicies',
      'iam:DeleteRolePolicy',
      'iam:ListAttachedRolePolicies',
      'iam:DetachRolePolicy',
      'iam:DeleteRole',
    ],
    resources: ['arn:PARTITION:iam::ACCOUNT:role/MlaLabs-*'],
    reason: 'a role that outlived its stack, and one that somebody gave a policy by hand, which CloudFormation leaves',
  },
  {
    actions: ['sagemaker:DeleteModel', 'sagemaker:DeleteEndpointConfig'],
    resources: [here('sagemaker', 'model/*'), here('sagemaker', 'endpoint-config/*')],
    condition: { Null: { 'aws:ResourceTag/mla-labs:lab': 'false' } },
    reason: 'CloudFormation names them after their logical id, not after us; they carry our tags',
  },
  {
    actions: ['ssm:DeleteParameter'],
    resources: [here('ssm', 'parameter/mla-labs/*')],
    reason: 'the record goes last, where the stack did not take it along',
  },
  {
    actions: ['cloudformation:CancelUpdateStack'],
    resources: [here('cloudformation', 'stack/MlaLabs-*'), here('cloudformation', 'stack/mla-labs-*')],
    reason: 'down ends an update that hangs',
  },
  {
    actions: ['lambda:GetFunctionConfiguration', 'lambda:DeleteFunction'],
    resources: [here('lambda', 'function:MlaLabs-*'), here('lambda', 'function:mla-labs-*')],
    reason: 'down looks whether a function of the stack lost its role, and removes one that can answer no more',
  },
  {
    actions: ['iam:GetRole'],
    resources: ['arn:PARTITION:iam::ACCOUNT:role/MlaLabs-*'],
    reason: 'down looks whether a function of the stack lost its role',
  },
  {
    actions: ['servicequotas:GetAWSDefaultServiceQuota'],
    resources: ['*'],
    reason: 'a quota that was never changed has no applied value: its default is asked for',
  },
  {
    actions: ['logs:GetLogEvents', 'logs:FilterLogEvents'],
    resources: [
      here('logs', 'log-group:/mla-labs/*'),
      here('logs', 'log-group:/aws/codebuild/mla-labs-*'),
      here('logs', 'log-group:/aws/sagemaker/*'),
      here('logs', 'log-group:/aws-glue/*'),
    ],
    reason: 'a job that failed says why in its log, which a step quotes and a learner reads',
  },
  {
    actions: ['logs:DescribeLogStreams'],
    resources: [here('logs', 'log-group:/mla-labs/*'), here('logs', 'log-group:/aws/codebuild/mla-labs-*')],
    reason: 'the log of a job that failed is found by its streams',
  },
  {
    actions: ['glue:GetClassifier'],
    resources: ['*'],
    reason: 'a crawl that went wrong is told from one without its classifier; AWS knows no resource of that action',
  },
  {
    actions: ['glue:UpdateDataQualityRuleset'],
    resources: [here('glue', 'dataQualityRuleset/mla-labs-*')],
    reason: 'a second try of the exercise changes the ruleset that the first one made',
  },
  {
    actions: ['sagemaker:ListTrainingJobsForHyperParameterTuningJob'],
    resources: [here('sagemaker', 'hyper-parameter-tuning-job/mla-*')],
    reason: 'the printed commands look for the trials of a tuning job with it',
  },
  {
    actions: [
      'sagemaker:CreateDataQualityJobDefinition',
      'sagemaker:CreateMonitoringSchedule',
      'sagemaker:UpdateMonitoringSchedule',
      'sagemaker:AddTags',
    ],
    resources: [
      here('sagemaker', 'monitoring-schedule/mla-labs-*'),
      here('sagemaker', 'data-quality-job-definition/mla-labs-*'),
    ],
    reason: 'Model Monitor, for accounts that have it: --monitor managed',
  },
  {
    actions: ['sagemaker:ListMonitoringExecutions'],
    resources: ['*'],
    reason: 'Model Monitor, for accounts that have it; AWS knows no resource of that action',
  },
  {
    actions: ['s3:DeleteBucket', 'athena:DeleteWorkGroup', 'glue:DeleteDatabase'],
    resources: [
      'arn:PARTITION:s3:::mlalabs-*',
      here('athena', 'workgroup/mla-labs-*'),
      here('glue', 'catalog'),
      here('glue', 'database/mla_labs_*'),
      here('glue', 'table/mla_labs_*/*'),
    ],
    reason: 'what outlived its stack, down removes',
  },
  {
    actions: ['codepipeline:StartPipelineExecution'],
    resources: [here('codepipeline', 'mla-labs-*')],
    reason: 'a version whose event came to nothing is released by starting the pipeline',
  },
  {
    actions: ['cloudwatch:GetMetricStatistics', 'cloudwatch:ListMetrics'],
    resources: ['*'],
    reason: 'status and cost count what was used; metrics have no ARN',
  },
  {
    actions: ['cloudwatch:GetMetricData'],
    resources: ['*'],
    reason: 'the page of what stands draws the dashboard, which calculates with metrics; metrics have no ARN',
  },
  {
    actions: ['athena:BatchGetNamedQuery'],
    resources: [here('athena', 'workgroup/mla-labs-*')],
    reason: 'the page of what stands has the saved queries of the workgroup, as the console has',
  },
  {
    actions: ['logs:StartQuery'],
    resources: [here('logs', 'log-group:/mla-labs/*'), here('logs', 'log-group:/aws/sagemaker/Endpoints/mla-labs-*')],
    reason: 'the page of what stands asks any log group of a lab, as Logs Insights does in the console',
  },
  {
    actions: ['glue:ListCrawls'],
    resources: [here('glue', 'crawler/mla-labs-*')],
    reason: 'status and cost count the crawls of our crawler',
  },
  {
    actions: ['freetier:GetAccountPlanState', 'account:GetRegionOptStatus', 'lambda:GetAccountSettings'],
    resources: ['*'],
    reason: 'doctor asks for the plan, whether the Region is switched on, and how many functions may run at once',
  },
  {
    actions: [
      'servicequotas:RequestServiceQuotaIncrease',
      'servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota',
    ],
    resources: ['*'],
    reason: 'doctor --request-quotas asks for what the labs need, and says what became of it',
  },
  {
    actions: ['budgets:ViewBudget', 'budgets:ModifyBudget', 'budgets:ListTagsForResource', 'budgets:TagResource'],
    resources: ['arn:PARTITION:budgets::ACCOUNT:budget/mla-labs'],
    reason: 'the one budget of the labs: ./lab budget, and the line about it in status and after down',
  },
  {
    actions: [
      'sagemaker:CreateModel',
      'sagemaker:CreateEndpointConfig',
      'sagemaker:CreateEndpoint',
      'sagemaker:AddTags',
    ],
    resources: [
      here('sagemaker', 'model/mla-labs-*'),
      here('sagemaker', 'model-package/mla-labs-*'),
      here('sagemaker', 'endpoint-config/mla-labs-*'),
      here('sagemaker', 'endpoint/mla-labs-*'),
    ],
    reason: 'a challenge has the learner make an endpoint: ./lab challenge deployment',
  },
  {
    actions: ['iam:PassRole'],
    resources: ['arn:PARTITION:iam::ACCOUNT:role/MlaLabs-*-EndpointRole*'],
    condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    reason: 'a challenge has the learner make an endpoint, whose model has the role of the lab',
  },
  {
    actions: ['cloudwatch:PutCompositeAlarm'],
    resources: [here('cloudwatch', 'alarm:mla-labs-*')],
    reason: 'challenges have the learner make alarms of any form',
  },
  {
    actions: ['sns:CreateTopic', 'sns:Subscribe', 'sns:TagResource'],
    resources: [here('sns', 'mla-labs-*')],
    reason: 'a challenge has somebody told: ./lab challenge monitoring',
  },
  {
    actions: ['sns:ListSubscriptionsByTopic'],
    resources: [here('sns', '*')],
    reason: 'its grader looks who listens to the topics of alarms',
  },
  {
    actions: ['sqs:CreateQueue', 'sqs:TagQueue', 'sqs:GetQueueAttributes', 'sqs:SetQueueAttributes'],
    resources: [here('sqs', 'mla-labs-*')],
    reason: 'a queue that somebody reads is one way to be told',
  },
];
