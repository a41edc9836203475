/** What is wrong with source.zip, whoever runs into it: the check, a build, or a function. */
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { unzipSync } from 'fflate';
import type { LabRun } from '../../../lib/course/run';
import { labCommand, list } from '../../../lib/course/say';
import { FLIGHTS_FILE, SOURCE_KEY, TEMPLATE_FILE } from '../names';
import type { LabResources } from '../resources';

/** What has to lie at its root. A function does without the buildspec. */
const ROOT: readonly string[] = ['buildspec.yml', TEMPLATE_FILE, FLIGHTS_FILE];

/**
 * @param version S3 version of the object. @default - as it is now
 * @returns what is wrong, undefined when nothing is
 */
export async function zipFault(run: LabRun, resources: LabResources, version?: string): Promise<string | undefined> {
  const name = `s3://${resources.sourceBucket}/${SOURCE_KEY}`;
  try {
    const answer = await run.clients.s3.send(
      new GetObjectCommand({ Bucket: resources.sourceBucket, Key: SOURCE_KEY, ...(version && { VersionId: version }) }),
    );
    const files = Object.keys(unzipSync(await answer.Body!.transformToByteArray()));
    const missing = ROOT.filter((file) => !files.includes(file));
    if (missing.length === 0) return undefined;
    const whole = `${labCommand(run, 'step', 'source')} uploads it whole`;
    return `${name} lacks ${list(missing)} at its root; it has ${list(files) || 'nothing'}. Zip the files themselves, not their folder (${whole}).`;
  } catch (error) {
    if (['NoSuchKey', 'NoSuchVersion'].includes((error as Error).name)) return `${name} does not exist.`;
    if (/invalid zip/i.test((error as Error).message)) return `${name} is no zip file.`;
    throw error;
  }
}
