/** What the responder decided, as it wrote it down. */
import { listObjects } from '../../../lib/aws/s3';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { DECISIONS } from '../names';
import { isFinished, type Cause, type Decision } from '../runtime/responder/decision';
import { readJson } from '../bucket/json';
import { s3Uri, type LabResources } from '../resources';

export type { Decision } from '../runtime/responder/decision';

/** The decisions, newest first. @param kind only those of this cause */
export async function decisionsOf(run: LabRun, resources: LabResources, kind?: Cause): Promise<Decision[]> {
  const found: Decision[] = [];
  for (const { key } of await listObjects(run, resources.bucket, DECISIONS)) {
    const read = await readJson<Decision>(run, resources, key);
    if (read?.cause && (kind === undefined || read.cause.kind === kind)) found.push(read);
  }
  return found.sort((a, b) => (a.cause.at < b.cause.at ? 1 : -1));
}

/**
 * Waits until a decision is over that was not before.
 *
 * @param earlier the decisions of that cause that there were before; known by their ids and not by their times, as an
 * alarm's history may count whole seconds. One of them that is still under way is the one that is waited for.
 */
export async function waitForDecision(
  run: LabRun,
  resources: LabResources,
  options: {
    readonly kind: Cause;
    readonly earlier: readonly Decision[];
    readonly step: string;
    readonly minutes: number;
  },
): Promise<Decision> {
  const past = new Set(options.earlier.filter(isFinished).map(({ id }) => id));
  return waitWithProgress<Decision>(run, {
    what: 'the responder',
    minutes: options.minutes,
    next: `aws s3 ls ${s3Uri(resources, DECISIONS)}; ${labCommand(run, 'check', options.step)}`,
    ask: async () => {
      const newest = (await decisionsOf(run, resources, options.kind)).find(({ id }) => !past.has(id));
      if (newest === undefined) return new InProgress('no decision so far');
      return isFinished(newest) ? newest : new InProgress(newest.timeline.at(-1)?.what ?? newest.status);
    },
  });
}
