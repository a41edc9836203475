/** All kinds that teardown knows, one file each, and which lab can leave which. */
import { LAB_KINDS } from '../../course/kinds';
import type { LabId } from '../../course/names';
import type { Kind } from '../kind';
import { athenaNamedQuery } from './athena/named-query';
import { athenaPreparedStatement } from './athena/prepared-statement';
import { athenaQuery } from './athena/query';
import { athenaWorkgroup } from './athena/workgroup';
import { autoscalingScalableTarget } from './autoscaling/scalable-target';
import { cloudformationStack } from './cloudformation/stack';
import { cloudwatchAlarm } from './cloudwatch/alarm';
import { cloudwatchAnomalyDetector } from './cloudwatch/anomaly-detector';
import { cloudwatchDashboard } from './cloudwatch/dashboard';
import { codebuildBuild } from './codebuild/build';
import { codebuildBuildRecord } from './codebuild/build-record';
import { codebuildProject } from './codebuild/project';
import { codepipelineExecution } from './codepipeline/execution';
import { codepipelinePipeline } from './codepipeline/pipeline';
import { eventsRule } from './events/rule';
import { glueCrawl } from './glue/crawl';
import { glueCrawler } from './glue/crawler';
import { glueDatabase } from './glue/database';
import { glueJob } from './glue/job';
import { glueJobRun } from './glue/job-run';
import { glueQualityRun } from './glue/quality-run';
import { glueRuleset } from './glue/ruleset';
import { glueTable } from './glue/table';
import { iamRole } from './iam/role';
import { logsGroup } from './logs/group';
import { logsQueryDefinition } from './logs/query-definition';
import { logsServiceGroup } from './logs/service-group';
import { logsStream } from './logs/stream';
import { s3Bucket } from './s3/bucket';
import { s3Objects } from './s3/objects';
import { s3Upload } from './s3/upload';
import { sagemakerDataQualityDefinition } from './sagemaker/data-quality-definition';
import { sagemakerEndpoint } from './sagemaker/endpoint';
import { sagemakerEndpointConfig } from './sagemaker/endpoint-config';
import { sagemakerModel } from './sagemaker/model';
import { sagemakerModelPackage } from './sagemaker/model-package';
import { sagemakerModelPackageGroup } from './sagemaker/model-package-group';
import { sagemakerMonitoringSchedule } from './sagemaker/monitoring-schedule';
import { sagemakerProcessingJob } from './sagemaker/processing-job';
import { sagemakerProcessingRun } from './sagemaker/processing-run';
import { sagemakerStream } from './sagemaker/stream';
import { sagemakerTrainingJob } from './sagemaker/training-job';
import { sagemakerTrainingRun } from './sagemaker/training-run';
import { sagemakerTuningJob } from './sagemaker/tuning-job';
import { sagemakerTuningRun } from './sagemaker/tuning-run';
import { schedulerSchedule } from './scheduler/schedule';
import { schedulerScheduleGroup } from './scheduler/schedule-group';
import { snsTopic } from './sns/topic';
import { sqsQueue } from './sqs/queue';
import { ssmRecord } from './ssm/record';

const KINDS: readonly Kind[] = [
  athenaNamedQuery,
  athenaPreparedStatement,
  athenaQuery,
  athenaWorkgroup,
  autoscalingScalableTarget,
  cloudformationStack,
  cloudwatchAlarm,
  cloudwatchAnomalyDetector,
  cloudwatchDashboard,
  codebuildBuild,
  codebuildBuildRecord,
  codebuildProject,
  codepipelineExecution,
  codepipelinePipeline,
  eventsRule,
  glueCrawl,
  glueCrawler,
  glueDatabase,
  glueJob,
  glueJobRun,
  glueQualityRun,
  glueRuleset,
  glueTable,
  iamRole,
  logsGroup,
  logsQueryDefinition,
  logsServiceGroup,
  logsStream,
  s3Bucket,
  s3Objects,
  s3Upload,
  sagemakerDataQualityDefinition,
  sagemakerEndpoint,
  sagemakerEndpointConfig,
  sagemakerModel,
  sagemakerModelPackage,
  sagemakerModelPackageGroup,
  sagemakerMonitoringSchedule,
  sagemakerProcessingJob,
  sagemakerProcessingRun,
  sagemakerStream,
  sagemakerTrainingJob,
  sagemakerTrainingRun,
  sagemakerTuningJob,
  sagemakerTuningRun,
  schedulerSchedule,
  schedulerScheduleGroup,
  snsTopic,
  sqsQueue,
  ssmRecord,
];

/** Every kind, by its id. */
export const KIND_BY_ID: ReadonlyMap<string, Kind> = new Map(KINDS.map((kind) => [kind.id, kind]));

/** The kinds of a lab. @throws Error naming an id that no kind has */
export function kindsOf(lab: LabId): readonly Kind[] {
  return LAB_KINDS[lab].map((id) => {
    const kind = KIND_BY_ID.get(id);
    if (kind === undefined) throw new Error(`The lab ${lab} names the teardown kind ${id}, which does not exist.`);
    return kind;
  });
}
