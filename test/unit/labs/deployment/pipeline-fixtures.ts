/** Jobs, flights and models for the tests of what runs inside the pipeline. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { makeTarGz, readTarGz } from '../../../../lib/aws/archive';
import type { Evidence, WriteEvidence } from '../../../../labs/deployment/runtime/pipeline-action/evidence';
import type { Job } from '../../../../labs/deployment/runtime/pipeline-action/job';
import { readSample, type Sample } from '../../../../labs/deployment/runtime/model/sample';
import { sourceFiles } from '../../../../labs/deployment/source-package/zip';

export const GROUP = 'mla-labs-deployment-me';
export const arnOf = (version: number, group = GROUP): string =>
  `arn:aws:sagemaker:us-east-1:111122223333:model-package/${group}/${version}`;

export function job(parameters: Record<string, string>): Job {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' };
  return { parameters, artifacts: [], credentials, deadline: Date.now() + 600_000 };
}

/** The source package as a function reads it. @param changes other contents; undefined takes a file out */
export function source(changes: Record<string, string | undefined> = {}): Map<string, Buffer> {
  const files = new Map(Object.entries(sourceFiles()));
  for (const [name, text] of Object.entries(changes)) {
    if (text === undefined) files.delete(name);
    else files.set(name, Buffer.from(text));
  }
  return files;
}

export const flights = (): Sample => readSample(source());

/** The model that the project ships. */
export const model = (): Buffer =>
  readFileSync(path.resolve(__dirname, '../../../../data/prepared/model/model.tar.gz'));

/** The same archive with other contents. */
export function modelWith(changes: Record<string, string | undefined>): Buffer {
  const files = new Map(readTarGz(model()));
  for (const [name, text] of Object.entries(changes)) {
    if (text === undefined) files.delete(name);
    else files.set(name, Buffer.from(text));
  }
  return makeTarGz([...files].map(([name, content]) => ({ name, content })));
}

/** Keeps evidence in memory. */
export function memory(): { keep: WriteEvidence; kept: Map<string, Evidence> } {
  const kept = new Map<string, Evidence>();
  return { kept, keep: async (what, evidence) => void kept.set(what, evidence) };
}

/** What a function says when it refuses; empty when it does not. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return '';
  } catch (error) {
    if ((error as Error).name !== 'ReleaseError') throw error;
    return (error as Error).message;
  }
}
