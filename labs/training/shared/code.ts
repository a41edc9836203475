/** The lab's own Python on its way to a job: an archive for training jobs, plain files for Processing jobs. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { makeTarGz } from '../../../lib/aws/archive';
import { inParallel, putObject } from '../../../lib/aws/s3';
import type { LabRun } from '../../../lib/course/run';
import { quoted } from '../../../lib/course/shell';
import { CODE, s3Uri, type LabPlace } from './place';

export const RUNTIME = path.resolve(__dirname, '../runtime');

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

function sources(): SourceFile[] {
  const names = readdirSync(RUNTIME).filter((name) => /\.(py|json)$/.test(name));
  return names.sort().map((name) => ({ name, content: readFileSync(path.join(RUNTIME, name)) }));
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
export async function uploadCode(run: LabRun, place: LabPlace): Promise<CodeVersion> {
  const version = codeVersion();
  const files = sources();
  run.progress(`uploading the code: ${s3Uri(place, version.archive)}`);
  await inParallel(files, ({ name, content }) =>
    putObject(run, place.bucket, `${version.files}${name}`, content, 'text/plain'),
  );
  await putObject(run, place.bucket, version.archive, makeTarGz(files), 'application/gzip');
  return version;
}

/** The same with the AWS CLI. */
export function codeCommands(place: LabPlace): string[] {
  const { archive, files } = codeVersion();
  return [
    `(cd labs/training/runtime && tar -czf - *.py features.json) | aws s3 cp - ${quoted(s3Uri(place, archive))}`,
    `aws s3 cp labs/training/runtime/ ${quoted(s3Uri(place, files))} --recursive --exclude '*' --include '*.py' --include features.json`,
  ];
}
