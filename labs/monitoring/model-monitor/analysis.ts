/** SageMaker Model Monitor, for accounts that have it: definition and schedule, made by a step. */
import {
  CreateDataQualityJobDefinitionCommand,
  CreateMonitoringScheduleCommand,
  DescribeDataQualityJobDefinitionCommand,
  DescribeMonitoringScheduleCommand,
  DescribeProcessingJobCommand,
  ListMonitoringExecutionsCommand,
  UpdateMonitoringScheduleCommand,
  type CreateDataQualityJobDefinitionRequest,
  type CreateMonitoringScheduleRequest,
  type DescribeProcessingJobResponse,
  type MonitoringExecutionSummary,
} from '@aws-sdk/client-sagemaker';
import { orUndefined } from '../../../lib/aws/not-found';
import { copyObject, listObjects } from '../../../lib/aws/s3';
import { parseS3, sagemakerTags } from '../../../lib/aws/sagemaker';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import { tagsOf } from '../../../lib/course/names';
import { Exit, LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { quoted, requestWord } from '../../../lib/course/shell';
import { isKnownRegion, REGIONS } from '../../../lib/facts/regions';
import { BASELINE, MONITOR, namesOf } from '../names';
import { violationCounts, type DriftSummary, type AnalysisResult, type Violation } from '../analysis/analyses';
import { readJson } from '../bucket/json';
import { s3Uri, type LabResources } from '../resources';

/** On AWS a run starts up to twenty minutes late. */
const MINUTES = 60;
const HOURLY = 'cron(0 * ? * * *)';
/** Two runs of one hour write into the same folder, the second over the first: a folder for each, with copies of its files. */
const RUNS = `${MONITOR}runs/`;
const ENDED = /^(Completed|CompletedWithViolations|Failed|Stopped)$/;

/** @throws LabError for a Region that lib/facts does not know */
export function analyzerImage(region: string): string {
  if (!isKnownRegion(region)) {
    throw new LabError(`lib/facts knows no image of Model Monitor in the Region ${region}.`, {
      why: 'Each Region has its own AWS account for it.',
      next: 'Use the open monitor: ./lab up monitoring --monitor open',
      exit: Exit.Refused,
    });
  }
  return `${REGIONS[region].analyzerAccount}.dkr.ecr.${region}.amazonaws.com/sagemaker-model-monitor-analyzer`;
}

export function definitionRequest(run: LabRun, resources: LabResources): CreateDataQualityJobDefinitionRequest {
  return {
    JobDefinitionName: namesOf(run.learner).schedule,
    DataQualityBaselineConfig: {
      ConstraintsResource: { S3Uri: s3Uri(resources, `${BASELINE}constraints.json`) },
      StatisticsResource: { S3Uri: s3Uri(resources, `${BASELINE}statistics.json`) },
    },
    DataQualityAppSpecification: {
      ImageUri: analyzerImage(run.region),
      Environment: { publish_cloudwatch_metrics: 'Enabled' },
    },
    DataQualityJobInput: {
      EndpointInput: { EndpointName: resources.endpoint, LocalPath: '/opt/ml/processing/input/endpoint' },
    },
    DataQualityJobOutputConfig: {
      MonitoringOutputs: [
        {
          S3Output: {
            S3Uri: s3Uri(resources, MONITOR.slice(0, -1)),
            LocalPath: '/opt/ml/processing/output',
            S3UploadMode: 'EndOfJob',
          },
        },
      ],
    },
    JobResources: { ClusterConfig: { InstanceType: 'ml.t3.xlarge', InstanceCount: 1, VolumeSizeInGB: 20 } },
    RoleArn: resources.analyzer.role,
    StoppingCondition: { MaxRuntimeInSeconds: 1800 },
    Tags: sagemakerTags(tagsOf(run.lab, run.learner)),
  };
}

export function scheduleRequest(run: LabRun, expression: 'NOW' | typeof HOURLY): CreateMonitoringScheduleRequest {
  const name = namesOf(run.learner).schedule;
  return {
    MonitoringScheduleName: name,
    MonitoringScheduleConfig: {
      ScheduleConfig: {
        ScheduleExpression: expression,
        // Whole hours: Model Monitor reads the capture by its folders.
        ...(expression === 'NOW' && { DataAnalysisStartTime: '-PT1H', DataAnalysisEndTime: '-PT0H' }),
      },
      MonitoringJobDefinitionName: name,
      MonitoringType: 'DataQuality',
    },
    Tags: sagemakerTags(tagsOf(run.lab, run.learner)),
  };
}

/** Runs Model Monitor once over the last hour, and leaves it on its hourly schedule. @throws LabError where it is closed */
export async function runManagedAnalysis(run: LabRun, resources: LabResources, step: string): Promise<void> {
  const { sagemaker } = run.clients;
  const definition = definitionRequest(run, resources);
  const JobDefinitionName = definition.JobDefinitionName!;
  if (!(await orUndefined(sagemaker.send(new DescribeDataQualityJobDefinitionCommand({ JobDefinitionName }))))) {
    await open(run, () => sagemaker.send(new CreateDataQualityJobDefinitionCommand(definition)));
    run.progress(`made the definition ${JobDefinitionName}`);
  }
  const begun = run.clock.now();
  await schedule(run, 'NOW');
  const execution = await waitWithProgress(run, {
    what: 'Model Monitor',
    minutes: MINUTES,
    next: `aws sagemaker list-monitoring-executions --monitoring-schedule-name ${JobDefinitionName}; ${labCommand(run, 'check', step)}`,
    ask: async () => {
      const newest = (await executionsOf(run)).find(({ CreationTime }) => CreationTime! >= begun);
      const status = newest?.MonitoringExecutionStatus ?? 'not started yet';
      return ENDED.test(status) ? newest! : new InProgress(status);
    },
  });
  await schedule(run, HOURLY);
  if (execution.MonitoringExecutionStatus?.startsWith('Completed')) {
    await keep(run, resources, execution);
    const [{ summary, folder } = {}] = await managedAnalyses(run, resources);
    const found = violationCounts((summary?.violations ?? []).map((one) => one.constraint_check_type));
    run.progress(`${execution.MonitoringExecutionStatus}: ${found}: ${s3Uri(resources, folder ?? MONITOR)}`);
    return;
  }
  throw new LabError(
    `Model Monitor's run ended as ${execution.MonitoringExecutionStatus}: ${execution.FailureReason ?? 'no reason given'}`,
    {
      why: 'It needs capture of the last hour, and a baseline of the same columns.',
      next: labCommand(run, 'step', step),
    },
  );
}

async function schedule(run: LabRun, expression: 'NOW' | typeof HOURLY): Promise<void> {
  const { sagemaker } = run.clients;
  const { Tags, ...request } = scheduleRequest(run, expression);
  const { MonitoringScheduleName } = request;
  const find = () => orUndefined(sagemaker.send(new DescribeMonitoringScheduleCommand({ MonitoringScheduleName })));
  if (await find()) await sagemaker.send(new UpdateMonitoringScheduleCommand(request));
  else await open(run, () => sagemaker.send(new CreateMonitoringScheduleCommand({ ...request, Tags })));
  await waitWithProgress(run, {
    what: `monitoring schedule ${MonitoringScheduleName}`,
    minutes: 10,
    next: `aws sagemaker describe-monitoring-schedule --monitoring-schedule-name ${MonitoringScheduleName}`,
    ask: async () => {
      const status = (await find())?.MonitoringScheduleStatus ?? 'gone';
      return status === 'Pending' ? new InProgress(status) : status;
    },
  });
}

/** Explains the answer of an account that is closed to new customers. */
async function open<T>(run: LabRun, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { message } = error as Error;
    if (!/maintenance mode|not available to new customers/i.test(message)) throw error;
    throw new LabError(`SageMaker Model Monitor is closed to this account: ${message}`, {
      why: 'AWS takes no new customers for it since 2026-07-30. The open monitor reads the same capture and writes the same files.',
      next: `${labCommand(run, 'up')} --monitor open, then ${labCommand(run, 'step', 'baseline')}`,
      exit: Exit.Refused,
      cause: error,
    });
  }
}

