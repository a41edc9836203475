/** The version that a consumer would take now, and its newest release. */
import { consumersPick, numberOf, versionsOf } from '../../../lib/aws/versions';
import type { Verdict } from '../../../lib/course/model';
import { LabError, type LabRun } from '../../../lib/course/run';
import { labCommand, notDone } from '../../../lib/course/say';
import type { LabPlace } from './place';
import { releasesOfVersion, type Release } from './releases';
import type { Version } from './versions';

export interface Picked {
  readonly version: Version;
  readonly arn: string;
  readonly number: number;
  /** Its newest release. @default - it was never released */
  readonly release?: Release;
}

/** @returns the newest approved version, or undefined when none is approved */
export async function pickedVersion(run: LabRun, place: LabPlace): Promise<Picked | undefined> {
  const version = consumersPick(await versionsOf(run, place.group));
  if (version === undefined) return undefined;
  const arn = version.ModelPackageArn!;
  const [release] = await releasesOfVersion(run, place, arn);
  return { version, arn, number: numberOf(version), release };
}

/** @throws LabError when nothing is approved, or nothing is released of it */
export async function requireReleased(run: LabRun, place: LabPlace): Promise<Picked & { readonly release: Release }> {
  const picked = await pickedVersion(run, place);
  if (picked?.release) return { ...picked, release: picked.release };
  throw new LabError(
    picked === undefined
      ? `No version of ${place.group} is approved.`
      : `Version ${picked.number} is approved, and no release of it has begun.`,
    { why: 'There is no release to wait for.', next: labCommand(run, 'step', 'release') },
  );
}

/** The same for a check. */
export async function releasedOr(
  run: LabRun,
  place: LabPlace,
): Promise<(Picked & { readonly release: Release }) | Verdict> {
  try {
    return await requireReleased(run, place);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return notDone(error.message, `First: ${error.next}`);
  }
}

export const isVerdict = (value: object): value is Verdict => 'done' in value;
