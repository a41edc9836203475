/** JSON documents in the data bucket. */
import { readObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import type { LabResources } from '../resources';

/** @returns the document; undefined where there is none that can be read */
export async function readJson<T>(run: LabRun, resources: LabResources, key: string): Promise<T | undefined> {
  try {
    return JSON.parse((await readObject(run, resources.bucket, key)).toString()) as T;
  } catch (error) {
    if (error instanceof SyntaxError || (error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}