async function executionsOf(run: LabRun): Promise<MonitoringExecutionSummary[]> {
  const { MonitoringExecutionSummaries = [] } = await run.clients.sagemaker.send(
    new ListMonitoringExecutionsCommand({
      MonitoringScheduleName: namesOf(run.learner).schedule,
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: 20,
    }),
  );
  return MonitoringExecutionSummaries;
}

/** Where a run wrote its files, or was to write them; undefined while it has no job. */
async function outputOf(
  { clients }: LabRun,
  { ProcessingJobArn }: MonitoringExecutionSummary,
): Promise<
  { readonly name: string; readonly folder: string; readonly job: DescribeProcessingJobResponse } | undefined
> {
  const name = ProcessingJobArn?.split('/').at(-1);
  if (name === undefined) return undefined;
  const job = await clients.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
  const uri = job.ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri;
  return uri === undefined ? undefined : { name, folder: `${parseS3(uri).key.replace(/\/$/, '')}/`, job };
}

async function keep(run: LabRun, { bucket }: LabResources, execution: MonitoringExecutionSummary): Promise<void> {
  const output = await outputOf(run, execution);
  if (output === undefined) return;
  for (const { key } of await listObjects(run, bucket, output.folder)) {
    const kept = `${RUNS}${output.name}/${key.slice(output.folder.length)}`;
    await copyObject(run, { bucket, key }, { bucket, key: kept });
  }
}

