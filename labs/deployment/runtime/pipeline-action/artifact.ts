/** The source package as a job gets it: a zip in S3, read with the credentials of the job. */
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { unzipSync } from 'fflate';
import { s3Config } from '../environment';
import { stepCommand } from './command';
import type { Job } from './job';
import { ReleaseError } from './release-error';

/** No source of this lab comes near it; more would be a bomb. */
const MOST_BYTES = 64 * 1024 * 1024;

export type SourceFiles = ReadonlyMap<string, Buffer>;

/** The files of the job's input artifact, by their names. @throws ReleaseError when it is no zip */
export async function readSourceArtifact(job: Job): Promise<SourceFiles> {
  const [artifact] = job.artifacts;
  if (artifact === undefined) throw new ReleaseError('The action has no input artifact: the pipeline was changed.');
  const { bucketName, objectKey } = artifact.location.s3Location;
  const s3 = new S3Client(s3Config(job.credentials));
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucketName, Key: objectKey }));
  return unzipSource(await answer.Body!.transformToByteArray());
}

/** @throws ReleaseError when it is no zip, or far too large */
export function unzipSource(zip: Uint8Array): SourceFiles {
  let bytes = 0;
  try {
    const files = unzipSync(zip, {
      filter: ({ originalSize }) => {
        bytes += originalSize;
        if (bytes > MOST_BYTES) throw new ReleaseError(`source.zip holds more than ${MOST_BYTES} bytes.`);
        return true;
      },
    });
    return new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]));
  } catch (error) {
    if (error instanceof ReleaseError) throw error;
    throw new ReleaseError(
      `source.zip cannot be read as a zip (${(error as Error).message}). Upload it again: ${stepCommand('source')}`,
    );
  }
}

/** A file that must be in the source. @throws ReleaseError */
export function requireFile(files: SourceFiles, name: string): Buffer {
  const content = files.get(name);
  if (content === undefined) {
    const found = [...files.keys()].slice(0, 4).join(', ') || 'nothing';
    throw new ReleaseError(
      `source.zip has no ${name} at its root; it has ${found}. Zip the files themselves, not their folder (${stepCommand('source')} uploads it whole).`,
    );
  }
  return content;
}
