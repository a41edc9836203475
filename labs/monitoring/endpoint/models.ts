/** Versions of the lab's group, and their models, run here. */
import { createHash } from 'node:crypto';
import { readTarGz } from '../../../lib/aws/archive';
import { readObject } from '../../../lib/aws/s3';
import { parseS3 } from '../../../lib/aws/sagemaker';
import { isInconclusive } from '../../../lib/aws/inconclusive-errors';
import { versionsOf } from '../../../lib/aws/versions';
import { dataPlan } from '../../../lib/course/data-plan';
import { LabError } from '../../../lib/course/errors';
import type { LabRun } from '../../../lib/course/run';
import { labCommand } from '../../../lib/course/say';
import { asCsv, parseBooster, probabilities, type Booster } from '../../../lib/flights/booster';
import { auc } from '../../../lib/flights/rows';
import { rowsOf, type Flight } from '../traffic/flights';
import type { LabResources } from '../resources';

export type Version = Awaited<ReturnType<typeof versionsOf>>[number];

export const artifactOf = (version: Version): string | undefined =>
  version.InferenceSpecification?.Containers?.[0]?.ModelDataUrl;

/** `version 3` of a version's ARN. */
export const versionName = (arn: string | undefined): string =>
  arn === undefined ? 'no version' : `version ${arn.split('/').at(-1)}`;

export async function versionOf(run: LabRun, resources: LabResources, arn: string): Promise<Version | undefined> {
  return (await versionsOf(run, resources.group)).find(({ ModelPackageArn }) => ModelPackageArn === arn);
}

/** model.tar.gz of a version. @throws LabError when it is not there */
export async function archiveOf(run: LabRun, version: Version): Promise<Buffer> {
  const uri = artifactOf(version) ?? '';
  try {
    const { bucket, key } = parseS3(uri);
    return await readObject(run, bucket, key);
  } catch (error) {
    if (isInconclusive(error)) throw error;
    throw new LabError(
      `The model of ${versionName(version.ModelPackageArn)} cannot be read: ${uri || 'it names none'}.`,
      {
        why: (error as Error).message,
        next: labCommand(run, 'up'),
        cause: error,
      },
    );
  }
}

/** The trees of a version; a string says why they cannot be used. */
export async function boosterOf(run: LabRun, version: Version): Promise<Booster | string> {
  try {
    const json = readTarGz(await archiveOf(run, version)).get('model.json');
    if (json === undefined) return 'it has no model.json';
    const booster = parseBooster(json.toString('utf8'));
    const expected = dataPlan().features.map(({ name }) => name);
    return booster.features.join() === expected.join() ? booster : 'its features are not those of the plan';
  } catch (error) {
    if (isInconclusive(error)) throw error;
    return (error as Error).message;
  }
}

/** What a model says of flights, as the endpoint writes it. */
export const expectedAnswers = (booster: Booster, flights: readonly Flight[]): string[] =>
  [...probabilities(booster, rowsOf(flights))].map(asCsv);

/** How well a model orders flights. */
export function aucOn(booster: Booster, flights: readonly Flight[]): number {
  const rows = rowsOf(flights);
  return auc(rows.labels, probabilities(booster, rows));
}

/** AUC of scores that came from elsewhere. */
export function aucOfScores(judged: readonly { readonly flight: Flight; readonly score: number }[]): number {
  const labels = Uint8Array.from(judged, ({ flight }) => flight.late);
  return auc(
    labels,
    Float64Array.from(judged, ({ score }) => score),
  );
}

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
