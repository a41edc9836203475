/** What the pipeline's own checks left in the data bucket: `evidence/<execution>/<what>.json`. */
import { readObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import { EVIDENCE } from '../names';
import type { LabResources } from '../resources';

export type Evidence = 'verify' | 'smoke' | 'watch';

export const evidenceKey = (id: string, what: Evidence): string => `${EVIDENCE}${id}/${what}.json`;

/** @returns the document, or undefined where there is none that can be read */
export async function readEvidence(
  run: LabRun,
  resources: LabResources,
  id: string,
  what: Evidence,
): Promise<(Record<string, unknown> & { message?: string }) | undefined> {
  try {
    const text = (await readObject(run, resources.bucket, evidenceKey(id, what))).toString();
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError || (error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}
