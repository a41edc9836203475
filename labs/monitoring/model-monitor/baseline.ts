/** The baseline of Model Monitor: its own analyzer over what the endpoint would be asked, and would answer. */
import type { CreateProcessingJobRequest } from '@aws-sdk/client-sagemaker';
import { putObject } from '../../../lib/aws/s3';
import { runProcessing, sagemakerTags } from '../../../lib/aws/sagemaker';
import { tagsOf } from '../../../lib/course/names';
import { dataPlan, readDataFile } from '../../../lib/course/data-plan';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { asCsv, probabilities, type Booster } from '../../../lib/flights/booster';
import { readRows } from '../../../lib/flights/rows';
import { BASELINE } from '../names';
import { newAnalysisName } from '../analysis/analyses';
import { sliceFile } from '../traffic/flights';
import { analyzerImage } from './analysis';
import { boosterOf, versionOf } from '../endpoint/models';
import { s3Uri, type LabResources } from '../resources';
import { servingVersion } from '../endpoint/serving';

const MINUTES = 40;
const KEY = 'data/baseline/validation.csv';
const INPUT = '/opt/ml/processing/input/baseline_dataset_input';
const OUTPUT = '/opt/ml/processing/output';

/**
 * Model Monitor puts the columns of the answer before those of the request, and takes names from the baseline in order:
 * so the baseline has the model's score first. Flights of the training months; it would be too sure of those it trained on.
 */
export function baselineCsv(booster: Booster): string {
  const names = dataPlan().features.map(({ name }) => name);
  const file = sliceFile('validation');
  const text = readDataFile(file).toString().trimEnd();
  const scores = probabilities(booster, readRows([{ name: file.path, text }], names.length));
  const lines = text.split('\n').map((line, at) => `${asCsv(scores[at]!)}${line.slice(line.indexOf(','))}`);
  return `${['score', ...names].join()}\n${lines.join('\n')}\n`;
}

export function managedBaselineRequest(run: LabRun, resources: LabResources): CreateProcessingJobRequest {
  return {
    ProcessingJobName: newAnalysisName(run, 'baseline'),
    RoleArn: resources.analyzer.role,
    AppSpecification: { ImageUri: analyzerImage(run.region) },
    Environment: {
      dataset_format: JSON.stringify({ csv: { header: true, output_columns_position: 'START' } }),
      dataset_source: INPUT,
      output_path: OUTPUT,
      publish_cloudwatch_metrics: 'Disabled',
    },
    ProcessingInputs: [
      {
        InputName: 'baseline_dataset_input',
        S3Input: { S3Uri: s3Uri(resources, KEY), LocalPath: INPUT, S3DataType: 'S3Prefix', S3InputMode: 'File' },
      },
    ],
    ProcessingOutputConfig: {
      Outputs: [
        {
          OutputName: 'output',
          S3Output: { S3Uri: s3Uri(resources, BASELINE.slice(0, -1)), LocalPath: OUTPUT, S3UploadMode: 'EndOfJob' },
        },
      ],
    },
    ProcessingResources: { ClusterConfig: { InstanceType: 'ml.t3.xlarge', InstanceCount: 1, VolumeSizeInGB: 20 } },
    StoppingCondition: { MaxRuntimeInSeconds: 1800 },
    Tags: sagemakerTags(tagsOf(run.lab, run.learner)),
  };
}

/** @throws LabError when the analyzer fails */
export async function makeManagedBaseline(run: LabRun, resources: LabResources): Promise<void> {
  const version = await versionOf(run, resources, await servingVersion(run, resources));
  const booster = version ? await boosterOf(run, version) : 'it is no version of the group';
  if (typeof booster === 'string') {
    throw new LabError(`The model that serves cannot be read: ${booster}.`, {
      why: 'The baseline of Model Monitor has its scores.',
      next: labCommand(run, 'up'),
    });
  }
  await putObject(run, resources.bucket, KEY, Buffer.from(baselineCsv(booster)), 'text/csv');
  const request = managedBaselineRequest(run, resources);
  const job = await runProcessing(run, request, {
    minutes: MINUTES,
    next: `aws sagemaker describe-processing-job --processing-job-name ${request.ProcessingJobName}`,
  });
  if (job.ProcessingJobStatus === 'Completed') return;
  throw new LabError(
    `The analyzer ended as ${job.ProcessingJobStatus}: ${job.FailureReason ?? job.ExitMessage ?? 'it gave no reason'}`,
    {
      why: 'It is the image of Model Monitor, which your account may not use, or a quota of ml.t3.xlarge is 0.',
      next: `${labCommand(run, 'up')} --monitor open, then ${labCommand(run, 'step', 'baseline')}`,
    },
  );
}
