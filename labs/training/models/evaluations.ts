/** Evaluations that Processing jobs left in the bucket. */
import type { DescribeProcessingJobResponse } from '@aws-sdk/client-sagemaker';
import { parseS3, processingJobsOf } from '../../../lib/aws/sagemaker';
import { listObjects, readObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import { s3Uri, type LabResources } from '../resources';

export interface EvaluationFigures {
  readonly rows: number;
  readonly late: number;
  readonly auc: number;
  readonly calibrationError: number;
}

export interface EvaluatedModel extends EvaluationFigures {
  readonly byMonth: Readonly<Record<string, EvaluationFigures>>;
  readonly importance?: readonly { readonly feature: string; readonly share: number }[];
}

export interface Evaluation {
  readonly job: string;
  readonly status: string;
  readonly reason?: string;
  readonly created: Date;
  /** S3 URI of the folder, with a slash at its end. */
  readonly folder?: string;
  /** S3 URIs of the models that it scored, by name. */
  readonly models: Readonly<Record<string, string>>;
  readonly keys: readonly string[];
  readonly result?: { readonly models: Readonly<Record<string, EvaluatedModel>> };
}

/** Processing jobs of this lab's role that score models, newest first. */
export async function evaluations(run: LabRun, resources: LabResources): Promise<Evaluation[]> {
  const jobs = (await processingJobsOf(run, resources.role)).filter((job) => Object.keys(modelsOf(job)).length > 0);
  return Promise.all(jobs.map((job) => read(run, resources, job)));
}

function modelsOf({ ProcessingInputs = [] }: DescribeProcessingJobResponse): Record<string, string> {
  const models = ProcessingInputs.filter(({ S3Input }) => S3Input?.S3Uri?.endsWith('/model.tar.gz'));
  return Object.fromEntries(models.map(({ InputName, S3Input }) => [InputName!, S3Input!.S3Uri!]));
}

async function read(run: LabRun, resources: LabResources, job: DescribeProcessingJobResponse): Promise<Evaluation> {
  const folder = job.ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri?.replace(/\/?$/, '/');
  const known = {
    job: job.ProcessingJobName!,
    status: job.ProcessingJobStatus!,
    reason: job.ExitMessage ?? job.FailureReason,
    created: job.CreationTime!,
    folder,
    models: modelsOf(job),
  };
  if (known.status !== 'Completed' || !folder?.startsWith(s3Uri(resources, ''))) return { ...known, keys: [] };
  const { key } = parseS3(folder);
  const keys = (await listObjects(run, resources.bucket, key)).map((object) => object.key.slice(key.length));
  if (!keys.includes('evaluation.json')) return { ...known, keys };
  const text = (await readObject(run, resources.bucket, `${key}evaluation.json`)).toString();
  return { ...known, keys, result: JSON.parse(text) as Evaluation['result'] };
}
