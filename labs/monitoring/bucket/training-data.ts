/** Flights in the lab's bucket: what the baseline is made of, and what a retraining learns from. */
import { putObject, hasContent, listObjects } from '../../../lib/aws/s3';
import { readDataFile } from '../../../lib/course/data-plan';
import type { PreparedFile } from '../../../lib/course/prepared-data';
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { batchFile, sliceFile } from '../traffic/flights';
import { s3Uri, type LabResources } from '../resources';

/** The slices that the model learnt from. */
export const TRAINING_SLICES = ['train', 'validation'] as const;

/** Uploads files of the project where the bucket lacks them. */
export async function uploadFiles(run: LabRun, resources: LabResources, files: readonly PreparedFile[]): Promise<void> {
  for (const file of files) {
    const [there] = await listObjects(run, resources.bucket, file.key);
    if (there?.key === file.key && (await hasContent(run, resources.bucket, there, file))) {
      run.progress(`${s3Uri(resources, file.key)} is there`);
      continue;
    }
    await putObject(run, resources.bucket, file.key, readDataFile(file), 'text/csv');
    run.progress(`uploaded ${s3Uri(resources, file.key)}`);
  }
}

/** What is wrong with files that the bucket is to hold; undefined when nothing is. */
export async function filesFault(
  run: LabRun,
  resources: LabResources,
  files: readonly PreparedFile[],
): Promise<string | undefined> {
  for (const file of files) {
    const [there] = await listObjects(run, resources.bucket, file.key);
    if (there?.key !== file.key) return `${s3Uri(resources, file.key)} is not there`;
    if (!(await hasContent(run, resources.bucket, there, file)))
      return `${s3Uri(resources, file.key)} is not the project's file`;
  }
  return undefined;
}

export const trainingFiles = (): PreparedFile[] => TRAINING_SLICES.map(sliceFile);
export const monthFiles = (months: readonly string[]): PreparedFile[] => months.map(batchFile);

/** The same with the AWS CLI. */
export const uploadCommand = (resources: LabResources, { path, key }: PreparedFile): string =>
  `gunzip -c ${quoted(`data/${path}`)} | aws s3 cp - ${quoted(s3Uri(resources, key))}`;
