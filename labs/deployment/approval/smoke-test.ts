/** The smoke test's numbers, and whether they are true. */
import { unzipSync } from 'fflate';
import { readObject } from '../../../lib/aws/s3';
import { versionsOf } from '../../../lib/aws/versions';
import type { LabRun } from '../../../lib/course/run';
import { auc } from '../../../lib/flights/rows';
import { probabilities, type Booster } from '../../../lib/flights/booster';
import { FLIGHTS_FILE, SOURCE_KEY } from '../names';
import { flightsOf, type Flights } from '../model/flights';
import { loadBooster } from '../model/archive';
import type { LabResources } from '../resources';
import type { ReleaseAction } from '../release/releases';
import { artifactOf } from '../model/versions';

export interface SmokeTestResult {
  readonly auc: number;
  readonly requests: number;
  readonly p50Ms: number;
}

/** What the smoke test told the pipeline. */
export function smokeTestResultOf({ outputs }: ReleaseAction): SmokeTestResult {
  return { auc: Number(outputs.Auc), requests: Number(outputs.Requests), p50Ms: Number(outputs.P50Ms) };
}

export const describeSmokeTest = ({ auc: area, requests, p50Ms }: SmokeTestResult): string =>
  `AUC ${area.toFixed(4)} through staging, ${requests} requests, half of them within ${p50Ms} ms`;

/** The flights that the smoke test asks about: those in the pipeline's source as it is now. */
export async function smokeTestFlights(run: LabRun, resources: LabResources): Promise<Flights> {
  const files = unzipSync(await readObject(run, resources.sourceBucket, SOURCE_KEY));
  return flightsOf(Buffer.from(files[FLIGHTS_FILE]!).toString().trim().split('\n'));
}

/** The model of a version, scored here; a string says why it cannot be. */
export async function boosterOfVersion(run: LabRun, resources: LabResources, arn: string): Promise<Booster | string> {
  const version = (await versionsOf(run, resources.group)).find(({ ModelPackageArn }) => ModelPackageArn === arn);
  const uri = version && artifactOf(version);
  return uri === undefined ? `${arn} is no version of ${resources.group}` : loadBooster(run, uri);
}

export const computeAuc = (booster: Booster, { rows }: Flights): number =>
  auc(rows.labels, probabilities(booster, rows));
