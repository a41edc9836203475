/** What the responder decided, as it wrote it down. */
import { listObjects } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import { DECISIONS } from '../names';
import type { Cause, Decision } from '../runtime/decision';
import { readJson } from './documents';
import type { LabPlace } from './place';

export type { Decision } from '../runtime/decision';

/** The decisions, newest first. @param kind only those of this cause */
export async function decisionsOf(run: LabRun, place: LabPlace, kind?: Cause): Promise<Decision[]> {
  const found: Decision[] = [];
  for (const { key } of await listObjects(run, place.bucket, DECISIONS)) {
    const read = await readJson<Decision>(run, place, key);
    if (read?.cause && (kind === undefined || read.cause.kind === kind)) found.push(read);
  }
  return found.sort((a, b) => (a.cause.at < b.cause.at ? 1 : -1));
}
