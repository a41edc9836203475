/** What a build hands on: the files that the buildspec names, written to S3 as the service role. */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { Build, BuildArtifacts, ProjectArtifacts } from '@aws-sdk/client-codebuild';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { zipSync, type Zippable } from 'fflate';
import type { Principal } from '../service';
import type { ArtifactSpec } from './buildspec';
import { PhaseFailure } from './errors';

const LARGEST = 512 * 1024 ** 2;
/** "Made by" Unix, so that a mode is read. */
const UNIX = 3;

interface File {
  readonly name: string;
  readonly path: string;
  readonly mode: number;
}

/**
 * Uploads one output of a build.
 *
 * @returns what the build says of it
 * @throws PhaseFailure
 */
export async function uploadArtifacts(
  role: Principal,
  build: Build,
  target: ProjectArtifacts,
  spec: ArtifactSpec,
  places: { readonly root: string; readonly source: string },
  line: (text: string) => void,
): Promise<BuildArtifacts> {
  const files = await filesOf(spec, places, line);
  const { bucket, key } = keyOf(build, target, spec);
  const packed = target.type === 'CODEPIPELINE' || target.packaging === 'ZIP';
  if (!packed) {
    for (const { name, path } of files) await put(role, bucket, key ? `${key}/${name}` : name, await readFile(path));
    return { location: `arn:aws:s3:::${bucket}/${key}` };
  }
  const zip = await zipped(files);
  await put(role, bucket, key, zip);
  return {
    location: `arn:aws:s3:::${bucket}/${key}`,
    sha256sum: createHash('sha256').update(zip).digest('hex'),
    md5sum: createHash('md5').update(zip).digest('hex'),
  };
}

function keyOf(build: Build, target: ProjectArtifacts, spec: ArtifactSpec): { bucket: string; key: string } {
  const [, bucket = '', prefix = ''] = /^(?:arn:aws:s3:::)?([^/]+)\/?(.*)$/.exec(target.location ?? '') ?? [];
  const name =
    (target.overrideArtifactName && spec.name) ||
    (target.name ?? (target.type === 'CODEPIPELINE' ? '' : build.projectName!));
  if (/[$`]/.test(name)) {
    throw new PhaseFailure('CLIENT_ERROR', `The local cloud computes no artifact names (${name}); no lab uses it.`);
  }
  const id = target.namespaceType === 'BUILD_ID' ? build.id!.split(':').pop()! : '';
  const key = [prefix, target.path ?? '', id, name === '/' ? '' : name]
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter((part) => part !== '')
    .join('/');
  return { bucket, key };
}

async function filesOf(
  spec: ArtifactSpec,
  places: { readonly root: string; readonly source: string },
  line: (text: string) => void,
): Promise<File[]> {
  const base = resolve(places.source, spec.baseDirectory);
  line(`Expanding base directory path: ${spec.baseDirectory}`);
  if (base !== places.root && !base.startsWith(places.root + sep)) {
    throw new PhaseFailure('CLIENT_ERROR', `the base directory ${spec.baseDirectory} is outside the build`);
  }
  if (/[*?]/.test(spec.baseDirectory)) {
    throw new PhaseFailure(
      'CLIENT_ERROR',
      `The local cloud has no patterns in base-directory (${spec.baseDirectory}); no lab uses them.`,
    );
  }
  if (!(await lstat(base).catch(() => undefined))?.isDirectory()) {
    throw new PhaseFailure('CLIENT_ERROR', `no matching base directory path found for ${spec.baseDirectory}`);
  }
  line('Assembling file list');
  const wanted = spec.files.map(pattern);
  const not = spec.exclude.map(pattern);
  const all = (await readdir(base, { recursive: true, withFileTypes: true }))
    // A link could lead anywhere: only files themselves are handed on.
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const files: File[] = [];
  for (const path of all.sort()) {
    const name = relative(base, path).split(sep).join('/');
    if (!wanted.some((one) => one.test(name)) || not.some((one) => one.test(name))) continue;
    files.push({ name: spec.discardPaths ? basename(path) : name, path, mode: (await lstat(path)).mode });
  }
  if (files.length === 0) throw new PhaseFailure('CLIENT_ERROR', 'no matching artifact paths found');
  line(`Found ${files.length} file(s)`);
  return files;
}

/** A pattern of the buildspec: `*` within a folder, `**` through folders; a folder's name stands for what it holds. */
export function pattern(glob: string): RegExp {
  const text = glob.replace(/^\.\//, '');
  if (text.startsWith('/') || text.split('/').includes('..')) {
    throw new PhaseFailure('CLIENT_ERROR', `the path ${glob} of the artifacts is outside the base directory`);
  }
  const body = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, (found) => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' })[found]!);
  return new RegExp(`^${body}$`);
}

async function zipped(files: readonly File[]): Promise<Uint8Array> {
  const tree: Zippable = {};
  let total = 0;
  for (const { name, path, mode } of files) {
    const content = await readFile(path);
    total += content.length;
    if (total > LARGEST) throw new PhaseFailure('CLIENT_ERROR', `the artifacts have more than ${LARGEST} bytes`);
    tree[name] = [content, { os: UNIX, attrs: (mode & 0xffff) << 16, level: 6 }];
  }
  return zipSync(tree);
}

async function put(role: Principal, bucket: string, key: string, body: Uint8Array): Promise<void> {
  try {
    await role.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  } catch (error) {
    const { name, message } = error as Error;
    throw new PhaseFailure('CLIENT_ERROR', `${name}: ${message} for artifact arn:aws:s3:::${bucket}/${key}`);
  }
}
