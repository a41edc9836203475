/** The lab's own Python on its way to a job: an archive for training jobs, plain files for Processing jobs. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { makeTarGz } from '../../../lib/aws/archive';
import { inParallel, putObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { trainingCode } from '../../../lib/flights/training-code';
import { CODE, s3Uri, type LabResources } from '../resources';

const RUNTIME = path.resolve(__dirname, '../runtime');

export interface CodeVersion {
  /** SHA-256 over names and contents of the files. */
  readonly sha256: string;
  /** Key of the archive. */
  readonly archive: string;
  /** Prefix of the plain files. */
  readonly files: string;
}

interface SourceFile {
  readonly name: string;
  readonly content: Buffer;
}

const own = (): string[] =>
  readdirSync(RUNTIME)
    .filter((name) => name.endsWith('.py'))
    .sort();

/** The lab's own files, and those that other labs use too. */
function sources(): SourceFile[] {
  const files = own().map((name) => ({ name, content: readFileSync(path.join(RUNTIME, name)) }));
  const shared = Object.entries(trainingCode()).map(([name, content]) => ({ name, content }));
  return [...files, ...shared].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Which code there is now; where it lies depends on its hash, so that a job's source never changes under it. */
export function codeVersion(): CodeVersion {
  const hash = createHash('sha256');
  for (const { name, content } of sources()) hash.update(`${name}\0${content.length}\0`).update(content);
  const sha256 = hash.digest('hex');
  const prefix = `${CODE}${sha256.slice(0, 16)}/`;
  return { sha256, archive: `${prefix}source.tar.gz`, files: `${prefix}files/` };
}

/** Uploads the code as both. */
export async function uploadCode(run: LabRun, resources: LabResources): Promise<CodeVersion> {
  const version = codeVersion();
  const files = sources();
  run.progress(`uploading the code: ${s3Uri(resources, version.archive)}`);
  await inParallel(files, ({ name, content }) =>
    putObject(run, resources.bucket, `${version.files}${name}`, content, 'text/plain'),
  );
  await putObject(run, resources.bucket, version.archive, makeTarGz(files), 'application/gzip');
  return version;
}

/** The same with the AWS CLI. */
export function codeCommands(resources: LabResources): string[] {
  const { archive, files } = codeVersion();
  const shared = 'lib/flights/runtime';
  const copy = (folder: string): string =>
    `aws s3 cp ${folder}/ ${quoted(s3Uri(resources, files))} --recursive --exclude '*' --include '*.py' --include features.json`;
  return [
    `tar -czf - -C labs/training/runtime ${own().join(' ')} -C ../../../${shared} ${Object.keys(trainingCode()).join(' ')} | aws s3 cp - ${quoted(s3Uri(resources, archive))}`,
    copy('labs/training/runtime'),
    copy(shared),
  ];
}
