/** Where a build's source comes from: S3, read as the service role. */
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { ProjectSource } from '@aws-sdk/client-codebuild';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Principal } from '../service';
import { lacks, PhaseFailure } from './errors';
import { pipelineLocation } from './request';
import { unzipInto } from './unzip';

const LARGEST = 512 * 1024 ** 2;
const DEFAULT_FILE = 'buildspec.yml';

/**
 * Brings a source into a folder.
 *
 * @returns the version of the object, where there is one
 * @throws PhaseFailure
 */
export async function fetchSource(
  role: Principal,
  source: ProjectSource,
  version: string | undefined,
  folder: string,
): Promise<string | undefined> {
  await mkdir(folder, { recursive: true });
  if (source.type === 'NO_SOURCE') return undefined;
  const pipeline = source.type === 'CODEPIPELINE';
  const location = pipeline ? pipelineLocation(source.location, version)! : source.location!;
  const [, bucket, key] = /^(?:arn:aws:s3:::)?([^/]+)\/(.*)$/.exec(location) ?? [];
  if (!bucket || key === undefined) throw new PhaseFailure('CLIENT_ERROR', `invalid S3 location: ${location}`);
  const objectVersion = pipeline || version?.startsWith('arn:') ? undefined : version;
  const where = `arn:aws:s3:::${bucket}/${key}`;
  if (key === '' || key.endsWith('/'))
    throw new PhaseFailure('CLIENT_ERROR', lacks('sources that are folders in S3').message);
  const { body, resolved } = await object(role, bucket, key, objectVersion, where);
  try {
    await unzipInto(folder, body);
  } catch (error) {
    throw new PhaseFailure('CLIENT_ERROR', `error while unzipping ${where}: ${(error as Error).message}`);
  }
  return resolved;
}

async function object(role: Principal, bucket: string, key: string, version: string | undefined, where: string) {
  return asRole(where, async () => {
    const {
      Body,
      ContentLength = 0,
      ETag,
      VersionId,
    } = await role.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...(version && { VersionId: version }) }));
    if (ContentLength > LARGEST) {
      throw new PhaseFailure(
        'CLIENT_ERROR',
        `${where} has ${ContentLength} bytes; the local cloud takes at most ${LARGEST}`,
      );
    }
    const body = Buffer.from(await Body!.transformToByteArray());
    return { body, resolved: VersionId ?? ETag?.replaceAll('"', '') };
  });
}

async function asRole<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PhaseFailure) throw error;
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode ? ` status code: ${$metadata.httpStatusCode}` : '';
    throw new PhaseFailure(
      'CLIENT_ERROR',
      `${name}: ${message}${status} for primary source and source version ${where}`,
    );
  }
}

/**
 * The text of the buildspec: in the project or request itself, or in a file of the source.
 *
 * @throws PhaseFailure
 */
export async function buildspecText(role: Principal, given: string | undefined, folder: string): Promise<string> {
  if (given?.startsWith('arn:')) throw new PhaseFailure('YAML_FILE_ERROR', lacks('buildspecs in S3').message);
  if (given && (/[\n{]/.test(given) || /^\s*version\s*:/.test(given))) return given;
  const file = resolve(folder, given || DEFAULT_FILE);
  const missing = (why: string) =>
    new PhaseFailure('YAML_FILE_ERROR', `stat ${join(folder, given || DEFAULT_FILE)}: ${why}`);
  if (!file.startsWith(folder + sep)) throw missing('the file is outside the source');
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw missing('no such file or directory');
  if (found.size > 1024 ** 2) throw missing('a buildspec has at most 1 MiB');
  return readFile(file, 'utf8');
}
