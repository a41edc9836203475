/** Deletes things of a stack one by one, as somebody does who tidies up in the console. */
import { DeleteNamedQueryCommand, DeleteWorkGroupCommand } from '@aws-sdk/client-athena';
import { DeleteAlarmsCommand, DeleteDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteProjectCommand } from '@aws-sdk/client-codebuild';
import { DeletePipelineCommand } from '@aws-sdk/client-codepipeline';
import { DeleteRuleCommand, ListTargetsByRuleCommand, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  DeleteClassifierCommand,
  DeleteCrawlerCommand,
  DeleteDatabaseCommand,
  DeleteDataQualityRulesetCommand,
  DeleteJobCommand,
} from '@aws-sdk/client-glue';
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import { DeleteBucketCommand, DeleteObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import {
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  ListModelPackagesCommand,
} from '@aws-sdk/client-sagemaker';
import { DeleteScheduleCommand } from '@aws-sdk/client-scheduler';
import { DeleteTopicCommand } from '@aws-sdk/client-sns';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import type { Clients } from '../../lib/target/clients';

type Delete = (clients: Clients, id: string) => Promise<unknown>;

/** By type; of what is not here, something else is deleted with it, or it is no thing of its own. */
export const DELETE: Readonly<Record<string, Delete>> = {
  'AWS::Athena::NamedQuery': ({ athena }, NamedQueryId) => athena.send(new DeleteNamedQueryCommand({ NamedQueryId })),
  'AWS::Athena::WorkGroup': ({ athena }, WorkGroup) =>
    athena.send(new DeleteWorkGroupCommand({ WorkGroup, RecursiveDeleteOption: true })),
  'AWS::CloudWatch::Alarm': ({ cloudwatch }, name) => cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] })),
  'AWS::CloudWatch::Dashboard': ({ cloudwatch }, name) =>
    cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames: [name] })),
  'AWS::CodeBuild::Project': ({ codebuild }, name) => codebuild.send(new DeleteProjectCommand({ name })),
  'AWS::CodePipeline::Pipeline': ({ codepipeline }, name) => codepipeline.send(new DeletePipelineCommand({ name })),
  'AWS::Events::Rule': async ({ eventbridge }, Name) => {
    const { Targets = [] } = await eventbridge.send(new ListTargetsByRuleCommand({ Rule: Name }));
    if (Targets.length > 0)
      await eventbridge.send(new RemoveTargetsCommand({ Rule: Name, Ids: Targets.map(({ Id }) => Id!) }));
    await eventbridge.send(new DeleteRuleCommand({ Name }));
  },
  'AWS::Glue::Classifier': ({ glue }, Name) => glue.send(new DeleteClassifierCommand({ Name })),
  'AWS::Glue::Crawler': ({ glue }, Name) => glue.send(new DeleteCrawlerCommand({ Name })),
  'AWS::Glue::DataQualityRuleset': ({ glue }, Name) => glue.send(new DeleteDataQualityRulesetCommand({ Name })),
  'AWS::Glue::Database': ({ glue }, Name) => glue.send(new DeleteDatabaseCommand({ Name })),
  'AWS::Glue::Job': ({ glue }, JobName) => glue.send(new DeleteJobCommand({ JobName })),
  'AWS::IAM::Role': async ({ iam }, RoleName) => {
    for (const PolicyName of (await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames ?? [])
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    for (const { PolicyArn } of AttachedPolicies) await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
  },
  'AWS::Lambda::Function': ({ lambda }, FunctionName) => lambda.send(new DeleteFunctionCommand({ FunctionName })),
  'AWS::Logs::LogGroup': ({ logs }, logGroupName) => logs.send(new DeleteLogGroupCommand({ logGroupName })),
  'AWS::S3::Bucket': async ({ s3 }, Bucket) => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
  },
  'AWS::SNS::Topic': ({ sns }, TopicArn) => sns.send(new DeleteTopicCommand({ TopicArn })),
  'AWS::SQS::Queue': ({ sqs }, QueueUrl) => sqs.send(new DeleteQueueCommand({ QueueUrl })),
  'AWS::SageMaker::ModelPackageGroup': async ({ sagemaker }, ModelPackageGroupName) => {
    const { ModelPackageSummaryList: versions = [] } = await sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName }),
    );
    for (const { ModelPackageArn } of versions)
      await sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: ModelPackageArn }));
    await sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName }));
  },
  'AWS::Scheduler::Schedule': ({ scheduler }, Name) => scheduler.send(new DeleteScheduleCommand({ Name })),
};
