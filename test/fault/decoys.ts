/** Things of somebody else's that look like a learner's: names like ours, tags nearly ours, in every service that teardown removes from. */
import { CreateNamedQueryCommand, CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { PutDashboardCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutQueryDefinitionCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { PutRuleCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateCrawlerCommand,
  CreateDatabaseCommand,
  CreateDataQualityRulesetCommand,
  CreateJobCommand,
  CreateTableCommand,
} from '@aws-sdk/client-glue';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketTaggingCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateModelPackageGroupCommand } from '@aws-sdk/client-sagemaker';
import { CreateScheduleGroupCommand } from '@aws-sdk/client-scheduler';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { LabId } from '../../lib/course/names';
import type { Clients } from '../../lib/target/clients';

type Tags = Readonly<Record<string, string>>;

/** Tags that are not this learner's and this lab's, each by little. */
const tagsNearly = (lab: LabId): readonly Tags[] => [
  {},
  { 'mla-labs:lab': lab },
  { 'mla-labs:learner': 'me' },
  { 'mla-labs:lab': lab, 'mla-labs:learner': 'mel' },
  { 'mla-labs:lab': `${lab}-2`, 'mla-labs:learner': 'me' },
  { 'MLA-LABS:LAB': lab, 'mla-labs:learner': 'me' },
  { 'mla-labs:lab': lab, 'Mla-Labs:Learner': 'me' },
];

const listOf = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
/** CloudWatch Logs refuses a map of tags that has none. */
const orNone = (tags: Tags): Tags | undefined => (Object.keys(tags).length > 0 ? tags : undefined);
/** Makes one thing with a name and tags. */
type Make = (clients: Clients, name: string, tags: Tags) => Promise<unknown>;

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'glue.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const TEMPLATE = JSON.stringify({ Resources: { Wait: { Type: 'AWS::CloudFormation::WaitConditionHandle' } } });
const STRANGERS_ROLE = 'arn:aws:iam::000000000000:role/strangers';

/** By kind. */
export const MAKERS: Readonly<Record<string, Make>> = {
  bucket: async ({ s3 }, Bucket, tags) => {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'raw/flights.csv', Body: 'a,b' }));
    if (Object.keys(tags).length > 0)
      await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: listOf(tags) } }));
  },
  database: async ({ glue }, name, Parameters) => {
    const Name = name.replaceAll('-', '_');
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name, Parameters } }));
    await glue.send(new CreateTableCommand({ DatabaseName: Name, TableInput: { Name: 'flights' } }));
  },
  crawler: ({ glue }, Name, Tags) =>
    glue.send(
      new CreateCrawlerCommand({
        Name,
        Tags,
        Role: STRANGERS_ROLE,
        DatabaseName: 'strangers',
        Targets: { S3Targets: [{ Path: 's3://strangers/raw/' }] },
      }),
    ),
  job: ({ glue }, Name, Tags) =>
    glue.send(
      new CreateJobCommand({
        Name,
        Tags,
        Role: STRANGERS_ROLE,
        Command: { Name: 'glueetl', ScriptLocation: 's3://strangers/x.py' },
      }),
    ),
  ruleset: ({ glue }, Name, Tags) =>
    glue.send(new CreateDataQualityRulesetCommand({ Name, Tags, Ruleset: 'Rules = [ RowCount > 0 ]' })),
  workgroup: ({ athena }, Name, tags) => athena.send(new CreateWorkGroupCommand({ Name, Tags: listOf(tags) })),
  namedQuery: ({ athena }, Name) =>
    athena.send(
      new CreateNamedQueryCommand({ Name, Database: 'strangers', QueryString: 'SELECT 1', WorkGroup: 'primary' }),
    ),
  logGroup: async ({ logs }, name, tags) => {
    const logGroupName = `/mla-labs/${name}`;
    await logs.send(new CreateLogGroupCommand({ logGroupName, tags: orNone(tags) }));
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'one' }));
  },
  serviceLogGroup: ({ logs }, name, tags) =>
    logs.send(new CreateLogGroupCommand({ logGroupName: `/aws/sagemaker/Endpoints/${name}`, tags: orNone(tags) })),
  queryDefinition: ({ logs }, name) =>
    logs.send(new PutQueryDefinitionCommand({ name: `${name}/errors`, queryString: 'fields @message' })),
  role: ({ iam }, RoleName, tags) =>
    iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, Tags: listOf(tags) })),
  parameter: ({ ssm }, name, tags) =>
    ssm.send(new PutParameterCommand({ Name: `/mla-labs/${name}`, Value: '{}', Type: 'String', Tags: listOf(tags) })),
  queue: ({ sqs }, QueueName, tags) => sqs.send(new CreateQueueCommand({ QueueName, tags })),
  topic: ({ sns }, Name, tags) => sns.send(new CreateTopicCommand({ Name, Tags: listOf(tags) })),
  rule: ({ eventbridge }, Name, tags) =>
    eventbridge.send(
      new PutRuleCommand({ Name, ScheduleExpression: 'rate(1 day)', State: 'DISABLED', Tags: listOf(tags) }),
    ),
  scheduleGroup: ({ scheduler }, Name, tags) =>
    scheduler.send(new CreateScheduleGroupCommand({ Name, Tags: listOf(tags) })),
  alarm: ({ cloudwatch }, AlarmName, tags) =>
    cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Tags: listOf(tags),
        Namespace: 'Strangers',
        MetricName: 'Errors',
        Statistic: 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    ),
  dashboard: ({ cloudwatch }, DashboardName) =>
    cloudwatch.send(new PutDashboardCommand({ DashboardName, DashboardBody: '{"widgets":[]}' })),
  modelPackageGroup: ({ sagemaker }, ModelPackageGroupName, tags) =>
    sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName, Tags: listOf(tags) })),
  stack: ({ cloudformation }, StackName, tags) =>
    cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: TEMPLATE, Tags: listOf(tags) })),
};

/** Names that begin, end or are written like those of the learner `me`. */
const namesLike = (lab: LabId): readonly string[] => [
  `mla-labs-${lab}-mel`,
  `mla-labs-${lab}-me2`,
  `mla-labs-${lab}-m`,
  `x-mla-labs-${lab}-me`,
  `mla-labs-${lab}`,
  `mla-labs-${lab}-ana`,
  `mla-labs-${lab}-me-ana`,
  `mla-lab-${lab}-me`,
  `mla-labs-${lab}x-me`,
  `mla-labs-${lab}-you`,
];

/** Fills an account with decoys: each kind under each name, the tags by turns. @returns how many */
export async function addDecoys(clients: Clients, lab: LabId): Promise<number> {
  await clients.iam.send(new CreateRoleCommand({ RoleName: 'strangers', AssumeRolePolicyDocument: TRUST }));
  const tags = tagsNearly(lab);
  let count = 0;
  for (const [kind, make] of Object.entries(MAKERS)) {
    for (const name of namesLike(lab)) {
      await make(clients, `${name}-${kind.toLowerCase()}`.slice(0, 63), tags[count % tags.length]!);
      count += 1;
    }
  }
  return count;
}
