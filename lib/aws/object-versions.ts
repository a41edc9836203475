/** Earlier versions of an object, in a bucket that keeps them. */
import { DeleteObjectsCommand, HeadObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { LabError } from '../course/errors';
import type { LabRun } from '../course/run';
import { labCommand } from '../course/say';

/** Id of an object's current version. @throws the service's error where there is no object */
export async function currentVersion(run: LabRun, bucket: string, key: string): Promise<string> {
  const { VersionId = '' } = await run.clients.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  return VersionId;
}

/** One version of an object, or a delete marker. */
interface ObjectVersion {
  readonly id: string;
  readonly latest: boolean;
}

/** The versions and delete markers of one object. Labs' objects have a few: fewer than the 1,000 of one answer. */
async function versionsOfObject(run: LabRun, bucket: string, key: string): Promise<readonly ObjectVersion[]> {
  const { Versions = [], DeleteMarkers = [] } = await run.clients.s3.send(
    new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }),
  );
  return [...Versions, ...DeleteMarkers]
    .filter(({ Key }) => Key === key)
    .sort((a, b) => b.LastModified!.getTime() - a.LastModified!.getTime())
    .map(({ VersionId, IsLatest }) => ({ id: VersionId!, latest: IsLatest ?? false }));
}

/**
 * Makes a version the current one again, by removing what came after it.
 *
 * @returns whether it is the current one: false where it is gone
 */
export async function returnToVersion(run: LabRun, bucket: string, key: string, id: string): Promise<boolean> {
  for (;;) {
    const versions = await versionsOfObject(run, bucket, key);
    if (!versions.some((one) => one.id === id)) return false;
    // One at a time, always the current one: times of versions are whole seconds and tell no order within one.
    const current = versions.find(({ latest }) => latest);
    if (current === undefined || current.id === id) return true;
    await run.clients.s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: key, VersionId: current.id }] } }),
    );
  }
}

/**
 * The same for an object that nothing else can bring back.
 *
 * @param step what makes another one in its place
 * @throws LabError where the version is gone
 */
export async function requireVersion(
  run: LabRun,
  bucket: string,
  key: string,
  id: string,
  step: string,
): Promise<void> {
  if (await returnToVersion(run, bucket, key, id)) return;
  throw new LabError(`The earlier version of ${key} in ${bucket} is gone.`, {
    why: 'Earlier versions are kept for a day.',
    next: labCommand(run, 'step', step),
  });
}
