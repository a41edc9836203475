/** Uploading source.zip until EventBridge is told of it, and so the release begins. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { InProgress, waitWithProgress } from '../../../lib/aws/wait';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { quoted } from '../../../lib/course/shell';
import { SOURCE_KEY } from '../names';
import type { LabResources } from '../resources';
import { hasEnded, releasesOf, type Release } from '../release/releases';

/** Longest that a release is waited for: S3's five minutes, and as long again for an event that is late. */
const MINUTES = 15;
/** Questions between two uploads: a minute on AWS. */
const ASKED_BETWEEN = 12;

/**
 * Uploads a source and waits for the release that this starts. After the bucket was made, S3 tells EventBridge nothing for
 * about five minutes, and what was uploaded meanwhile it never tells: so the source is uploaded again.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
 * @param Body source.zip
 */
export async function uploadSource(
  run: LabRun,
  resources: LabResources,
  Body: Buffer | string,
  step: string,
): Promise<Release> {
  const upload = async (): Promise<string | undefined> => {
    const object = { Bucket: resources.sourceBucket, Key: SOURCE_KEY, Body, ContentType: 'application/zip' };
    return (await run.clients.s3.send(new PutObjectCommand(object))).VersionId;
  };
  let uploaded = await upload();
  run.progress(`uploaded s3://${resources.sourceBucket}/${SOURCE_KEY}, version ${uploaded}`);
  let asked = 0;
  return waitWithProgress(run, {
    what: 'the release of this source',
    minutes: MINUTES,
    next: `start it by hand: aws codepipeline start-pipeline-execution --name ${quoted(resources.pipeline)}; then ${labCommand(run, 'check', step)}`,
    ask: async () => {
      const releases = await releasesOf(run, resources);
      const begun = releases.find(({ source }) => source === uploaded);
      if (begun) return begun;
      asked += 1;
      const takesSource = releases.some((release) => release.source === undefined && !hasEnded(release));
      if (asked % ASKED_BETWEEN === 0 && !takesSource) {
        uploaded = await upload();
        run.progress(
          `S3 has not told of the upload: it begins about five minutes after a bucket was made, and never tells what came before. Uploaded again, version ${uploaded}`,
        );
      }
      return new InProgress('not started yet');
    },
  });
}
