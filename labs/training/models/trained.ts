/** Models that this lab's jobs have trained, in training jobs and in Processing jobs alike, found by role and output. */
import type { DescribeProcessingJobResponse, DescribeTrainingJobResponse } from '@aws-sdk/client-sagemaker';
import { parseS3, processingJobsOf, trainingJobsOf } from '../../../lib/aws/sagemaker';
import { listObjects, readObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import { CHALLENGE_MODELS, MODELS, s3Uri, type LabResources } from '../resources';

/** A job that was to train. */
export interface TrainingAttempt {
  readonly name: string;
  readonly arn: string;
  readonly by: 'training' | 'processing';
  /** `Completed`, `Failed`, `Stopped`, `InProgress`, `Stopping`. */
  readonly status: string;
  readonly created: Date;
  readonly started: Date;
  /** SageMaker's reason of a failure. */
  readonly failure?: string;
  /** S3 URI of model.tar.gz. */
  readonly artifact?: string;
  /** What the job says of its model. */
  readonly auc?: number;
  readonly trainAuc?: number;
  /** S3 URIs of the inputs by name: `train`, `validation`, … */
  readonly inputs: Readonly<Record<string, string>>;
  /** Where the code came from. */
  readonly code?: string;
  /** What it belongs to, for a training that a tuning job began. */
  readonly tuning?: string;
  /** Whether it searched (a tuning job's training, or a random search in a Processing job). */
  readonly searched: boolean;
}

/** All of them, newest first: those of the steps, or those that learners trained for a challenge. */
export async function trainedModels(
  run: LabRun,
  resources: LabResources,
  of: 'steps' | 'challenges' = 'steps',
): Promise<TrainingAttempt[]> {
  const wanted = (output: string | undefined): boolean =>
    (output ?? '').startsWith(s3Uri(resources, CHALLENGE_MODELS)) === (of === 'challenges');
  const [training, processing] = await Promise.all([
    trainingJobsOf(run, resources.role).then((jobs) =>
      jobs.filter(({ OutputDataConfig }) => wanted(OutputDataConfig?.S3OutputPath?.replace(/\/?$/, '/'))),
    ),
    processingJobsOf(run, resources.role).then((jobs) =>
      jobs.filter(({ ProcessingOutputConfig }) => wanted(ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri)),
    ),
  ]);
  const fromProcessing = await Promise.all(
    processing.filter((job) => trains(job)).map((job) => ofProcessing(run, resources, job)),
  );
  return [...training.map(ofTraining), ...fromProcessing].sort((a, b) => b.created.getTime() - a.created.getTime());
}

function ofTraining(job: DescribeTrainingJobResponse): TrainingAttempt {
  const metric = (name: string): number | undefined =>
    job.FinalMetricDataList?.find(({ MetricName }) => MetricName === name)?.Value;
  return {
    name: job.TrainingJobName!,
    arn: job.TrainingJobArn!,
    by: 'training',
    status: job.TrainingJobStatus!,
    created: job.CreationTime!,
    started: job.TrainingStartTime ?? job.CreationTime!,
    failure: failureReason(job),
    artifact: job.TrainingJobStatus === 'Completed' ? job.ModelArtifacts?.S3ModelArtifacts : undefined,
    auc: metric('validation:auc'),
    trainAuc: metric('train:auc'),
    inputs: Object.fromEntries(
      (job.InputDataConfig ?? []).map(({ ChannelName, DataSource }) => [
        ChannelName!,
        DataSource?.S3DataSource?.S3Uri ?? '',
      ]),
    ),
    code: unquoted(job.HyperParameters?.sagemaker_submit_directory),
    tuning: job.TuningJobArn?.split('/').at(-1),
    searched: job.TuningJobArn !== undefined,
  };
}

/** Why a training did not complete: SageMaker gives no reason for one that it stopped at its limit. */
export function failureReason(job: DescribeTrainingJobResponse): string | undefined {
  const { FailureReason, SecondaryStatus, StoppingCondition: limits } = job;
  if (FailureReason !== undefined) return FailureReason;
  if (SecondaryStatus === 'MaxRuntimeExceeded') {
    return `It ran past its limit of ${limits?.MaxRuntimeInSeconds} seconds (MaxRuntimeInSeconds) and was stopped. Its log says where it stood.`;
  }
  if (SecondaryStatus === 'MaxWaitTimeExceeded') {
    return `AWS had no spot capacity for it within ${limits?.MaxWaitTimeInSeconds} seconds (MaxWaitTimeInSeconds), or took it away too often. Try again later, or train on demand (--spot off).`;
  }
  return undefined;
}

function unquoted(value: string | undefined): string | undefined {
  if (value === undefined || !value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}

/** A Processing job that trains has the channels of a training and no models to score. */
function trains({ ProcessingInputs = [] }: DescribeProcessingJobResponse): boolean {
  const names = ProcessingInputs.map(({ InputName }) => InputName);
  return names.includes('train') && names.includes('validation');
}

async function ofProcessing(
  run: LabRun,
  resources: LabResources,
  job: DescribeProcessingJobResponse,
): Promise<TrainingAttempt> {
  const inputs = Object.fromEntries(
    (job.ProcessingInputs ?? []).map(({ InputName, S3Input }) => [InputName!, S3Input?.S3Uri ?? '']),
  );
  const output = job.ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri?.replace(/\/?$/, '/');
  const known = {
    name: job.ProcessingJobName!,
    arn: job.ProcessingJobArn!,
    by: 'processing' as const,
    status: job.ProcessingJobStatus!,
    created: job.CreationTime!,
    started: job.ProcessingStartTime ?? job.CreationTime!,
    failure: job.ExitMessage ?? job.FailureReason,
    inputs,
    code: inputs.code,
    searched: inputs.space !== undefined,
  };
  if (known.status !== 'Completed' || output === undefined || !output.startsWith(s3Uri(resources, MODELS)))
    return known;
  const { key } = parseS3(output);
  const objects = (await listObjects(run, resources.bucket, key)).map((object) => object.key);
  if (!objects.includes(`${key}model.tar.gz`) || !objects.includes(`${key}metrics.json`)) return known;
  const { metrics = {} } = JSON.parse((await readObject(run, resources.bucket, `${key}metrics.json`)).toString()) as {
    metrics?: Record<string, number>;
  };
  return {
    ...known,
    artifact: `${output}model.tar.gz`,
    auc: metrics['validation:auc'],
    trainAuc: metrics['train:auc'],
  };
}

/** The newest model that was trained without a search: what tuning has to beat. */
export function baselineOf(all: readonly TrainingAttempt[]): TrainingAttempt | undefined {
  return all.find(({ searched, artifact }) => !searched && artifact !== undefined);
}

/** Models of the newest search, best first by what their jobs say. */
export function candidatesOf(all: readonly TrainingAttempt[]): TrainingAttempt[] {
  const found = all.filter(({ searched, artifact, auc }) => searched && artifact !== undefined && auc !== undefined);
  const [newest] = found;
  const same = found.filter(({ tuning, name }) =>
    newest?.tuning === undefined ? name === newest?.name : tuning === newest.tuning,
  );
  return same.sort((a, b) => b.auc! - a.auc! || (a.name < b.name ? -1 : 1));
}
