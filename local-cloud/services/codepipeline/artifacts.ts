/** Artifacts: zip files in the pipeline's artifact bucket, read and written as the action's role. */
import { randomInt } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { strFromU8, unzipSync } from 'fflate';
import type { Principal } from '../service';
import { ActionFailure } from './errors';
import type { Artifact } from './model';

/** CodePipeline cuts the names in keys: https://docs.aws.amazon.com/codepipeline/latest/userguide/welcome-introducing-artifacts.html */
const PIPELINE_CHARS = 20;
const ARTIFACT_CHARS = 10;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** What CloudFormation takes as a template from S3; no other file is read out of an artifact. */
const LARGEST_FILE = 1_048_576;

/** A new place for an artifact. */
export function newArtifact(bucket: string, pipeline: string, name: string): Artifact {
  const random = Array.from({ length: 7 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return { name, bucket, key: `${pipeline.slice(0, PIPELINE_CHARS)}/${name.slice(0, ARTIFACT_CHARS)}/${random}` };
}

function unreachable({ bucket, key }: Artifact, error: unknown): ActionFailure {
  const { name, message } = error as Error;
  const denied = /AccessDenied|Forbidden/.test(name);
  return new ActionFailure(
    denied ? 'PermissionError' : 'RevisionUnavailable',
    `Unable to access the artifact with Amazon S3 object key '${key}' located in the Amazon S3 artifact bucket '${bucket}'. ` +
      (denied ? 'The provided role does not have sufficient permissions.' : `${name}: ${message}`),
  );
}

/** @throws ActionFailure when the role may not, or the artifact is not there */
export async function readArtifact(principal: Principal, artifact: Artifact): Promise<Uint8Array> {
  try {
    const { Body } = await principal.s3.send(new GetObjectCommand({ Bucket: artifact.bucket, Key: artifact.key }));
    return await Body!.transformToByteArray();
  } catch (error) {
    throw unreachable(artifact, error);
  }
}

/** @throws ActionFailure */
export async function writeArtifact(principal: Principal, artifact: Artifact, body: Uint8Array): Promise<void> {
  try {
    await principal.s3.send(
      new PutObjectCommand({ Bucket: artifact.bucket, Key: artifact.key, Body: body, ContentType: 'application/zip' }),
    );
  } catch (error) {
    throw unreachable(artifact, error);
  }
}

/** One text file out of an artifact. @throws ActionFailure ConfigurationError */
export function readFileInZip(artifact: Artifact, zip: Uint8Array, path: string): string {
  let size = 0;
  let found: Uint8Array | undefined;
  try {
    found = unzipSync(zip, {
      filter: (file) => {
        if (file.name !== path) return false;
        size = file.originalSize;
        return size <= LARGEST_FILE;
      },
    })[path];
  } catch (error) {
    throw new ActionFailure(
      'ConfigurationError',
      `The artifact [${artifact.name}] is not a valid ZIP file: ${(error as Error).message}`,
    );
  }
  if (size > LARGEST_FILE) {
    throw new ActionFailure(
      'ConfigurationError',
      `File [${path}] in artifact [${artifact.name}] has ${size} bytes; at most ${LARGEST_FILE} are read.`,
    );
  }
  if (!found) {
    throw new ActionFailure('ConfigurationError', `File [${path}] does not exist in artifact [${artifact.name}]`);
  }
  return strFromU8(found);
}