/** What Model Monitor found, newest first, in the form of the open monitor's summaries. */
export async function managedAnalyses(run: LabRun, resources: LabResources): Promise<AnalysisResult<DriftSummary>[]> {
  const found: AnalysisResult<DriftSummary>[] = [];
  const seen = new Set<string>();
  for (const execution of await executionsOf(run)) {
    if (!execution.MonitoringExecutionStatus?.startsWith('Completed')) continue;
    const output = await outputOf(run, execution);
    if (output === undefined) continue;
    const { name, job } = output;
    const read = <T>(folder: string, file: string) => readJson<T>(run, resources, folder + file);
    const statisticsIn = (folder: string) => read<{ dataset?: { item_count?: number } }>(folder, 'statistics.json');
    const kept = await statisticsIn(`${RUNS}${name}/`);
    // What a later run of the hour has written over is no evidence of this one.
    if (kept === undefined && seen.has(output.folder)) continue;
    seen.add(output.folder);
    const folder = kept === undefined ? output.folder : `${RUNS}${name}/`;
    const statistics = kept ?? (await statisticsIn(folder));
    const told = await read<{ violations?: Violation[] }>(folder, 'constraint_violations.json');
    const violations = told?.violations ?? [];
    const drift = violations.filter((one) => one.constraint_check_type === 'baseline_drift_check');
    const { start_time = '', end_time = '' } = job.Environment ?? {};
    const records = statistics?.dataset?.item_count ?? 0;
    found.push({
      folder,
      at: job.ProcessingEndTime ?? new Date(0),
      summary: {
        execution: name,
        window: { start: start_time, end: end_time },
        requests: records,
        records,
        skipped: {},
        violations,
        missing: [],
        drifted: drift.map(({ feature_name: feature = '' }) => feature),
        distances: {},
        evidently: false,
      },
    });
  }
  return found;
}

/** Definition, a run over the last hour, and the hourly schedule, with the AWS CLI. */
export function managedCommands(run: LabRun, resources: LabResources): string[] {
  const name = quoted(namesOf(run.learner).schedule);
  const { Tags, ...hourly } = scheduleRequest(run, HOURLY);
  const { Tags: _tags, ...now } = scheduleRequest(run, 'NOW');
  const rest = `until [ "$(aws sagemaker describe-monitoring-schedule --monitoring-schedule-name ${name} --query MonitoringScheduleStatus --output text)" != Pending ]; do sleep 2; done`;
  const newest = `aws sagemaker list-monitoring-executions --monitoring-schedule-name ${name} --sort-by CreationTime --sort-order Descending --max-results 1 --query`;
  return [
    `aws sagemaker describe-data-quality-job-definition --job-definition-name ${name} >/dev/null 2>&1 || aws sagemaker create-data-quality-job-definition --cli-input-json ${requestWord(definitionRequest(run, resources))}`,
    [
      `before=$(${newest} 'MonitoringExecutionSummaries[0].ProcessingJobArn' --output text 2>/dev/null)`,
      `aws sagemaker update-monitoring-schedule --cli-input-json ${requestWord(now)} 2>/dev/null || aws sagemaker create-monitoring-schedule --cli-input-json ${requestWord({ ...now, Tags })}`,
      rest,
      `until s=$(${newest} 'MonitoringExecutionSummaries[0].[ProcessingJobArn,MonitoringExecutionStatus]' --output text); echo "$s" | grep -Eq 'Completed|Failed|Stopped' && [ "\${s%%[[:space:]]*}" != "$before" ]; do sleep 5; done; echo "$s"`,
      `job=\${s%%[[:space:]]*}; job=\${job##*/}`,
      `aws s3 cp --recursive "$(aws sagemaker describe-processing-job --processing-job-name "$job" --query 'ProcessingOutputConfig.Outputs[0].S3Output.S3Uri' --output text)" ${s3Uri(resources, RUNS)}"$job"/`,
      `aws sagemaker update-monitoring-schedule --cli-input-json ${requestWord(hourly)}`,
      rest,
    ].join('\n'),
  ];
}
