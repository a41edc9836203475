/** The version that a consumer would take now, and its newest release. */
import { consumersPick, numberOf, versionsOf } from '../../../lib/aws/versions';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import type { Verdict } from '../../../lib/course/model';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand, notDone } from '../../../lib/course/say';
import type { LabResources } from '../resources';
import { releasesOfVersion, type Release } from './releases';
import { flawOf, type Version } from '../model/versions';

export interface ApprovedVersion {
  readonly version: Version;
  readonly arn: string;
  readonly number: number;
  /** Its newest release. @default - it was never released */
  readonly release?: Release;
}

/** @returns the newest approved version, or undefined when none is approved */
export async function newestApprovedVersion(
  run: LabRun,
  resources: LabResources,
): Promise<ApprovedVersion | undefined> {
  const version = consumersPick(await versionsOf(run, resources.group));
  if (version === undefined) return undefined;
  const arn = version.ModelPackageArn!;
  const [release] = await releasesOfVersion(run, resources, arn);
  return { version, arn, number: numberOf(version), release };
}

/** The same where a release of it has begun. */
export type ReleasedVersion = ApprovedVersion & { readonly release: Release };

/** Questions until a release of an approved version is listed: half a minute on AWS, where the event takes seconds. */
const LISTED_ASKED = 6;

/**
 * The approved version and its release, which may have begun a moment ago.
 *
 * @throws LabError when nothing is approved, or nothing is released of it
 */
export async function requireReleased(run: LabRun, resources: LabResources): Promise<ReleasedVersion> {
  let asked = 0;
  return waitWithProgress(run, {
    what: 'a release of the approved version',
    minutes: 2,
    next: labCommand(run, 'step', 'release'),
    ask: async () => {
      const picked = await newestApprovedVersion(run, resources);
      if (picked?.release) return { ...picked, release: picked.release };
      asked += 1;
      if (picked && asked < LISTED_ASKED) return new InProgress('none is listed yet');
      const { message, next } = nothingReleased(run, resources, picked);
      throw new LabError(message, { why: 'There is no release to wait for.', next });
    },
  });
}

/** The same for a check, which does not wait. */
export async function releasedVersionOrVerdict(
  run: LabRun,
  resources: LabResources,
): Promise<ReleasedVersion | Verdict> {
  const picked = await newestApprovedVersion(run, resources);
  if (picked?.release) return { ...picked, release: picked.release };
  const { message, next } = nothingReleased(run, resources, picked);
  return notDone(message, next);
}

const nothingReleased = (run: LabRun, resources: LabResources, picked: ApprovedVersion | undefined) => ({
  message:
    picked === undefined
      ? `No version of ${resources.group} is approved.`
      : `Version ${picked.number} is approved, and no release of it has begun.`,
  next: labCommand(run, 'step', 'release'),
});

/** The step that made a version for practice and is not over; undefined for any other version. */
function practice({ version }: ApprovedVersion): 'break' | 'rollback' | undefined {
  const flaw = flawOf(version);
  if (flaw === undefined) return undefined;
  return flaw === 'thin' ? 'rollback' : 'break';
}

/**
 * A step that was broken off leaves its bad version approved, and so the one that a consumer takes. To release or promote
 * that is not the way on.
 *
 * @throws LabError naming the step
 */
export function refuseFlawedVersion(run: LabRun, picked: ApprovedVersion): void {
  const step = practice(picked);
  if (step === undefined) return;
  throw new LabError(
    `Version ${picked.number}, the newest that is approved, is bad on purpose: the step ${step} made it.`,
    {
      why: `That step was broken off. It knows how to go on, and rejects the version in the end.`,
      next: labCommand(run, 'step', step),
    },
  );
}

/** The same for what a check says. */
export function withFlawedVersionNote(run: LabRun, picked: ApprovedVersion, verdict: Verdict): Verdict {
  const step = practice(picked);
  if (step === undefined) return verdict;
  return {
    ...verdict,
    saw: `${verdict.saw} Version ${picked.number} is bad on purpose: the step ${step} made it, and is not over.`,
    next: `Go on with it: ${labCommand(run, 'step', step)}`,
  };
}

export const isVerdict = (value: object): value is Verdict => 'done' in value;
